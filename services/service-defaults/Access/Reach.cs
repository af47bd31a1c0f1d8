using System.Collections.Frozen;
using System.Collections.ObjectModel;
using TwinModel.Access;
using TwinModel.Assets;
using TwinModel.Graphs;

namespace ServiceDefaults.Access;

/// <summary>
/// On which assets a caller may do what its roles allow: those of its tenant, as far as the policies go. The one place that decides it.
/// What follows from no request, and requests that need no token, reach everything.
/// </summary>
public sealed class Reach(AssetRegistry assets, PolicyLog policies, TwinGraph graph)
{
    static readonly FrozenSet<string> Nothing = [];

    volatile Descendants known = new(-1, FrozenDictionary<string, FrozenSet<string>>.Empty);

    /// <summary>
    /// What a caller may do on an asset. What is not registered, and so of no tenant, is for those who reach all that is of no tenant.
    /// </summary>
    public Right Of(Caller caller, string assetId)
    {
        if (caller.Subject is not { } subject) return Right.Write;
        return Guarded(assetId) is { } asset ? Of(caller, asset)
            : subject.Tenant is null ? policies.Now.Book.RightOnAll(subject)
            : Right.None;
    }

    /// <summary>Whether an asset is there for a caller.</summary>
    /// <exception cref="ForbiddenException">It is, and the caller asks for more than to look at it.</exception>
    public bool Includes(Caller caller, string assetId)
    {
        var right = Of(caller, assetId);
        return right == Right.None || right >= caller.Needs
            ? right != Right.None
            : throw new ForbiddenException(
                $"The policies let {caller.Actor} read {assetId}, and no more. GET /api/v1/policies:explain says which.");
    }

    /// <summary>What a caller may do on an asset, registered or not.</summary>
    public Right Of(Caller caller, GuardedAsset asset) =>
        caller.Subject is { } subject ? policies.Now.Book.RightOf(subject, asset, IsBelow) : Right.Write;

    /// <summary>Whether a caller reaches everything there is, without a look at each asset.</summary>
    public bool IsEverything(Caller caller) => caller.Subject is not { } subject
        || (subject.Tenant is null && !assets.HasTenants && policies.Now.Book.RightOnAll(subject) >= Right.Read);

    /// <summary>What the policies look at; null for what is not registered.</summary>
    public GuardedAsset? Guarded(string assetId) => assets.Find(assetId) is { } asset ? new(asset.Id, asset.Tenant, asset.Labels)
        : assets.FindUnreadable(assetId)?.Registration is { } registered
            ? new(registered.AssetId, registered.Tenant, registered.Labels ?? ReadOnlyDictionary<string, string>.Empty)
            : null;

    /// <summary>Whether an asset is another one or part of it, directly or not, at present.</summary>
    public bool IsBelow(string assetId, string other) => assetId == other || Below(other).Contains(assetId);

    FrozenSet<string> Below(string root)
    {
        var (now, found) = (graph.Now, known);
        if (found.Version != now.Version) known = found = new(now.Version, FrozenDictionary<string, FrozenSet<string>>.Empty);
        if (found.Of.TryGetValue(root, out var below)) return below;
        below = Find(now.Book, root);
        // Two at the same time only find one of them again.
        known = new(found.Version, found.Of.Append(new(root, below)).ToFrozenDictionary(StringComparer.Ordinal));
        return below;
    }

    static FrozenSet<string> Find(RelationshipBook book, string root)
    {
        HashSet<string> below = new(StringComparer.Ordinal);
        Queue<string> open = new([root]);
        while (open.TryDequeue(out var asset))
        {
            foreach (var edge in book.To(asset).Where(e => e.Until is null && e.Type == RelationshipType.PartOf))
                if (edge.Source != root && below.Add(edge.Source)) open.Enqueue(edge.Source);
        }
        return below.Count == 0 ? Nothing : below.ToFrozenSet(StringComparer.Ordinal);
    }

    sealed record Descendants(long Version, FrozenDictionary<string, FrozenSet<string>> Of);
}
