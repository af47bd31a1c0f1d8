using System.Runtime.InteropServices;
using Contracts.Estimates;
using ServiceDefaults;
using TwinModel.Estimation;
using TwinModel.Telemetry;

namespace Query.Estimates;

/// <summary>
/// An estimate made again up to a tick in the past, from a checkpoint or from its beginning, with the function used for the live one. What
/// was sampled after the tick changes nothing but shows, as for the live one, that the tick is complete and how long a silence was. Pure.
/// </summary>
sealed class PastEstimate
{
    const int TicksAtOnce = 25;

    readonly EstimationSetup setup;
    readonly StoredCheckpoint? stored;
    readonly EstimateTwin twin;
    readonly EstimationWorkspace work;
    readonly long end;
    readonly HashSet<long> ticks = [];
    readonly List<Reading> readings = [];
    long newest, enough = long.MaxValue;

    /// <param name="setup">The model.</param>
    /// <param name="lastTick">Number of the last tick.</param>
    /// <param name="stored">A checkpoint at most at its end; null: the estimate begins a day earlier.</param>
    public PastEstimate(EstimationSetup setup, long lastTick, StoredCheckpoint? stored)
    {
        (this.setup, this.stored, work, end) = (setup, stored, new(setup), (lastTick + 1) * setup.TickMicros);
        twin = stored is null ? new(setup) : EstimateTwin.From(setup, stored.Checkpoint);
        twin.LastTick = lastTick;
        ReadsFrom = newest = stored is null ? end - StoredCheckpoints.Reach : stored.Checkpoint.Tick * setup.TickMicros;
        Position = stored?.Position ?? 0;
    }

    /// <summary>Earliest sample time that is read, microseconds.</summary>
    public long ReadsFrom { get; }

    /// <summary>Highest log position that the estimate depends on: up to there the log gives the same estimate.</summary>
    public long Position { get; private set; }

    /// <summary>
    /// Sample time of the earliest reading that is missing from the checkpoint, microseconds: an older one has to be taken. Null when there
    /// is none.
    /// </summary>
    public long? LateAt { get; private set; }

    /// <summary>True once no later event can change anything.</summary>
    public bool IsComplete => stored is not null && enough < long.MaxValue && newest - StoredCheckpoints.Reach >= end;

    /// <summary>Ticks with readings that have to be processed.</summary>
    public int Ticks => ticks.Count;

    /// <summary>Adds the next event of a stream.</summary>
    public void Add(LoggedBatch batch)
    {
        var range = TelemetryCodec.SampleRange(batch.Batch);
        newest = Math.Max(newest, range.Last);
        // The live estimate does not take what comes later than that, so checkpoints lack it. One that begins anew takes imported history.
        var from = stored is null ? ReadsFrom : newest - StoredCheckpoints.Reach;
        if (range.First >= enough || range.Last < from) return;
        readings.Clear();
        TelemetryCodec.Decode(batch.Batch, readings);
        readings.RemoveAll(r => r.SampledAt < from || r.SampledAt >= enough);
        if (readings.Count == 0) return;
        Position = Math.Max(Position, batch.Position);
        foreach (var reading in readings)
            if (reading.SampledAt >= ReadsFrom && reading.SampledAt < end) ticks.Add(setup.TickOf(reading.SampledAt));
        // Processed when all is read: otherwise what came late would make it start again and again.
        var step = twin.Step(CollectionsMarshal.AsSpan(readings), work, mostTicks: 0);
        if (step.RereadFrom is { } lateAt && stored?.Versions.Includes(batch) != true) LateAt = Math.Min(LateAt ?? long.MaxValue, lateAt);
        if (enough == long.MaxValue && twin.EventTime >= end + setup.TickMicros) enough = twin.EventTime;
    }

    /// <summary>The estimates after each tick that ends after a time, oldest first.</summary>
    public IEnumerable<EstimateView> MakeEach(string assetId, DateTimeOffset after, CancellationToken cancel)
    {
        for (var hasMore = true; hasMore;)
        {
            cancel.ThrowIfCancellationRequested();
            hasMore = twin.Step([], work, 1).HasMore;
            if (twin.Estimate(work) is not { } estimate || ShowEstimate.Of(assetId, setup, estimate, Position, "") is not { } view
                || view.At <= after) continue;
            after = view.At;
            yield return view;
        }
    }

    /// <summary>The estimate after the last tick; null when there is none.</summary>
    public EstimateView? Make(string assetId, CancellationToken cancel = default)
    {
        while (twin.Step([], work, TicksAtOnce).HasMore) cancel.ThrowIfCancellationRequested();
        return twin.Estimate(work) is { } estimate ? ShowEstimate.Of(assetId, setup, estimate, Position, twin.Hash()) : null;
    }
}
