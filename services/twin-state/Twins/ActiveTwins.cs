using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Contracts.Messages;
using ServiceDefaults;

namespace TwinState.Twins;

/// <summary>The owners on this replica.</summary>
sealed partial class ActiveTwins
{
    readonly ConcurrentDictionary<string, TwinOwner> owners = new();

    // By asset, the log position of the registration that its twin had when it went to sleep.
    readonly ConcurrentDictionary<string, long> asleep = new();

    // Looking through all twins many times a second would cost more than folding in what a few of them send.
    readonly ConcurrentDictionary<TwinOwner, bool> toShow = new();
    readonly ILogger<ActiveTwins> logger;
    int removals;

    public ActiveTwins(IMeterFactory meters, ILogger<ActiveTwins> logger)
    {
        this.logger = logger;
        var meter = meters.Create("Pollux");
        meter.CreateObservableGauge(
            "pollux.twin_state.twins", () => owners.Count, "{twin}", "Twins that this replica owns and has in memory");
        meter.CreateObservableGauge(
            "pollux.twin_state.sync", () => owners.Values.Select(o => o.Twin?.Estimate?.Sync?.State).OfType<string>().CountBy(s => s)
                .Select(s => new Measurement<int>(s.Value, new KeyValuePair<string, object?>("state", s.Key))),
            "{twin}", "Twins in memory with an estimate, by whether the physics follows the machine");
    }

    /// <summary>
    /// Rises whenever a twin leaves the memory, which also happens when the engine has lost track of it because another replica died.
    /// </summary>
    public int Removals => Volatile.Read(ref removals);

    /// <summary>The assets whose twins are in memory here.</summary>
    public IEnumerable<string> Assets => owners.Where(o => o.Value.Twin is not null).Select(o => o.Key);

    /// <summary>Notes that an owner may have changed its twin.</summary>
    public void Changed(TwinOwner owner)
    {
        if (owner.Twin is { MustShow: true }) toShow[owner] = true;
    }

    /// <summary>The views to publish now of twins that have changed; the others of them follow when they are due.</summary>
    public IReadOnlyList<TwinView> TakeViews(DateTimeOffset now, TimeSpan atMostEvery)
    {
        List<TwinView> views = [];
        foreach (var (owner, _) in toShow)
        {
            toShow.TryRemove(owner, out _);
            if (owner.Twin is not { } twin || owners.GetValueOrDefault(owner.AssetId) != owner) continue;
            if (twin.ViewIfDue(now, atMostEvery) is { } view) views.Add(view);
            else Changed(owner);
        }
        return views;
    }

    /// <summary>Notes that views could not be published; whoever misses them reads the saved twins.</summary>
    public void NotShown(IEnumerable<PackedTwin> twins)
    {
        foreach (var shown in twins)
        {
            if (owners.GetValueOrDefault(shown.AssetId)?.Twin is { } twin) twin.WasNotShown = true;
        }
    }

    /// <summary>False for a twin that is to be in memory and is not; one that sleeps has nothing to do until there is news.</summary>
    public bool IsCaredFor(RegisteredAsset asset) =>
        owners.ContainsKey(asset.Id) || (asleep.TryGetValue(asset.Id, out var position) && position == asset.Position);

    public void Add(TwinOwner owner)
    {
        owners[owner.AssetId] = owner;
        asleep.TryRemove(owner.AssetId, out _);
    }

    /// <summary>Notes that a twin, which is about to leave the memory, sleeps.</summary>
    public void Sleeps(OwnedTwin twin) => asleep[twin.Asset.Id] = twin.Asset.Position;

    /// <summary>Forgets who sleeps of the assets that have come to belong to another replica.</summary>
    public void ForgetSleeping(Func<string, bool> isMine)
    {
        foreach (var id in asleep.Keys.Where(id => !isMine(id))) asleep.TryRemove(id, out _);
    }

    /// <summary>Removes an owner, unless another one has already followed it.</summary>
    public void Remove(TwinOwner owner)
    {
        owners.TryRemove(new(owner.AssetId, owner));
        toShow.TryRemove(owner, out _);
        Interlocked.Increment(ref removals);
    }

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
