using System.Collections.Concurrent;
using System.Diagnostics;
using Contracts.Events;
using Contracts.Messages;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using TwinModel.Health;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace TwinState.Twins;

/// <summary>
/// The live twins of this replica. News is folded in if it is the next version and dropped if it is old; gaps are filled from the log.
/// Calls about one asset are sequential (one consumer per partition).
/// </summary>
sealed partial class TwinOwner(
    TwinStore store, LogReader log, AssetRegistry registry, TimeProvider time, IOptions<TwinStateSettings> settings,
    ILogger<TwinOwner> logger)
{
    // A replica whose clock is behind may still append to past days, but not to older ones.
    const int OpenDays = 3;
    const int MostUnsavedBuckets = 100_000;

    static readonly ActivitySource Traces = new("twin-state");

    readonly ConcurrentDictionary<string, OwnedTwin> twins = new();
    readonly ConcurrentDictionary<int, DateTimeOffset> ticks = new();
    readonly ConcurrentDictionary<int, DateTimeOffset> catchUps = new();

    /// <summary>All twins in memory.</summary>
    public IEnumerable<OwnedTwin> Twins => twins.Values;

    /// <summary>Evicts an asset's twin; the next use reloads it from the snapshot and the log.</summary>
    public void Forget(string assetId) => twins.TryRemove(assetId, out _);

    public async Task Handle(ReadingsAnnounced news, CancellationToken cancel)
    {
        foreach (var batch in news.Batches)
        {
            await Isolated(batch.AssetId, async () =>
            {
                if (await Find(batch.AssetId, cancel) is { } twin) await Take(twin, batch, cancel);
                else LogUnknownAsset(batch.AssetId);
            });
        }
    }

    /// <summary>
    /// An asset that fails permanently must not block the others of its partition: the failure is reported, and the next news or tick
    /// reloads the twin from its saved state and the log. Transient failures are rethrown and the message is redelivered; what was already
    /// folded then counts as old news.
    /// </summary>
    async Task Isolated(string assetId, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e)
        {
            // Partially applied news must not stay in memory.
            Forget(assetId);
            if (!StoreFaults.IsPermanent(e)) throw;
            Measures.TwinFailures.Add(1, new KeyValuePair<string, object?>("asset", assetId));
            LogTwinFailed(e, assetId);
        }
    }

    async Task Take(OwnedTwin twin, AnnouncedBatch news, CancellationToken cancel)
    {
        var known = twin.Versions.GetValueOrDefault(news.Stream);
        if (news.Version <= known)
        {
            Measures.OldNews.Add(1);
            return;
        }
        using var activity = Traces.StartActivity("fold readings", ActivityKind.Consumer, news.TraceParent);
        activity?.SetTag("pollux.asset", news.AssetId).SetTag("pollux.position", news.Position);
        List<LimitTransition> transitions = [];
        if (news.Version == known + 1 && news.Batch is not null && (known > 0 || twin.Versions.Count == 0))
        {
            transitions.AddRange(
                twin.Apply(new LoggedBatch(news.Stream, news.Version, news.Position, news.RecordedAt, news.Batch, news.TraceParent)));
        }
        else
        {
            // A gap, or the first news of a day, in which case the last events of the previous day may have been missed.
            Measures.Gaps.Add(1);
            transitions.AddRange(
                await CatchUp(twin, [.. twin.Versions.Keys.Append(news.Stream).Distinct().Order(StringComparer.Ordinal)], cancel));
        }
        Measures.Lag.Record((time.GetUtcNow() - news.RecordedAt).TotalSeconds);
        await Follow(twin, transitions, cancel);
    }

    async Task Follow(OwnedTwin twin, IReadOnlyList<LimitTransition> transitions, CancellationToken cancel)
    {
        IReadOnlyList<object> events = [.. transitions.Count == 0
            ? []
            : DecideAlarms.For(twin.Asset.Id, twin.Asset.Model, twin.Alarms, transitions), .. twin.DecideOnHealth()];
        if (events.Count > 0 || twin.UnsavedBuckets > MostUnsavedBuckets) await Save(twin, events, cancel);
    }

    Task Save(OwnedTwin twin, IReadOnlyList<object> events, CancellationToken cancel) => Save(twin, events, isApplied: false, cancel);

    async Task Save(OwnedTwin twin, IReadOnlyList<object> events, bool isApplied, CancellationToken cancel)
    {
        if (!isApplied) twin.Apply(events);
        try
        {
            await store.Save([new(twin, events)], cancel);
        }
        catch (Exception)
        {
            Forget(twin.Asset.Id);
            throw;
        }
        foreach (var raised in events.OfType<AlarmRaised>()) LogAlarmRaised(raised.AlarmId, raised.Severity, raised.Message);
        foreach (var changed in events.OfType<ConditionChanged>())
            LogConditionChanged(changed.AssetId, changed.Component, changed.From, changed.To);
    }

    async Task<List<LimitTransition>> CatchUp(OwnedTwin twin, IEnumerable<string> streams, CancellationToken cancel)
    {
        List<LimitTransition> transitions = [];
        foreach (var stream in streams)
        {
            await foreach (var batch in log.After(stream, twin.Versions.GetValueOrDefault(stream), cancel))
            {
                if (batch.Version == twin.Versions.GetValueOrDefault(stream) + 1) transitions.AddRange(twin.Apply(batch));
                if (twin.UnsavedBuckets > MostUnsavedBuckets) await Follow(twin, [], cancel);
            }
        }
        ForgetClosedDays(twin);
        return transitions;
    }

    static void ForgetClosedDays(OwnedTwin twin)
    {
        foreach (var old in twin.Versions.Keys.Order(StringComparer.Ordinal).SkipLast(OpenDays).ToList()) twin.Versions.Remove(old);
    }

    /// <summary>The asset's twin; if it is not in memory, it is loaded and catches up with the log. Null for an unknown asset.</summary>
    public async Task<OwnedTwin?> Find(string assetId, CancellationToken cancel)
    {
        var asset = registry.Find(assetId);
        if (asset is null)
        {
            await registry.Refresh(cancel);
            asset = registry.Find(assetId);
        }
        if (asset is null) return null;
        if (twins.TryGetValue(assetId, out var twin) && twin.Asset.Model.Hash == asset.Model.Hash) return twin;
        twin = await store.Load(asset, cancel);
        foreach (var e in await store.TwinEvents(assetId, cancel))
        {
            twin.Apply([e.Data]);
            twin.TwinStreamVersion = e.Version;
        }
        if (twin.HealthIsFresh) twin.BeginRecordedLives();
        var transitions = await CatchUp(twin, DaysOf(twin), cancel);
        twin.MustShow = true;
        // Staggered, so that twins loaded together are not saved together.
        twin.SavedAt = time.GetUtcNow() - TimeSpan.FromSeconds(settings.Value.SaveEverySeconds * Random.Shared.NextDouble());
        twins[assetId] = twin;
        await Follow(twin, transitions, cancel);
        return twin;
    }

    IEnumerable<string> DaysOf(OwnedTwin twin)
    {
        var days = Streams.TelemetryBetween(twin.Asset.Id, twin.Asset.RegisteredAt, time.GetUtcNow().AddDays(1));
        var oldest = twin.Versions.Keys.Min(StringComparer.Ordinal);
        return days.Where(d => oldest is null || string.CompareOrdinal(d, oldest) >= 0);
    }

    /// <summary>
    /// Once a second per owned slot: detects silent sensors, rederives late readings from the log, finds missed news and saves.
    /// </summary>
    public async Task Tick(SlotTicked tick, CancellationToken cancel)
    {
        if (ticks.TryGetValue(tick.Slot, out var last) && tick.At - last < TimeSpan.FromMilliseconds(500)) return;
        ticks[tick.Slot] = tick.At;
        var lookForMissedNews = tick.At - catchUps.GetValueOrDefault(tick.Slot) > TimeSpan.FromSeconds(10);
        if (lookForMissedNews) catchUps[tick.Slot] = tick.At;
        List<TwinSave> saves = [];
        List<OwnedTwin> slot = [];
        foreach (var asset in registry.All.Where(a => Slots.Of(a.Id) == tick.Slot))
        {
            await Isolated(asset.Id, async () =>
            {
                if (await Find(asset.Id, cancel) is { } twin) slot.Add(twin);
            });
        }
        if (lookForMissedNews) await TakeMissedNews(slot, tick.At, cancel);
        // A twin that has just failed was evicted with news partially applied and must not be saved.
        foreach (var twin in slot.Where(t => twins.TryGetValue(t.Asset.Id, out var owned) && ReferenceEquals(owned, t)))
        {
            await Isolated(twin.Asset.Id, async () =>
            {
                if (twin.MustRederive.Count > 0) await Rederive(twin, cancel);
                var events = DecideAlarms.ForSilence(twin.Asset.Id, twin.Twin, twin.Alarms, tick.At, twin.OfflineSince);
                var due = twin.MustSave && tick.At - twin.SavedAt >= TimeSpan.FromSeconds(settings.Value.SaveEverySeconds);
                if (events.Count == 0 && !due) return;
                twin.Apply(events);
                saves.Add(new(twin, events));
            });
        }
        await SaveAll(saves, cancel);
    }

    async Task SaveAll(List<TwinSave> saves, CancellationToken cancel)
    {
        if (saves.Count == 0) return;
        try
        {
            await store.Save(saves, cancel);
        }
        catch (Exception e)
        {
            // Their unsaved events are not in the log; the next use reloads these twins.
            foreach (var save in saves) Forget(save.Twin.Asset.Id);
            if (!StoreFaults.IsPermanent(e)) throw;
            // Retry one by one, so that only the twin that cannot be saved is left out.
            foreach (var save in saves) await Isolated(save.Twin.Asset.Id, () => store.Save([save], cancel));
        }
    }

    async Task TakeMissedNews(List<OwnedTwin> slot, DateTimeOffset now, CancellationToken cancel)
    {
        var streams = slot.SelectMany(t => Streams.TelemetryBetween(t.Asset.Id, now.AddDays(-1), now)).ToArray();
        var versions = await log.Versions(streams, cancel);
        foreach (var twin in slot)
        {
            var behind = Streams.TelemetryBetween(twin.Asset.Id, now.AddDays(-1), now)
                .Where(s => versions.GetValueOrDefault(s) > twin.Versions.GetValueOrDefault(s)).ToList();
            if (behind.Count > 0)
                await Isolated(twin.Asset.Id, async () => await Follow(twin, await CatchUp(twin, behind, cancel), cancel));
        }
    }

    async Task Rederive(OwnedTwin twin, CancellationToken cancel)
    {
        List<LimitTransition> transitions = [];
        foreach (var sensor in twin.MustRederive)
        {
            List<Reading> history = [];
            foreach (var stream in Streams.TelemetryBetween(twin.Asset.Id, twin.Asset.RegisteredAt, time.GetUtcNow().AddDays(1)))
            {
                await foreach (var batch in log.After(stream, 0, cancel)) TelemetryCodec.Decode(batch.Batch, history, sensor);
            }
            history.Sort((a, b) => a.SampledAt.CompareTo(b.SampledAt));
            transitions.AddRange(twin.Rederive(sensor, history));
        }
        twin.MustRederive.Clear();
        await Follow(twin, transitions, cancel);
    }

    public async Task<bool> Acknowledge(AcknowledgeAlarm command, CancellationToken cancel)
    {
        if (await Find(command.AssetId, cancel) is not { } twin) return false;
        if (!twin.Alarms.Open.TryGetValue(command.AlarmId, out var alarm) || alarm.AcknowledgedAt is not null) return false;
        await Save(twin, [new AlarmAcknowledged(command.AlarmId, command.AcknowledgedBy, command.Comment, time.GetUtcNow())], cancel);
        return true;
    }

    /// <summary>Stores a maintenance record, which ends the part's current life.</summary>
    public async Task Record(RecordMaintenance command, CancellationToken cancel)
    {
        if (await Find(command.AssetId, cancel) is not { } twin) return;
        var part = twin.Health.Part(command.Component)
            ?? throw new RuleViolationException($"The model of {command.AssetId} describes no degradation of '{command.Component}'.");
        await Follow(twin, await CatchUp(twin, DaysOf(twin), cancel), cancel);
        var events = Decide();
        if (events.Count == 0) return;
        try
        {
            twin.Apply(events);
            if (!part.BeginLife(command.At)) await Refold(twin, command.Component, cancel);
        }
        catch (Exception)
        {
            Forget(command.AssetId);
            throw;
        }
        await Save(twin, events, isApplied: true, cancel);

        IReadOnlyList<object> Decide()
        {
            try
            {
                return DecideHealth.Maintenance(
                    twin.HealthBook, command.AssetId, command.Component, command.Kind, command.At, command.RecordedBy, command.Comment);
            }
            catch (ArgumentException e)
            {
                throw new RuleViolationException(e.Message);
            }
        }
    }

    // The record concerns a time already folded: fold the part's condition again from the beginning, with the record.
    async Task Refold(OwnedTwin twin, string component, CancellationToken cancel)
    {
        var part = new PartHealth(twin.Asset.Model.Degradations.Single(d => d.Component == component));
        foreach (var at in twin.HealthBook.Part(component).LivesFrom) part.BeginLife(at);
        List<Reading> readings = [];
        foreach (var stream in Streams.TelemetryBetween(twin.Asset.Id, twin.Asset.RegisteredAt, time.GetUtcNow().AddDays(1)))
        {
            await foreach (var batch in log.After(stream, 0, cancel))
            {
                if (batch.Position > twin.Position) continue;
                readings.Clear();
                TelemetryCodec.Decode(batch.Batch, readings);
                foreach (var reading in readings) part.Take(reading);
                // Changes to the past are not reported again: the log keeps what was known then.
                part.Settle(batch.Position, [], []);
            }
        }
        twin.Health.Replace(part);
    }

    public async Task GoOffline(SensorsWentOffline message, CancellationToken cancel)
    {
        if (await Find(message.AssetId, cancel) is { } twin) twin.GoOffline(message.At);
    }

    /// <summary>Rebuilds the twin from the whole log, compares it with the live one and replaces that.</summary>
    public async Task<TwinRebuilt?> Rebuild(string assetId, CancellationToken cancel)
    {
        if (await Find(assetId, cancel) is not { } live) return null;
        await Follow(live, await CatchUp(live, DaysOf(live), cancel), cancel);
        if (live.MustRederive.Count > 0) await Rederive(live, cancel);
        if (live.MustSave) await Save(live, [], cancel);
        var rebuilt = new OwnedTwin(live.Asset, new Twin(live.Asset.Model))
        {
            SavedRevision = live.SavedRevision,
            Revision = live.Revision,
            TwinStreamVersion = live.TwinStreamVersion,
            OfflineSince = live.OfflineSince,
            ReplacesHistory = true,
        };
        foreach (var e in await store.TwinEvents(assetId, cancel)) rebuilt.Apply([e.Data]);
        rebuilt.BeginRecordedLives();
        foreach (var stream in Streams.TelemetryBetween(assetId, live.Asset.RegisteredAt, time.GetUtcNow().AddDays(1)))
        {
            await foreach (var batch in log.After(stream, 0, cancel))
            {
                if (batch.Position <= live.Position) rebuilt.Apply(batch);
            }
        }
        ForgetClosedDays(rebuilt);
        if (rebuilt.MustRederive.Count > 0) await Rederive(rebuilt, cancel);
        var result = new TwinRebuilt(
            assetId, rebuilt.Position, live.Hash(), rebuilt.Hash(), rebuilt.Twin.Sensors.Sum(s => s.Count), time.GetUtcNow());
        twins[assetId] = rebuilt;
        await Save(rebuilt, [result, .. rebuilt.DecideOnHealth()], cancel);
        var healthIsEqual = live.Health.Hash() == rebuilt.Health.Hash();
        Measures.HealthRebuilds.Add(1, new KeyValuePair<string, object?>("equal", healthIsEqual));
        if (!healthIsEqual) LogHealthDiffers(assetId);
        Measures.Rebuilds.Add(1, new KeyValuePair<string, object?>("equal", result.LiveHash == result.RebuiltHash));
        if (result.LiveHash != result.RebuiltHash) LogRebuildDiffers(assetId, result.LiveHash, result.RebuiltHash);
        return result;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "News of the unknown asset {AssetId} is left to the log")]
    partial void LogUnknownAsset(string assetId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The twin of {AssetId} cannot be brought up to the log; others go on")]
    partial void LogTwinFailed(Exception exception, string assetId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Alarm {AlarmId} raised: {Severity}, {Text}")]
    partial void LogAlarmRaised(string alarmId, string severity, string text);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Component} of {AssetId} is {To}; it was {From}")]
    partial void LogConditionChanged(string assetId, string component, string from, string to);

    [LoggerMessage(Level = LogLevel.Error, Message = "The rebuilt condition of the parts of {AssetId} differs from the live one")]
    partial void LogHealthDiffers(string assetId);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The rebuilt twin of {AssetId} differs from the live one: {LiveHash} live, {RebuiltHash} rebuilt")]
    partial void LogRebuildDiffers(string assetId, string liveHash, string rebuiltHash);
}
