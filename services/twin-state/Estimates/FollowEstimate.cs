using Contracts.Messages;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using TwinModel.Estimation;
using TwinModel.Telemetry;
using TwinModel.Twins;
using TwinState.Twins;

namespace TwinState.Estimates;

/// <summary>
/// Keeps the estimate of a twin in step with the log: reads what is new, processes the ticks that are complete, saves and shows the result.
/// A little at a time, so that an estimate with much to catch up with does not hold up its twin, nor its neighbours.
/// </summary>
sealed partial class FollowEstimate(
    EstimationModels models, EstimateRows rows, StoredCheckpoints checkpoints, LogReader log, TimeProvider time,
    IOptions<TwinStateSettings> settings, ILogger<FollowEstimate> logger)
{
    // A fifth of a second of the extruder's ticks.
    const int MostTicks = 25;
    const int MostEvents = 5_000;

    // A fault of the physics would show again at once.
    static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    // Every estimate at work holds a thread, which news needs as well.
    readonly SemaphoreSlim free = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Brings the owner's estimate on, if anything is due. A twin whose physics fails is shown without an estimate.</summary>
    public async Task Follow(TwinOwner owner, OwnedTwin twin, CancellationToken cancel)
    {
        if (!settings.Value.Estimates || !twin.Asset.Model.HasEstimate || time.GetUtcNow() < owner.NoEstimateBefore) return;
        try
        {
            if (twin.NewestSample is { } newest) await Follow(owner, twin, newest, cancel);
        }
        catch (Exception e) when (StoreFaults.IsPermanent(e))
        {
            (owner.Estimate, owner.NoEstimateBefore) = (null, time.GetUtcNow() + RetryAfter);
            twin.Show(null);
            Measures.EstimateFailures.Add(1, new KeyValuePair<string, object?>("asset", twin.Asset.Id));
            LogFailed(e, twin.Asset.Id);
        }
    }

    /// <summary>
    /// Makes the estimate again from a checkpoint that is at least an hour older, or from its beginning, and compares the result with the
    /// live one. It is done a little at a time, too.
    /// </summary>
    public async Task Rebuild(TwinOwner owner, OwnedTwin twin, CancellationToken cancel)
    {
        if (owner.Estimate is not { } live || live.View(twin.Asset.Id) is not { } view || twin.NewestSample is not { } newest) return;
        owner.Estimate = await Load(twin, Micros.From(view.At) - DecideEstimate.Rebuilt, newest, cancel);
        owner.Estimate.Target = new(view.At, view.Position, view.Hash);
    }

    void Report(string assetId, OwnedEstimate estimate)
    {
        if (estimate is not { Target: { } target, RebuiltHash: { } rebuilt }) return;
        Measures.EstimateRebuilds.Add(1, new KeyValuePair<string, object?>("equal", rebuilt == target.Hash));
        if (rebuilt != target.Hash) LogDiffers(assetId, target.At, target.Hash, rebuilt);
        estimate.Target = null;
    }

    async Task Follow(TwinOwner owner, OwnedTwin twin, long newest, CancellationToken cancel)
    {
        if (owner.Estimate is not { } estimate || estimate.Fingerprint != models.Of(twin.Asset).Setup.Fingerprint
            || estimate.Corrections.Version != twin.Corrections.Version)
            owner.Estimate = estimate = await Load(twin, long.MaxValue, newest, cancel);
        var now = time.GetUtcNow();
        if (!DecideEstimate.IsDue(estimate, twin.Position, newest, now)) return;
        if (DecideEstimate.BeginsAnew(estimate, newest)) owner.Estimate = estimate = Anew(twin, newest);
        estimate.LookedAt = now;
        if (await ReadOn(twin, estimate, newest, cancel) is { } lateAt)
        {
            LogReread(twin.Asset.Id, Micros.ToTime(lateAt));
            owner.Estimate = estimate = await Load(twin, lateAt, newest, cancel);
            return;
        }
        Report(twin.Asset.Id, estimate);
        if (estimate.Unsaved.Count == 0) return;
        Measures.EstimatedTicks.Add(estimate.Unsaved.Count);
        // One that is made again does not show what was shown before.
        var shown = twin.Estimate?.At;
        var view = estimate.Newest?.At < twin.Estimate?.At && estimate.IsBehind ? null : estimate.View(twin.Asset.Id);
        IReadOnlyList<EstimatedTick> ticks = [.. estimate.Unsaved];
        await rows.Save(twin.Asset.Id, estimate, view, cancel);
        if (view is null) return;
        twin.Show(ShowEstimate.SummaryOf(view));
        IReadOnlyList<object> events = [
            .. DecideEstimate.Alarms(twin.Asset.Id, twin.Asset.Model, twin.Alarms, ticks, shown),
            .. DecideAlarms.ForSync(twin.Asset.Id, twin.Asset.Model, twin.Alarms, view.Sync),
            .. DecideAlarms.ForCalibration(twin.Asset.Id, twin.Asset.Model, twin.Alarms, view, models.ParametersOf(twin.Asset)),
        ];
        if (events.Count > 0) await owner.Append(twin, events, cancel);
    }

    /// <summary>The sample time of a reading for which the estimate has to be made again; null when there is none.</summary>
    async Task<long?> ReadOn(OwnedTwin twin, OwnedEstimate estimate, long newest, CancellationToken cancel)
    {
        await free.WaitAsync(cancel);
        try
        {
            return await Task.Run(() => ReadSome(twin, estimate, newest, cancel), cancel);
        }
        finally
        {
            free.Release();
        }
    }

    async Task<long?> ReadSome(OwnedTwin twin, OwnedEstimate estimate, long newest, CancellationToken cancel)
    {
        estimate.IsBehind = true;
        // What is read while it begins waits until all is read: otherwise a reading that came late would be too late again.
        var ticks = estimate.HasReadLog ? estimate.Apply(null, MostTicks).Ticks : 0;
        var streams = Streams.TelemetryBetween(
            twin.Asset.Id, Micros.ToTime(Math.Max(estimate.ReadsFrom, newest - StoredCheckpoints.Reach)) - Streams.ClocksApart,
            time.GetUtcNow().AddDays(1));
        var known = streams.Select(s => (s, estimate.Versions.GetValueOrDefault(s))).ToList();
        var events = 0;
        if (ticks < MostTicks)
        {
            await foreach (var batch in log.After(known, MostEvents, estimate.Corrections, cancel))
            {
                events++;
                var step = estimate.Apply(batch, estimate.HasReadLog ? MostTicks - ticks : 0);
                ticks += step.Ticks;
                if (step.RereadFrom is { } lateAt && DecideEstimate.IsWorthIt(lateAt, newest)) return lateAt;
                if (ticks >= MostTicks) return null;
            }
            if (events == MostEvents) return null;
            estimate.HasReadLog = true;
            estimate.IsBehind = estimate.Apply(null, MostTicks - ticks).HasMore;
        }
        return null;
    }

    async Task<OwnedEstimate> Load(OwnedTwin twin, long upTo, long newest, CancellationToken cancel)
    {
        var model = models.Of(twin.Asset);
        var upToTick = upTo == long.MaxValue ? long.MaxValue : model.Setup.TickOf(upTo);
        return await checkpoints.Newest(
            twin.Asset.Id, model.Setup.Fingerprint, upToTick, twin.Corrections, model.Setup.TickMicros, cancel: cancel) is { } stored
            ? new(model, stored, twin.Corrections) { ReplacedAfter = stored.Checkpoint.Tick, SavedUpTo = twin.Estimate?.At }
            : Anew(twin, newest);
    }

    OwnedEstimate Anew(OwnedTwin twin, long newest)
    {
        var (model, floor) = (models.Of(twin.Asset), newest - StoredCheckpoints.Reach);
        return new(model, floor, twin.Corrections) { ReplacedAfter = model.Setup.TickOf(floor), SavedUpTo = twin.Estimate?.At };
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The estimate of {AssetId} failed; it is tried again in a minute")]
    partial void LogFailed(Exception exception, string assetId);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The estimate of {AssetId} at {At}, made again from the log, differs from the live one: {LiveHash} live, {RebuiltHash} "
            + "rebuilt")]
    partial void LogDiffers(string assetId, DateTimeOffset at, string liveHash, string rebuiltHash);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "The estimate of {AssetId} is made again from a checkpoint before {At}, for readings that came late")]
    partial void LogReread(string assetId, DateTimeOffset at);
}
