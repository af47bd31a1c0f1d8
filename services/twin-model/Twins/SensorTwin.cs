using TwinModel.Assets;
using TwinModel.Telemetry;

namespace TwinModel.Twins;

/// <summary>The state of one sensor in a twin; see <see cref="Twin"/>.</summary>
public sealed class SensorTwin
{
    // Shared by all sensors without readings; never written to.
    static readonly (long Start, Rollup Bucket)[] NoBuckets = new (long, Rollup)[Rollup.WidthMicros.Length];

    readonly Limit[] limits;
    readonly LimitCondition[] before;
    readonly LimitCondition[] now;
    readonly double fixedPointScale;
    (long Start, Rollup Bucket)[] open = NoBuckets;
    bool mustRefold;

    internal SensorTwin(Sensor sensor, Limit[] limits)
    {
        Sensor = sensor;
        Window = new(sensor.Number);
        this.limits = limits;
        before = limits.Length == 0 ? [] : new LimitCondition[limits.Length];
        now = limits.Length == 0 ? [] : new LimitCondition[limits.Length];
        FixedPointBits = Rollup.FixedPointBits(sensor);
        fixedPointScale = Math.ScaleB(1, FixedPointBits);
    }

    /// <summary>The sensor as the model describes it.</summary>
    public Sensor Sensor { get; }

    /// <summary>Number of readings processed so far.</summary>
    public long Count { get; private set; }

    /// <summary>Sum of the 128-bit hashes of all readings processed so far: the same set gives the same sum in any order.</summary>
    public UInt128 ContentHash { get; private set; }

    /// <summary>The newest readings; its last one is the latest value.</summary>
    public SampleWindow Window { get; }

    /// <summary>See <see cref="Rollup.FixedPointBits"/>.</summary>
    public int FixedPointBits { get; }

    /// <summary>The sensor's limits.</summary>
    public ReadOnlySpan<Limit> Limits => limits;

    /// <summary>Conditions of <see cref="Limits"/> after the newest reading.</summary>
    public ReadOnlySpan<LimitCondition> Conditions => now;

    /// <summary>Open buckets by level, with their starts.</summary>
    public ReadOnlySpan<(long Start, Rollup Bucket)> OpenBuckets => open;

    internal void Apply(in Reading reading, StepEffects effects)
    {
        Count++;
        ContentHash += ReadingHash.Of(reading);
        if (reading.Quality != Quality.Bad) AddToRollups(reading, effects);
        if (Window.IsBefore(reading.SampledAt))
        {
            CheckLate(reading, effects);
            return;
        }
        var isNewest = Window.Count == 0 || reading.SampledAt > Window.Newest.SampledAt;
        while (Window.MustEvict(isNewest ? reading.SampledAt : Window.Newest.SampledAt)) FoldEvicted(Window.Evict());
        Window.Insert(reading);
        if (!isNewest)
        {
            mustRefold = true;
        }
        else if (!mustRefold)
        {
            for (var i = 0; i < limits.Length; i++) Set(i, now[i].Next(limits[i], reading), reading, effects);
        }
    }

    void FoldEvicted(in Reading evicted)
    {
        for (var i = 0; i < limits.Length; i++) before[i] = before[i].Next(limits[i], evicted);
    }

    void CheckLate(in Reading reading, StepEffects effects)
    {
        for (var i = 0; i < limits.Length; i++)
        {
            if (before[i].IsPlain && LimitCondition.IsHarmless(limits[i], reading)) continue;
            effects.MustRederive.Add(Sensor.Number);
            return;
        }
    }

    internal void Settle(StepEffects effects)
    {
        if (mustRefold) Refold(effects);
    }

    void Refold(StepEffects effects)
    {
        mustRefold = false;
        for (var i = 0; i < limits.Length; i++)
        {
            var (condition, decisive) = (before[i], Window.Newest);
            for (var s = 0; s < Window.Count; s++)
            {
                var next = condition.Next(limits[i], Window[s]);
                if (next.IsViolated != condition.IsViolated) decisive = Window[s];
                condition = next;
            }
            Set(i, condition, decisive, effects);
        }
    }

    void Set(int limit, LimitCondition condition, in Reading reading, StepEffects effects)
    {
        if (condition.IsViolated != now[limit].IsViolated)
            effects.Transitions.Add(
                new(limits[limit], condition.IsViolated, condition.IsViolated ? condition.Since : reading.SampledAt, reading.ValueOrNull));
        now[limit] = condition;
    }

    /// <summary>Recomputes the limit conditions from the sensor's whole history, after a late reading that could have changed
    /// them.</summary>
    /// <param name="history">All readings of the sensor in the log, in sample-time order; may include those of the window.</param>
    /// <param name="effects">Receives what changed.</param>
    public void Rederive(IEnumerable<Reading> history, StepEffects effects)
    {
        Array.Clear(before);
        foreach (var reading in history)
        {
            if (Window.Count > 0 && reading.SampledAt >= Window[0].SampledAt) break;
            FoldEvicted(reading);
        }
        if (Window.Count > 0) Refold(effects);
    }

    void OwnBuckets()
    {
        if (open == NoBuckets) open = new (long, Rollup)[Rollup.WidthMicros.Length];
    }

    void AddToRollups(in Reading reading, StepEffects effects)
    {
        var (at, value, fixedPoint) = (reading.SampledAt, reading.Value, Rollup.FixedPoint(reading.Value, fixedPointScale));
        OwnBuckets();
        for (var level = 0; level < open.Length; level++)
        {
            ref var current = ref open[level];
            var isEmpty = current.Bucket.Count == 0;
            if (!isEmpty && (ulong)(at - current.Start) < (ulong)Rollup.WidthMicros[level])
            {
                current.Bucket.Add(at, value, fixedPoint);
                continue;
            }
            var start = Rollup.Start((RollupLevel)level, at);
            if (isEmpty || start > current.Start)
            {
                if (!isEmpty && !effects.WithoutHistory)
                    effects.Rollups.Add(new(Sensor.Number, (RollupLevel)level, current.Start, current.Bucket));
                current.Start = start;
                current.Bucket = Rollup.One(at, value, fixedPoint);
            }
            else if (!effects.WithoutHistory)
            {
                effects.Rollups.Add(new(Sensor.Number, (RollupLevel)level, start, Rollup.One(at, value, fixedPoint)));
            }
        }
    }

    internal void Write(BinaryWriter to)
    {
        to.Write(Sensor.Number);
        to.Write(Count);
        to.Write((ulong)(ContentHash >> 64));
        to.Write((ulong)ContentHash);
        to.Write((byte)limits.Length);
        for (var i = 0; i < limits.Length; i++)
        {
            to.Write(limits[i].Id);
            before[i].Write(to);
            now[i].Write(to);
        }
        foreach (var (start, bucket) in open)
        {
            to.Write(start);
            RollupBytes.Write(to, bucket);
        }
    }

    internal void WriteContent(BinaryWriter to)
    {
        to.Write(Sensor.Number);
        to.Write(Count);
        to.Write((ulong)(ContentHash >> 64));
        to.Write((ulong)ContentHash);
        if (Window.Count > 0)
        {
            to.Write(Window.Newest.SampledAt);
            to.Write(Window.Newest.Value);
            to.Write((byte)Window.Newest.Quality);
        }
        foreach (var condition in now) condition.Write(to);
        foreach (var (start, bucket) in open)
        {
            to.Write(start);
            RollupBytes.Write(to, bucket);
        }
    }

    internal bool Read(BinaryReader from)
    {
        Count = from.ReadInt64();
        ContentHash = new UInt128(from.ReadUInt64(), from.ReadUInt64());
        if (from.ReadByte() != limits.Length) return false;
        for (var i = 0; i < limits.Length; i++)
        {
            if (from.ReadString() != limits[i].Id) return false;
            before[i] = LimitCondition.Read(from);
            now[i] = LimitCondition.Read(from);
        }
        for (var i = 0; i < open.Length; i++)
        {
            var (start, bucket) = (from.ReadInt64(), RollupBytes.Read(from, FixedPointBits));
            if (bucket.Count == 0) continue;
            OwnBuckets();
            open[i] = (start, bucket);
        }
        return true;
    }
}
