using System.Runtime.InteropServices;
using Contracts.Messages;
using TwinModel.Telemetry;

namespace TwinModel.Twins;

/// <summary>
/// The newest readings of one sensor in sample-time order: those within <see cref="Length"/> of the newest one, at most
/// <see cref="Capacity"/>. Its content does not depend on the order of arrival.
/// </summary>
public sealed class SampleWindow(ushort sensor)
{
    /// <summary>Period covered by a twin's statistics, and how late a reading may arrive to be folded in directly.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    /// <summary>Bounds memory for fast sensors: 4096 readings are 40 s at 100 Hz.</summary>
    public const int Capacity = 4096;

    static readonly long LengthMicros = Length.Ticks / TimeSpan.TicksPerMicrosecond;

    // Range of an offset: about 17 minutes in microseconds; a window covers one minute.
    const long MostOffset = (1L << 30) - 1;

    Sample[] ring = [];
    int head;

    // Origin of the offsets; moved when they no longer fit.
    long origin;

    // Windows make up most of a twin: 12 bytes instead of the 32 of a reading, because the sensor is always the same and times are close to
    // each other.
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    readonly struct Sample(long offset, Quality quality, double value)
    {
        readonly uint offsetAndQuality = (uint)offset << 2 | (byte)quality;

        public long Offset => offsetAndQuality >> 2;

        public Quality Quality => (Quality)(offsetAndQuality & 3);

        public double Value { get; } = value;
    }

    /// <summary>Number of readings held.</summary>
    public int Count { get; private set; }

    /// <summary>The i-th oldest reading held.</summary>
    public Reading this[int i]
    {
        get
        {
            ref readonly var sample = ref At(i);
            return new(sensor, origin + sample.Offset, sample.Value, sample.Quality);
        }
    }

    ref Sample At(int i) => ref ring[(head + i) & (ring.Length - 1)];

    long TimeAt(int i) => origin + At(i).Offset;

    /// <summary>The newest reading; the window must not be empty.</summary>
    public Reading Newest => this[Count - 1];

    /// <summary>True when a reading of this time would be older than everything the window may hold.</summary>
    public bool IsBefore(long sampledAt) =>
        Count > 0 && (sampledAt <= TimeAt(Count - 1) - LengthMicros || (Count == Capacity && sampledAt < TimeAt(0)));

    /// <summary>True when the oldest reading has to go once a reading of this time is the newest.</summary>
    public bool MustEvict(long newest) => Count > 0 && (TimeAt(0) <= newest - LengthMicros || Count == Capacity);

    /// <summary>Removes and returns the oldest reading.</summary>
    public Reading Evict()
    {
        var oldest = this[0];
        head = (head + 1) & (ring.Length - 1);
        Count--;
        return oldest;
    }

    /// <summary>Inserts a reading in order; make room first.</summary>
    public void Insert(in Reading reading)
    {
        if (Count == ring.Length) Grow();
        if (reading.SampledAt - origin is < 0 or > MostOffset) MoveOrigin(reading.SampledAt);
        var offset = reading.SampledAt - origin;
        var at = Count;
        while (at > 0 && At(at - 1).Offset > offset)
        {
            At(at) = At(at - 1);
            at--;
        }
        At(at) = new(offset, reading.Quality, reading.Value);
        Count++;
    }

    /// <summary>Statistics over the readings held that are not bad; null if there are none.</summary>
    public WindowStatistics? Statistics()
    {
        // Two passes in sample-time order: numerically stable, and the same bits whatever the order of arrival.
        var (count, sum, min, max) = (0, 0.0, double.PositiveInfinity, double.NegativeInfinity);
        for (var i = 0; i < Count; i++)
        {
            ref readonly var sample = ref At(i);
            if (sample.Quality == Quality.Bad) continue;
            var value = sample.Value;
            count++;
            sum += value;
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }
        if (count == 0) return null;
        var mean = sum / count;
        var squares = 0.0;
        for (var i = 0; i < Count; i++)
        {
            ref readonly var sample = ref At(i);
            if (sample.Quality != Quality.Bad) squares += (sample.Value - mean) * (sample.Value - mean);
        }
        return new(Length.TotalSeconds, count, mean, count > 1 ? Math.Sqrt(squares / (count - 1)) : 0, min, max);
    }

    // One window length before the oldest reading, so that late readings do not move it again.
    void MoveOrigin(long sampledAt)
    {
        var to = (Count > 0 ? Math.Min(TimeAt(0), sampledAt) : sampledAt) - LengthMicros;
        for (var i = 0; i < Count; i++)
        {
            ref var sample = ref At(i);
            sample = new(origin + sample.Offset - to, sample.Quality, sample.Value);
        }
        origin = to;
    }

    void Grow()
    {
        var larger = new Sample[Math.Max(16, ring.Length * 2)];
        for (var i = 0; i < Count; i++) larger[i] = At(i);
        (ring, head) = (larger, 0);
    }
}
