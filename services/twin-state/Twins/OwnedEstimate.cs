using Contracts.Estimates;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace TwinState.Twins;

/// <summary>Estimated signals at the end of a tick.</summary>
/// <param name="At">End of the tick.</param>
/// <param name="Means">Means, one per signal that is one number.</param>
/// <param name="Deviations">Standard deviations.</param>
/// <param name="Limits">The limits on signals.</param>
readonly record struct EstimatedTick(DateTimeOffset At, float[] Means, float[] Deviations, IReadOnlyList<SignalLimit> Limits);

/// <summary>The estimate that another one, made again from the log, is compared with.</summary>
/// <param name="At">End of its last tick.</param>
/// <param name="Position">Highest log position included.</param>
/// <param name="Hash">Its hash.</param>
sealed record RebuildTarget(DateTimeOffset At, long Position, string Hash);

/// <summary>
/// The estimate of one machine, and how far it has read the log: apart from its twin, which is not held up when an estimate has much to
/// catch up with.
/// </summary>
sealed class OwnedEstimate
{
    readonly EstimationModel model;
    readonly EstimateTwin twin;
    readonly long floor = long.MinValue;
    readonly CheckpointVersions? restored;
    readonly List<Reading> readings = [];

    // Readings of a tick and later ones come after these versions.
    readonly List<(long Tick, Dictionary<string, long> Versions)> marks = [];
    readonly SortedDictionary<DateTimeOffset, EstimatedTick> unsaved = [];
    long newestTick = long.MinValue;
    long storedTick = long.MinValue;

    /// <summary>An estimate that begins with the readings from a time on, microseconds.</summary>
    public OwnedEstimate(EstimationModel model, long floor, Corrections corrections)
    {
        (this.model, this.floor, Corrections, Position) = (model, floor, corrections, corrections.Position);
        twin = new(model.Setup);
        Versions = [];
    }

    /// <summary>An estimate that goes on from a checkpoint.</summary>
    public OwnedEstimate(EstimationModel model, StoredCheckpoint stored, Corrections corrections)
    {
        (this.model, Corrections) = (model, corrections);
        twin = EstimateTwin.From(model.Setup, stored.Checkpoint);
        (restored, Versions) = (stored.Versions, new(stored.Versions.From));
        Position = Math.Max(stored.Position, corrections.Position);
        marks.Add((stored.Checkpoint.Tick, stored.Versions.From));
        storedTick = stored.Checkpoint.Tick;
    }

    public AssetModel Model => model.Setup.Model;

    /// <summary>The corrections with which its readings count.</summary>
    public Corrections Corrections { get; }

    public string Fingerprint => model.Setup.Fingerprint;

    public long TickMicros => model.Setup.TickMicros;

    /// <summary>Last version folded in, by day stream.</summary>
    public Dictionary<string, long> Versions { get; }

    /// <summary>Earliest time of which readings are used, microseconds.</summary>
    public long ReadsFrom => Math.Max(floor, (twin.Oldest ?? long.MinValue));

    public long Position { get; private set; }

    /// <summary>True until it is known that nothing is left to read or to process.</summary>
    public bool IsBehind { get; set; } = true;

    /// <summary>False until the log was read to its end once.</summary>
    public bool HasReadLog { get; set; }

    public DateTimeOffset LookedAt { get; set; }

    /// <summary>A reading of this sample time, microseconds, completes the next tick.</summary>
    public long CompleteAt => twin.Tick is { } tick ? (tick + 3) * model.Setup.TickMicros : long.MinValue;

    /// <summary>Stored checkpoints of later ticks no longer hold; null: all do.</summary>
    public long? ReplacedAfter { get; set; }

    /// <summary>The newest estimate; null before there is one.</summary>
    public TwinEstimate? Newest { get; private set; }

    /// <summary>What this estimate, made again, has to come to; null: it is not compared.</summary>
    public RebuildTarget? Target { get; set; }

    /// <summary>What it has come to; null until then.</summary>
    public string? RebuiltHash { get; private set; }

    /// <summary>End of the newest tick that was saved, also by an estimate before this one; null: none was.</summary>
    public DateTimeOffset? SavedUpTo { get; set; }

    /// <summary>The ticks processed since the last save.</summary>
    public IReadOnlyCollection<EstimatedTick> Unsaved => unsaved.Values;

    /// <summary>The checkpoint to store; null when it is stored.</summary>
    public StoredCheckpoint? CheckpointToStore => twin.Checkpoint is { } checkpoint && checkpoint.Tick != storedTick
        ? new(checkpoint, Position, new(FromOf(checkpoint.Tick), new(Versions), Corrections.Version))
        : null;

    /// <summary>Folds in an event, or goes on with what was folded in.</summary>
    /// <param name="batch">The next version of its stream, as corrected; null: none.</param>
    /// <param name="mostTicks">How many ticks to process at most.</param>
    public EstimateStep Apply(LoggedBatch? batch, int mostTicks)
    {
        readings.Clear();
        var isIncluded = false;
        if (batch is { } next)
        {
            if (TelemetryCodec.SampleRange(next.Batch).Last >= floor) TelemetryCodec.Decode(next.Batch, readings);
            readings.RemoveAll(r => r.SampledAt < floor);
            Mark();
            // The live estimate did not have it.
            if (Target is { } target && next.Position > target.Position && readings.Exists(r => r.SampledAt < Micros.From(target.At)))
                Target = null;
            isIncluded = restored?.Includes(next) ?? false;
            Versions[next.Stream] = next.Version;
            Position = Math.Max(Position, next.Position);
        }
        var step = model.With(work => twin.Step(
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(readings), work, mostTicks, _ => Note(twin.Estimate(work))));
        if (step.RestartedAt is { } at)
        {
            ReplacedAfter = Math.Min(ReplacedAfter ?? long.MaxValue, at);
            if (storedTick > at) storedTick = long.MinValue;
        }
        return isIncluded ? step with { RereadFrom = null } : step;
    }

    /// <summary>The newest estimate for the APIs; null before there is one.</summary>
    public EstimateView? View(string assetId) =>
        Newest is { } newest ? ShowEstimate.Of(assetId, model.Setup, newest, Position, twin.Hash()) : null;

    /// <summary>Notes that everything was saved.</summary>
    public void Saved()
    {
        if (twin.Checkpoint is { } checkpoint) storedTick = checkpoint.Tick;
        ReplacedAfter = null;
        if (unsaved.Count > 0 && !(unsaved.Keys.Last() <= SavedUpTo)) SavedUpTo = unsaved.Keys.Last();
        unsaved.Clear();
    }

    void Mark()
    {
        var newest = readings.Count == 0 ? long.MinValue : readings.Max(r => r.SampledAt);
        if (newest == long.MinValue || model.Setup.TickOf(newest) <= newestTick) return;
        newestTick = model.Setup.TickOf(newest);
        marks.Add((newestTick, new(Versions)));
        // Whatever a checkpoint may still need: the last mark before the oldest one that is kept in memory.
        while (marks.Count > 1 && marks[1].Tick * model.Setup.TickMicros <= (twin.Oldest ?? long.MinValue)) marks.RemoveAt(0);
    }

    Dictionary<string, long> FromOf(long tick) => new(marks.FindLast(m => m.Tick <= tick).Versions ?? marks[0].Versions);

    void Note(TwinEstimate? estimate)
    {
        if (estimate is null) return;
        Newest = estimate;
        if (Target?.At == estimate.At) RebuiltHash = twin.Hash();
        unsaved[estimate.At] = new(
            estimate.At, [.. estimate.Signals.Select(s => (float)s.Value.Mean)],
            [.. estimate.Signals.Select(s => (float)s.Value.StandardDeviation)], estimate.Limits);
    }
}
