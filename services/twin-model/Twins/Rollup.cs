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
public record struct Rollup
{
    public static readonly long[] WidthMicros = [Second, Minute, Hour];

    const long Second = 1_000_000, Minute = 60 * Second, Hour = 60 * Minute;

    // Fields, as Add changes them in place: a twin does that three times for each reading, and a copy would cost more than the addition.
    long count, firstAt, lastAt;
    double min, max, first, last;
    Int128 sum;

    /// <summary>Number of readings; bad ones are not counted.</summary>
    public long Count { readonly get => count; init => count = value; }

    /// <summary>Smallest value, in the sensor's unit.</summary>
    public double Min { readonly get => min; init => min = value; }

    /// <summary>Largest value, in the sensor's unit.</summary>
    public double Max { readonly get => max; init => max = value; }

    /// <summary>Sum of the values in units of 2^-<see cref="FixedPointBits"/>.</summary>
    public Int128 Sum { readonly get => sum; init => sum = value; }

    /// <summary>Sample time of the first reading, microseconds.</summary>
    public long FirstAt { readonly get => firstAt; init => firstAt = value; }

    /// <summary>Value of the first reading.</summary>
    public double First { readonly get => first; init => first = value; }

    /// <summary>Sample time of the last reading, microseconds.</summary>
    public long LastAt { readonly get => lastAt; init => lastAt = value; }

    /// <summary>Value of the last reading.</summary>
    public double Last { readonly get => last; init => last = value; }

    /// <summary>Start of the bucket that contains a sample time, microseconds.</summary>
    public static long Start(RollupLevel level, long sampledAt)
    {
        // Constants, since the compiler turns a division by one into a multiplication.
        var (width, rest) = level switch
        {
            RollupLevel.Second => (Second, sampledAt % Second),
            RollupLevel.Minute => (Minute, sampledAt % Minute),
            _ => (Hour, sampledAt % Hour),
        };
        return sampledAt - rest - (rest < 0 ? width : 0);
    }

    /// <summary>Fractional bits of a sensor's sums, chosen so that its physical range fills 62 bits.</summary>
    public static int FixedPointBits(Sensor sensor) =>
        61 - Math.ILogB(Math.Max(Math.Max(Math.Abs(sensor.Physical.Min), Math.Abs(sensor.Physical.Max)), 1e-30));

    /// <summary>A bucket of one reading.</summary>
    public static Rollup Of(long sampledAt, double value, int fixedPointBits) =>
        One(sampledAt, value, FixedPoint(value, Math.ScaleB(1, fixedPointBits)));

    /// <summary>A value in units of a sum.</summary>
    /// <param name="value">The value.</param>
    /// <param name="scale">2^<see cref="FixedPointBits"/>; multiplying by a power of two only changes the exponent.</param>
    internal static long FixedPoint(double value, double scale) => (long)Math.Round(value * scale);

    internal static Rollup One(long sampledAt, double value, long fixedPoint) => new()
    {
        Count = 1,
        Min = value,
        Max = value,
        Sum = fixedPoint,
        FirstAt = sampledAt,
        First = value,
        LastAt = sampledAt,
        Last = value,
    };

    /// <summary>Adds a reading in place; gives the same as merging its bucket into one that is not empty.</summary>
    internal void Add(long sampledAt, double value, long fixedPoint)
    {
        count++;
        min = Math.Min(min, value);
        max = Math.Max(max, value);
        sum += fixedPoint;
        if (sampledAt < firstAt) (firstAt, first) = (sampledAt, value);
        if (sampledAt > lastAt) (lastAt, last) = (sampledAt, value);
    }

    /// <summary>The merger of both buckets.</summary>
    public readonly Rollup Merge(in Rollup other)
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
    public readonly double Mean(int fixedPointBits) => Math.ScaleB((double)Sum / Count, -fixedPointBits);
}

/// <summary>An addition to a stored bucket.</summary>
/// <param name="Sensor">The sensor's number.</param>
/// <param name="Level">The bucket's width.</param>
/// <param name="Start">The bucket's start, microseconds.</param>
/// <param name="Bucket">The readings to merge into the stored bucket.</param>
public readonly record struct RollupDelta(ushort Sensor, RollupLevel Level, long Start, Rollup Bucket);
