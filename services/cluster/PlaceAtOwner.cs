using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Cluster;

/// <summary>
/// A grain with this attribute and a string key is activated by the owner of its key (<see cref="Owners"/>). A grain that is active already
/// stays where it is when the owner changes: it has to migrate itself.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PlaceAtOwnerAttribute() : PlacementAttribute(new PlaceAtOwner());

[GenerateSerializer, Immutable]
sealed class PlaceAtOwner : PlacementStrategy;

sealed class OwnerPlacement(Owners owners, IClusterManifestProvider manifests) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var id = target.GrainIdentity.Key.ToString()!;
        var able = context.GetCompatibleSilos(target);
        // Only a member that is known to run a version without this grain is passed over. Nothing may be known of one that has joined, even
        // for minutes, if two versions of the list of members followed each other closely.
        return Task.FromResult(owners.Of(id) is { } owner && (able.Contains(owner) || !manifests.Current.Silos.ContainsKey(owner))
            ? owner
            : Owners.Among(able, id));
    }
}
