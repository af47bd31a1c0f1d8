using System.Security.Cryptography;
using TwinModel.Telemetry;

namespace TwinModel.Estimation;

/// <summary>Result of adding readings.</summary>
/// <param name="Ticks">Ticks processed, those that were processed again included.</param>
/// <param name="RereadFrom">Sample time, microseconds, of the earliest reading that is older than the oldest checkpoint and was left out:
/// the estimate has to be made again from an older snapshot or from the whole log. Null when there is none.</param>
public readonly record struct EstimateStep(int Ticks, long? RereadFrom);

/// <summary>
/// The estimate of one machine as a fold over its readings on event time. A tick is processed when event time (the newest sample time) has
/// passed its end by <see cref="Lateness"/>; readings for earlier ticks restart the fold from the last checkpoint before them. So the same
/// set of distinct readings gives the same bits (<see cref="Hash"/>), shuffled, late or in order. Each reading must be added once; the
/// event log holds each once.
/// </summary>
public sealed class EstimateTwin
{
    const byte SnapshotFormat = 1;

    // A checkpoint is as large as an ensemble (75 kB for the extruder): the last 4 to 6 minutes at a tick of 10 s can be processed again.
    const int TicksPerCheckpoint = 12;
    const int MostCheckpoints = 4;

    // A longer silence is not marched through: its inputs are unknown, and members settle within it.
    static readonly TimeSpan LongestSilence = TimeSpan.FromHours(1);

    readonly EstimationSetup setup;
    readonly SortedDictionary<long, TickReadings> ticks = [];
    readonly List<(long Tick, byte[] State)> checkpoints = [];
    readonly long silence;
    Estimator estimator;
    long newest = long.MinValue;
    long next = long.MaxValue;
    bool hasForgotten;

    /// <summary>An estimate without any reading yet.</summary>
    public EstimateTwin(EstimationSetup setup)
    {
        this.setup = setup;
        estimator = new(setup);
        silence = LongestSilence.Ticks / setup.Settings.Tick.Ticks;
    }

    /// <summary>How long after its end a tick waits for readings: one tick.</summary>
    public TimeSpan Lateness => setup.Settings.Tick;

    /// <summary>Number of the last tick processed; null when there is none.</summary>
    public long? Tick => estimator.Tick == long.MinValue ? null : estimator.Tick;

    /// <summary>Readings before this sample time, microseconds, are too late; null when none is.</summary>
    public long? Oldest => hasForgotten ? checkpoints[0].Tick * setup.TickMicros : null;

    /// <summary>
    /// Adds readings and processes the ticks that are complete. Bad readings and those of sensors that are not used are ignored.
    /// </summary>
    public EstimateStep Step(ReadOnlySpan<Reading> readings, EstimationWorkspace work)
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
        if (ticks.Count == 0) return new(0, rereadFrom);
        if (earliest < next) GoBackTo(earliest);
        return new(Fold(work), rereadFrom);
    }

    /// <summary>The newest estimate; null before there is one.</summary>
    public TwinEstimate? Estimate(EstimationWorkspace work) => estimator.Estimate(work);

    /// <summary>A member of the newest estimate, e.g. as the start of a scenario.</summary>
    public EnsembleMember Member(int number) => estimator.Member(number);

    /// <summary>SHA-256 over the newest estimate, hexadecimal.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(BytesOf(estimator)));

    /// <summary>The whole state as bytes, for <see cref="Restore"/>.</summary>
    public byte[] Snapshot()
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        writer.Write(SnapshotFormat);
        writer.Write(setup.Model.Hash);
        writer.Write(newest);
        writer.Write(next);
        writer.Write(hasForgotten);
        estimator.Write(writer);
        writer.Write(checkpoints.Count);
        foreach (var (tick, state) in checkpoints)
        {
            writer.Write(tick);
            writer.Write(state.Length);
            writer.Write(state);
        }
        writer.Write(ticks.Count);
        foreach (var (tick, sums) in ticks)
        {
            writer.Write(tick);
            sums.Write(writer);
        }
        return memory.ToArray();
    }

    /// <summary>Restores a snapshot; null when it was made with another model or format, and the log has to be read again.</summary>
    public static EstimateTwin? Restore(EstimationSetup setup, byte[] snapshot)
    {
        using var reader = new BinaryReader(new MemoryStream(snapshot));
        if (reader.ReadByte() != SnapshotFormat || reader.ReadString() != setup.Model.Hash) return null;
        var twin = new EstimateTwin(setup)
        {
            newest = reader.ReadInt64(),
            next = reader.ReadInt64(),
            hasForgotten = reader.ReadBoolean(),
            estimator = Estimator.Read(setup, reader),
        };
        for (var count = reader.ReadInt32(); count > 0; count--)
            twin.checkpoints.Add((reader.ReadInt64(), reader.ReadBytes(reader.ReadInt32())));
        for (var count = reader.ReadInt32(); count > 0; count--) twin.ticks[reader.ReadInt64()] = TickReadings.Read(setup, reader);
        return twin;
    }

    void GoBackTo(long tick)
    {
        var at = checkpoints.FindLastIndex(c => c.Tick <= tick);
        checkpoints.RemoveRange(at + 1, checkpoints.Count - at - 1);
        // Before the first tick: the fold begins there now.
        (next, estimator) = at < 0 ? (tick, new(setup)) : (checkpoints[at].Tick, Restored(checkpoints[at].State));
    }

    int Fold(EstimationWorkspace work)
    {
        var count = 0;
        var last = EstimationSetup.Floor(newest - Lateness.Ticks / TimeSpan.TicksPerMicrosecond, setup.TickMicros) - 1;
        while (next <= last)
        {
            if (!ticks.TryGetValue(next, out var readings) && NextWithReadings() is var heard && heard - next > silence)
            {
                // How long the silence is shows only when the tick that ends it is complete.
                if (heard > last) break;
                next = heard;
                continue;
            }
            if (checkpoints.Count == 0 || next >= checkpoints[^1].Tick + TicksPerCheckpoint) Save();
            estimator.Step(next, readings, work);
            next++;
            count++;
        }
        return count;
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
        checkpoints.Add((next, BytesOf(estimator)));
        if (checkpoints.Count <= MostCheckpoints) return;
        checkpoints.RemoveAt(0);
        hasForgotten = true;
        foreach (var tick in ticks.Keys.TakeWhile(t => t < checkpoints[0].Tick).ToList()) ticks.Remove(tick);
    }

    Estimator Restored(byte[] state)
    {
        using var reader = new BinaryReader(new MemoryStream(state));
        return Estimator.Read(setup, reader);
    }

    static byte[] BytesOf(Estimator estimator)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        estimator.Write(writer);
        return memory.ToArray();
    }
}
