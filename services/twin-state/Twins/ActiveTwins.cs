using System.Collections.Concurrent;
using ServiceDefaults;

namespace TwinState.Twins;

/// <summary>The owners of this replica's twins. Calls about one asset must be sequential (one consumer per partition).</summary>
sealed partial class ActiveTwins(AssetRegistry registry, Func<string, TwinOwner> create, ILogger<ActiveTwins> logger)
{
    readonly ConcurrentDictionary<string, TwinOwner> owners = new();

    /// <summary>All twins in memory.</summary>
    public IEnumerable<OwnedTwin> InMemory => owners.Select(o => o.Value.Twin).OfType<OwnedTwin>();

    /// <summary>The assets of a slot whose twins are, or recently were, in memory.</summary>
    public IEnumerable<string> In(int slot) => owners.Select(o => o.Key).Where(id => Slots.Of(id) == slot);

    /// <summary>The owner of an asset's twin; null for an unknown asset.</summary>
    public async Task<TwinOwner?> Find(string assetId, CancellationToken cancel)
    {
        if (registry.Find(assetId) is null) await registry.Refresh(cancel);
        return registry.Find(assetId) is null ? null : owners.GetOrAdd(assetId, create);
    }

    /// <summary>The owner of an asset's twin if the twin is in memory and follows this registration.</summary>
    public TwinOwner? Current(RegisteredAsset asset) =>
        owners.TryGetValue(asset.Id, out var owner) && owner.Twin?.Follows(asset) == true ? owner : null;

    /// <summary>
    /// An asset that fails permanently must not block the others of its partition: the failure is reported, and the next news or tick
    /// reloads the twin from its saved state and the log. Transient failures are rethrown and the message is redelivered; what was already
    /// folded then counts as old news.
    /// </summary>
    public async Task Isolated(string assetId, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e)
        {
            // Partially applied news must not stay in memory.
            if (owners.TryGetValue(assetId, out var owner)) owner.Forget();
            if (!StoreFaults.IsPermanent(e)) throw;
            Measures.TwinFailures.Add(1, new KeyValuePair<string, object?>("asset", assetId));
            LogTwinFailed(e, assetId);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The twin of {AssetId} cannot be updated from the log; other twins continue")]
    partial void LogTwinFailed(Exception exception, string assetId);
}
