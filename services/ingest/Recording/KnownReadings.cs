using TwinModel.Telemetry;

namespace Ingest.Recording;

/// <summary>What the log holds for a reading's sensor and sample time.</summary>
enum Knowledge
{
    /// <summary>Not in the log.</summary>
    New,

    /// <summary>In the log with the same value.</summary>
    Duplicate,

    /// <summary>In the log with a different value.</summary>
    Conflict,

    /// <summary>Older than the memory reaches; only the log can tell.</summary>
    Unknown,
}

/// <summary>
/// The newest logged readings of one asset, so that a repeated reading is recognised without querying the log. Complete for sample times
/// from <see cref="CompleteFrom"/> on; keeps at least the newest <see cref="Capacity"/> readings per sensor.
/// </summary>
sealed class KnownReadings(long completeFrom)
{
    /// <summary>Most of a minute at 1 Hz. Up to twice as many are held, so 12 sensors take at most 20 kB.</summary>
    public const int Capacity = 48;

    readonly Dictionary<ushort, Recent> sensors = [];

    /// <summary>Readings with an earlier sample time (microseconds) were never loaded.</summary>
    public long CompleteFrom { get; } = completeFrom;

    public Knowledge Check(in Reading reading)
    {
        if (!sensors.TryGetValue(reading.Sensor, out var recent))
            return reading.SampledAt >= CompleteFrom ? Knowledge.New : Knowledge.Unknown;
        return recent.Check(reading, CompleteFrom);
    }

    public void Add(in Reading reading)
    {
        if (!sensors.TryGetValue(reading.Sensor, out var recent)) sensors[reading.Sensor] = recent = new();
        recent.Add(reading);
    }

    sealed class Recent
    {
        readonly List<(long SampledAt, long Bits)> newest = [];
        long forgottenTo = long.MinValue;

        public Knowledge Check(in Reading reading, long completeFrom)
        {
            var at = Find(reading.SampledAt);
            if (at >= 0) return newest[at].Bits == BitConverter.DoubleToInt64Bits(reading.Value) ? Knowledge.Duplicate : Knowledge.Conflict;
            return reading.SampledAt > forgottenTo && reading.SampledAt >= completeFrom ? Knowledge.New : Knowledge.Unknown;
        }

        public void Add(in Reading reading)
        {
            var entry = (reading.SampledAt, BitConverter.DoubleToInt64Bits(reading.Value));
            if (newest.Count == 0 || reading.SampledAt > newest[^1].SampledAt)
            {
                newest.Add(entry);
            }
            else
            {
                var at = Find(reading.SampledAt);
                if (at >= 0) return;
                newest.Insert(~at, entry);
            }
            // Evicting half at a time keeps the cost per reading constant.
            if (newest.Count < 2 * Capacity) return;
            forgottenTo = Math.Max(forgottenTo, newest[Capacity - 1].SampledAt);
            newest.RemoveRange(0, Capacity);
        }

        int Find(long sampledAt)
        {
            var (low, high) = (0, newest.Count - 1);
            while (low <= high)
            {
                var middle = (low + high) >>> 1;
                var compared = newest[middle].SampledAt.CompareTo(sampledAt);
                if (compared == 0) return middle;
                if (compared < 0) low = middle + 1;
                else high = middle - 1;
            }
            return ~low;
        }
    }
}
