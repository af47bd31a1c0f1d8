using TwinModel.Assets;

namespace TwinModel.Twins;

/// <summary>Widths of the history's buckets.</summary>
public enum RollupLevel : byte
{
    Second = 0,
    Minute = 1,
    Hour = 2,
}

/// <summary>
/// Summary of one sensor's readings in one time bucket. Merging is exact and commutative (the sum is a fixed-point integer), so a history
/// has the same bits whatever the order of arrival.
/// </summary>
public readonly record struct Rollup
{
    public static readonly long[] WidthMicros = [1_000_000, 60_000_000, 3_600_000_000];

    /// <summary>Number of readings; bad ones are not counted.</summary>
    public long Count { get; init; }

    /// <summary>Smallest value, in the sensor's unit.</summary>
    public double Min { get; init; }

    /// <summary>Largest value, in the sensor's unit.</summary>
    public double Max { get; init; }

    /// <summary>Sum of the values in units of 2^-<see cref="FixedPointBits"/>.</summary>
    public Int128 Sum { get; init; }

    /// <summary>Sample time of the first reading, microseconds.</summary>
    public long FirstAt { get; init; }

    /// <summary>Value of the first reading.</summary>
    public double First { get; init; }

    /// <summary>Sample time of the last reading, microseconds.</summary>
    public long LastAt { get; init; }

    /// <summary>Value of the last reading.</summary>
    public double Last { get; init; }

    /// <summary>Start of the bucket that contains a sample time, microseconds.</summary>
    public static long Start(RollupLevel level, long sampledAt)
    {
        var width = WidthMicros[(int)level];
        return sampledAt - (sampledAt % width + width) % width;
    }

    /// <summary>Fractional bits of a sensor's sums, chosen so that its physical range fills 62 bits.</summary>
    public static int FixedPointBits(Sensor sensor) =>
        61 - Math.ILogB(Math.Max(Math.Max(Math.Abs(sensor.Physical.Min), Math.Abs(sensor.Physical.Max)), 1e-30));

    /// <summary>A bucket of one reading.</summary>
    public static Rollup Of(long sampledAt, double value, int fixedPointBits) => new()
    {
        Count = 1,
        Min = value,
        Max = value,
        Sum = (long)Math.Round(Math.ScaleB(value, fixedPointBits)),
        FirstAt = sampledAt,
        First = value,
        LastAt = sampledAt,
        Last = value,
    };

    /// <summary>The merger of both buckets.</summary>
    public Rollup Merge(in Rollup other)
    {
        if (Count == 0) return other;
        if (other.Count == 0) return this;
        return new()
        {
            Count = Count + other.Count,
            Min = Math.Min(Min, other.Min),
            Max = Math.Max(Max, other.Max),
            Sum = Sum + other.Sum,
            FirstAt = Math.Min(FirstAt, other.FirstAt),
            First = other.FirstAt < FirstAt ? other.First : First,
            LastAt = Math.Max(LastAt, other.LastAt),
            Last = other.LastAt > LastAt ? other.Last : Last,
        };
    }

    /// <summary>Mean in the sensor's unit.</summary>
    public double Mean(int fixedPointBits) => Math.ScaleB((double)Sum / Count, -fixedPointBits);
}

/// <summary>An addition to a stored bucket.</summary>
/// <param name="Sensor">The sensor's number.</param>
/// <param name="Level">The bucket's width.</param>
/// <param name="Start">The bucket's start, microseconds.</param>
/// <param name="Bucket">The readings to merge into the stored bucket.</param>
public readonly record struct RollupDelta(ushort Sensor, RollupLevel Level, long Start, Rollup Bucket);
