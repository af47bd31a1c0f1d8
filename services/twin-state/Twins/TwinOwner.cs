using Contracts.Events;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using TwinModel.Twins;

namespace TwinState.Twins;

/// <summary>
/// Bounds how many twins of this replica read the log at the same time: each holds a connection, and as much history as is saved at a time.
/// </summary>
sealed class CatchUpLimit
{
    const int MostAtOnce = 8;

    readonly SemaphoreSlim free = new(MostAtOnce);

    /// <summary>Waits for a place, which is given back by disposing of the result.</summary>
    public async Task<IDisposable> Enter(CancellationToken cancel)
    {
        await free.WaitAsync(cancel);
        return new Place(free);
    }

    sealed class Place(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}

/// <summary>
/// The owner of one asset's twin: loads it, reads on from the log and saves it. Calls must be sequential. A step that fails leaves no twin
/// in memory; the next use reloads it from its saved state and the log.
/// </summary>
sealed partial class TwinOwner(
    string assetId, LoadTwins loadTwins, SaveTwins saveTwins, LogReader log, CatchUpLimit limit, AssetRegistry registry, TimeProvider time,
    IOptions<TwinStateSettings> settings, ILogger<TwinOwner> logger)
{
    const int MostUnsavedBuckets = 100_000;

    public string AssetId => assetId;

    /// <summary>The twin; null unless it is in memory.</summary>
    public OwnedTwin? Twin { get; private set; }

    /// <summary>The estimate of a twin whose model has one; null unless it is in memory. It reads the log for itself.</summary>
    public OwnedEstimate? Estimate { get; set; }

    /// <summary>The physics has failed: its estimate is not tried again before this time.</summary>
    public DateTimeOffset NoEstimateBefore { get; set; }

    public void Forget() => (Twin, Estimate) = (null, null);

    public void Replace(OwnedTwin twin) => Twin = twin;

    /// <summary>The twin; if it is not in memory, or the asset was registered again, it is loaded and reads on from the log.</summary>
    public async Task<OwnedTwin> Load(CancellationToken cancel)
    {
        var asset = registry.Get(assetId);
        if (Twin is { } known && known.Follows(asset)) return known;
        var twin = await loadTwins.Load(asset, cancel);
        var isFoldedAnew = twin.ReplacesHistory;
        var transitions = await ReadOn(twin, TelemetryDays.Open(twin, time.GetUtcNow()), cancel);
        twin.MustShow = true;
        // What replaces a twin has another name or model, which the saved view lacks.
        twin.MustSave |= Twin is not null;
        // Staggered, so that twins loaded together are not saved together.
        twin.SavedAt = time.GetUtcNow() - TimeSpan.FromSeconds(settings.Value.SaveEverySeconds * Random.Shared.NextDouble());
        Twin = twin;
        await Conclude(twin, transitions, cancel);
        // Late readings may raise alarms of the past.
        twin.AlarmsKnownUpTo = new Dictionary<string, long>();
        // Corrections that it lacks, and late readings, are not in its limits yet.
        if (isFoldedAnew && !twin.MustRevise && twin.MustRederive.Count == 0
            && DecideAlarms.ForModel(twin.Twin, twin.Alarms, time.GetUtcNow()) is { Count: > 0 } over) await Append(twin, over, cancel);
        return twin;
    }

    /// <summary>Brings a twin up to the log.</summary>
    public Task CatchUp(OwnedTwin twin, CancellationToken cancel) => AllOrForget(async () =>
        await Conclude(twin, await ReadOn(twin, TelemetryDays.Open(twin, time.GetUtcNow()), cancel), cancel));

    /// <summary>Folds in what the streams hold after the versions that the twin knows.</summary>
    public async Task<IReadOnlyList<LimitTransition>> ReadOn(OwnedTwin twin, IEnumerable<string> streams, CancellationToken cancel)
    {
        List<LimitTransition> transitions = [];
        using var _ = await limit.Enter(cancel);
        foreach (var stream in streams)
        {
            await foreach (var batch in log.After(stream, twin.Versions.GetValueOrDefault(stream), cancel))
            {
                if (batch.Version == twin.Versions.GetValueOrDefault(stream) + 1) transitions.AddRange(twin.Apply(batch));
                if (twin.UnsavedBuckets > MostUnsavedBuckets) await Conclude(twin, [], cancel);
            }
        }
        TelemetryDays.ForgetClosed(twin);
        return transitions;
    }

    /// <summary>Appends the events that follow from what was folded in; without any, saves only a twin with much unsaved history.</summary>
    public async Task Conclude(OwnedTwin twin, IReadOnlyList<LimitTransition> transitions, CancellationToken cancel)
    {
        var events = twin.Decide(transitions);
        if (events.Count > 0 || twin.UnsavedBuckets > MostUnsavedBuckets) await Append(twin, events, cancel);
    }

    /// <summary>Applies new events to a twin and saves both; a caller only if the events follow from a command.</summary>
    public Task Append(OwnedTwin twin, IReadOnlyList<object> events, CancellationToken cancel, Caller? caller = null)
    {
        twin.Apply(events);
        return Save(twin, events, cancel, caller);
    }

    /// <summary>Saves a twin with new events that were already applied to it.</summary>
    public async Task Save(OwnedTwin twin, IReadOnlyList<object> events, CancellationToken cancel, Caller? caller = null)
    {
        await AllOrForget(() => saveTwins.Save(new(twin, events, caller), cancel));
        foreach (var raised in events.OfType<AlarmRaised>()) LogAlarmRaised(raised.AlarmId, raised.Severity, raised.Message);
        foreach (var changed in events.OfType<ConditionChanged>())
            LogConditionChanged(changed.AssetId, changed.Component, changed.From, changed.To);
    }

    /// <summary>Runs a step that changes the twin; partial changes must not stay in memory.</summary>
    public async Task AllOrForget(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception)
        {
            Forget();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Alarm {AlarmId} raised: {Severity}, {Text}")]
    partial void LogAlarmRaised(string alarmId, string severity, string text);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Component} of {AssetId} is {To}; it was {From}")]
    partial void LogConditionChanged(string assetId, string component, string from, string to);
}
