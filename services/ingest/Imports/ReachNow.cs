using ServiceDefaults;
using ServiceDefaults.Access;

namespace Ingest.Imports;

/// <summary>Whether an import may go on. Imports are few: policies and relationships are read when one is asked for.</summary>
sealed class ReachNow(Reach reach, PolicyLog policies, TwinGraph graph)
{
    /// <summary>Whether an asset is there for a caller.</summary>
    /// <exception cref="ForbiddenException">It is, and the caller may only look at it.</exception>
    public async Task<bool> Includes(Caller caller, string assetId, CancellationToken cancel)
    {
        if (caller.Subject is null) return true;
        await policies.Refresh(cancel);
        await graph.Refresh(cancel);
        return reach.Includes(caller, assetId);
    }
}
