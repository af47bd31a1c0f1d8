using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Cluster;

/// <summary>
/// A grain with this attribute and a string key is activated by the owner of its key (<see cref="Owners"/>). A grain that is active already
/// stays where it is when the owner changes: it has to deactivate itself.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PlaceAtOwnerAttribute() : PlacementAttribute(new PlaceAtOwner());

[GenerateSerializer, Immutable]
sealed class PlaceAtOwner : PlacementStrategy;

sealed class OwnerPlacement(Owners owners) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var id = target.GrainIdentity.Key.ToString()!;
        // Members that run a version with this grain; one that has just joined may not be known yet.
        var able = context.GetCompatibleSilos(target);
        return Task.FromResult(owners.Of(id) is { } owner && able.Contains(owner) ? owner : Owners.Among(able, id));
    }
}
