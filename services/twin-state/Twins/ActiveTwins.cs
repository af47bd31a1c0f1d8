using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ServiceDefaults;

namespace TwinState.Twins;

/// <summary>The owners on this replica.</summary>
sealed partial class ActiveTwins
{
    readonly ConcurrentDictionary<string, TwinOwner> owners = new();
    readonly ILogger<ActiveTwins> logger;

    public ActiveTwins(IMeterFactory meters, ILogger<ActiveTwins> logger)
    {
        this.logger = logger;
        meters.Create("Pollux").CreateObservableGauge(
            "pollux.twin_state.twins", () => owners.Count, "{twin}", "Twins that this replica owns and has in memory");
    }

    /// <summary>All twins in memory.</summary>
    public IEnumerable<OwnedTwin> InMemory => owners.Select(o => o.Value.Twin).OfType<OwnedTwin>();

    public bool Has(string assetId) => owners.ContainsKey(assetId);

    public void Add(TwinOwner owner) => owners[owner.AssetId] = owner;

    /// <summary>Removes an owner, unless another one has already followed it.</summary>
    public void Remove(TwinOwner owner) => owners.TryRemove(new(owner.AssetId, owner));

    /// <summary>
    /// An asset that fails permanently must not block the others that came in the same message: the failure is reported, and the next news
    /// or second loads the twin anew from its saved state and the log. Transient failures are rethrown and the message is redelivered; what
    /// was already folded then counts as old news.
    /// </summary>
    public async Task Isolated(TwinOwner owner, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e)
        {
            // Partially applied news must not stay in memory.
            owner.Forget();
            if (!StoreFaults.IsPermanent(e)) throw;
            Measures.TwinFailures.Add(1, new KeyValuePair<string, object?>("asset", owner.AssetId));
            LogTwinFailed(e, owner.AssetId);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The twin of {AssetId} cannot be updated from the log; other twins continue")]
    partial void LogTwinFailed(Exception exception, string assetId);
}
