using TwinModel.Telemetry;

namespace TwinModel.Twins;

/// <summary>
/// The newest readings of one sensor in sample-time order: those of the last <see cref="Length"/> before the newest one, at most
/// <see cref="Capacity"/>. Which readings it holds does not depend on the order in which they came.
/// </summary>
public sealed class SampleWindow(ushort sensor)
{
    /// <summary>What the statistics of a twin cover, and how late a reading may come to be folded in at once.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    /// <summary>Bounds memory for fast sensors: 4096 readings are 40 s at 100 Hz.</summary>
    public const int Capacity = 4096;

    static readonly long LengthMicros = Length.Ticks / TimeSpan.TicksPerMicrosecond;

    Sample[] ring = [];
    int head;

    // A twin is mostly windows: half the size of a reading, as the sensor is always the same and a time leaves bits free.
    readonly struct Sample(in Reading reading)
    {
        readonly long timeAndQuality = reading.SampledAt << 2 | (byte)reading.Quality;

        public long SampledAt => timeAndQuality >> 2;

        public Quality Quality => (Quality)(timeAndQuality & 3);

        public double Value { get; } = reading.Value;
    }

    /// <summary>Number of readings held.</summary>
    public int Count { get; private set; }

    /// <summary>The i-th oldest reading held.</summary>
    public Reading this[int i]
    {
        get
        {
            ref readonly var sample = ref At(i);
            return new(sensor, sample.SampledAt, sample.Value, sample.Quality);
        }
    }

    ref Sample At(int i) => ref ring[(head + i) & (ring.Length - 1)];

    /// <summary>The newest reading; there must be one.</summary>
    public Reading Newest => this[Count - 1];

    /// <summary>True when a reading of this time would be older than everything the window may hold.</summary>
    public bool IsBefore(long sampledAt) =>
        Count > 0 && (sampledAt <= At(Count - 1).SampledAt - LengthMicros || (Count == Capacity && sampledAt < At(0).SampledAt));

    /// <summary>True when the oldest reading leaves as soon as one of this time is the newest.</summary>
    public bool MustEvict(long newest) => Count > 0 && (At(0).SampledAt <= newest - LengthMicros || Count == Capacity);

    /// <summary>Takes the oldest reading out.</summary>
    public Reading Evict()
    {
        var oldest = this[0];
        head = (head + 1) & (ring.Length - 1);
        Count--;
        return oldest;
    }

    /// <summary>Puts a reading in its place; make room first.</summary>
    public void Insert(in Reading reading)
    {
        if (Count == ring.Length) Grow();
        var at = Count;
        while (at > 0 && At(at - 1).SampledAt > reading.SampledAt)
        {
            At(at) = At(at - 1);
            at--;
        }
        At(at) = new(reading);
        Count++;
    }

    void Grow()
    {
        var larger = new Sample[Math.Max(16, ring.Length * 2)];
        for (var i = 0; i < Count; i++) larger[i] = At(i);
        (ring, head) = (larger, 0);
    }
}
