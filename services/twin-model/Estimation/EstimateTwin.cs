using System.Security.Cryptography;
using TwinModel.Telemetry;

namespace TwinModel.Estimation;

/// <summary>Result of adding readings.</summary>
/// <param name="Ticks">Ticks processed, those that were processed again included.</param>
/// <param name="RestartedAt">First tick that was processed again because of a late reading; null when there is none. Checkpoints after it
/// no longer hold.</param>
/// <param name="RereadFrom">Sample time, microseconds, of the earliest reading that is older than the oldest checkpoint and was left out:
/// the estimate has to be made again from an older checkpoint or from the whole log. Null when there is none.</param>
/// <param name="HasMore">True if ticks are complete but were not processed, as there were too many.</param>
public readonly record struct EstimateStep(int Ticks, long? RestartedAt, long? RereadFrom, bool HasMore);

/// <summary>The state of an estimate between two ticks. It holds all readings before that moment.</summary>
/// <param name="Tick">The tick that comes next.</param>
/// <param name="State">What <see cref="Estimator.Write"/> wrote, and after it the state of calculated signals and limits.</param>
public sealed record EstimateCheckpoint(long Tick, byte[] State);

/// <summary>
/// The estimate of one machine as a fold over its readings on event time. A tick is processed when event time (the newest sample time) has
/// passed its end by <see cref="Lateness"/>; readings for earlier ticks restart the fold from the last checkpoint before them. So the same
/// set of distinct readings gives the same bits (<see cref="Hash"/>), shuffled, late or in order. Each reading must be added once; the
/// event log holds each once.
/// </summary>
public sealed class EstimateTwin
{
    // A checkpoint is as large as an ensemble (75 kB for the extruder): the last 4 to 6 minutes at a tick of 10 s can be processed again.
    const int TicksPerCheckpoint = 12;
    const int MostCheckpoints = 4;

    // A longer silence is not marched through: its inputs are unknown, and members settle within it.
    static readonly TimeSpan LongestSilence = TimeSpan.FromHours(1);

    readonly EstimationSetup setup;
    readonly SortedDictionary<long, TickReadings> ticks = [];
    readonly List<EstimateCheckpoint> checkpoints = [];
    readonly long silence;
    Estimator estimator;
    SignalFold signals;
    long newest = long.MinValue;
    long next = long.MaxValue;
    bool hasForgotten;

    /// <summary>An estimate without any reading yet.</summary>
    public EstimateTwin(EstimationSetup setup)
    {
        this.setup = setup;
        (estimator, signals) = (new(setup), new(setup));
        silence = LongestSilence.Ticks / setup.Settings.Tick.Ticks;
    }

    /// <summary>How long after its end a tick waits for readings: one tick.</summary>
    public TimeSpan Lateness => setup.Settings.Tick;

    /// <summary>Ticks after this one are not processed: set for an estimate of the past.</summary>
    public long LastTick { get; set; } = long.MaxValue;

    /// <summary>Event time: the newest sample time of a reading that is used, microseconds.</summary>
    public long EventTime => newest;

    /// <summary>Number of the last tick processed; null when there is none.</summary>
    public long? Tick => estimator.Tick == long.MinValue ? null : estimator.Tick;

    /// <summary>Readings before this sample time, microseconds, are too late; null when none is.</summary>
    public long? Oldest => hasForgotten ? checkpoints[0].Tick * setup.TickMicros : null;

    /// <summary>The newest checkpoint; null before the first tick.</summary>
    public EstimateCheckpoint? Checkpoint => checkpoints.Count == 0 ? null : checkpoints[^1];

    /// <summary>
    /// Adds readings and processes the ticks that are complete. Bad readings and those of sensors that are not used are ignored.
    /// </summary>
    /// <param name="readings">Each reading once.</param>
    /// <param name="work">Work space of the calling thread.</param>
    /// <param name="mostTicks">How many ticks to process at most; the next call goes on.</param>
    /// <param name="processed">Called after each tick, if given; a tick that is processed again comes again.</param>
    public EstimateStep Step(
        ReadOnlySpan<Reading> readings, EstimationWorkspace work, int mostTicks = int.MaxValue, Action<long>? processed = null)
    {
        long? rereadFrom = null;
        var earliest = long.MaxValue;
        foreach (ref readonly var reading in readings)
        {
            if (!TickReadings.IsUsed(setup, reading)) continue;
            if (reading.SampledAt < Oldest)
            {
                rereadFrom = Math.Min(rereadFrom ?? long.MaxValue, reading.SampledAt);
                continue;
            }
            var tick = setup.TickOf(reading.SampledAt);
            if (!ticks.TryGetValue(tick, out var sums)) ticks[tick] = sums = new(setup);
            sums.Add(reading);
            earliest = Math.Min(earliest, tick);
            newest = Math.Max(newest, reading.SampledAt);
        }
        if (ticks.Count == 0) return new(0, null, rereadFrom, false);
        var restarts = earliest < next && estimator.Tick >= earliest;
        if (earliest < next) GoBackTo(earliest);
        var (count, hasMore) = Fold(work, mostTicks, processed);
        return new(count, restarts ? earliest : null, rereadFrom, hasMore);
    }

    /// <summary>Whether the physics follows the machine; null before there is an estimate.</summary>
    public Sync? Judgement => estimator.IsStarted ? estimator.Judgement() : null;

    /// <summary>The newest estimate; null before there is one.</summary>
    public TwinEstimate? Estimate(EstimationWorkspace work) => estimator.Estimate(work) is { } estimate
        ? estimate with { Signals = [.. estimate.Signals, .. signals.Values], Limits = [.. signals.Limits] }
        : null;

    /// <summary>A member of the newest estimate, e.g. as the start of a scenario.</summary>
    public EnsembleMember Member(int number) => estimator.Member(number);

    /// <summary>SHA-256 over the newest estimate, hexadecimal.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(State()));

    /// <summary>
    /// An estimate that goes on from a checkpoint of the same model. It expects all readings from there on; what is older counts as too
    /// late, see <see cref="EstimateStep.RereadFrom"/>.
    /// </summary>
    public static EstimateTwin From(EstimationSetup setup, EstimateCheckpoint checkpoint)
    {
        var twin = new EstimateTwin(setup) { next = checkpoint.Tick, hasForgotten = true };
        twin.checkpoints.Add(checkpoint);
        (twin.estimator, twin.signals) = twin.Restored(checkpoint.State);
        return twin;
    }

    void GoBackTo(long tick)
    {
        var at = checkpoints.FindLastIndex(c => c.Tick <= tick);
        checkpoints.RemoveRange(at + 1, checkpoints.Count - at - 1);
        // Before the first tick: the fold begins there now.
        next = at < 0 ? tick : checkpoints[at].Tick;
        (estimator, signals) = at < 0 ? (new(setup), new(setup)) : Restored(checkpoints[at].State);
    }

    (int Count, bool HasMore) Fold(EstimationWorkspace work, int most, Action<long>? processed)
    {
        var count = 0;
        var last = Math.Min(
            LastTick, EstimationSetup.Floor(newest - Lateness.Ticks / TimeSpan.TicksPerMicrosecond, setup.TickMicros) - 1);
        while (next <= last)
        {
            if (!ticks.TryGetValue(next, out var readings) && NextWithReadings() is var heard && heard - next > silence)
            {
                // How long the silence is shows only when the tick that ends it is complete.
                if (heard > last) break;
                next = heard;
                continue;
            }
            if (count == most) return (count, true);
            if (checkpoints.Count == 0 || next >= checkpoints[^1].Tick + TicksPerCheckpoint) Save();
            estimator.Step(next, readings, work);
            signals.Step(next, readings, estimator, work);
            processed?.Invoke(next);
            next++;
            count++;
        }
        return (count, false);
    }

    // There is always one: event time advances with readings only.
    long NextWithReadings()
    {
        foreach (var tick in ticks.Keys)
            if (tick > next) return tick;
        return long.MaxValue;
    }

    void Save()
    {
        checkpoints.Add(new(next, State()));
        if (checkpoints.Count <= MostCheckpoints) return;
        checkpoints.RemoveAt(0);
        hasForgotten = true;
        foreach (var tick in ticks.Keys.TakeWhile(t => t < checkpoints[0].Tick).ToList()) ticks.Remove(tick);
    }

    (Estimator, SignalFold) Restored(byte[] state)
    {
        using var reader = new BinaryReader(new MemoryStream(state));
        return (Estimator.Read(setup, reader), SignalFold.Read(setup, reader));
    }

    byte[] State()
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        estimator.Write(writer);
        signals.Write(writer);
        return memory.ToArray();
    }
}
