using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Histories;

/// <summary>
/// Merges readings, or rollups of them, into buckets. Every piece lies in exactly one bucket, so no peak is lost or shown too early, and
/// counts add up.
/// </summary>
sealed class Downsample(Sensor sensor, Buckets edges)
{
    readonly Rollup[] buckets = new Rollup[edges.Count];
    readonly int fixedPointBits = Rollup.FixedPointBits(sensor);

    public Sensor Sensor => sensor;

    /// <summary>Ignores bad readings and those outside the time range.</summary>
    public void Add(in Reading reading)
    {
        if (reading.Quality != Quality.Bad) Add(reading.SampledAt, Rollup.Of(reading.SampledAt, reading.Value, fixedPointBits));
    }

    public void Add(long start, in Rollup piece)
    {
        if (start < edges.From || start >= edges.To || piece.Count == 0) return;
        ref var bucket = ref buckets[edges.IndexOf(start)];
        bucket = bucket.Merge(piece);
    }

    /// <summary>Buckets, oldest first; empty ones only on request.</summary>
    public IReadOnlyList<HistoryPoint> Points(bool withEmpty = false)
    {
        List<HistoryPoint> points = [];
        for (var i = 0; i < buckets.Length; i++)
        {
            ref readonly var bucket = ref buckets[i];
            if (bucket.Count > 0)
            {
                points.Add(edges.Empty(i) with
                {
                    Count = bucket.Count,
                    Min = bucket.Min,
                    Max = bucket.Max,
                    Mean = bucket.Mean(fixedPointBits),
                    First = bucket.First,
                    FirstAt = Micros.ToTime(bucket.FirstAt),
                    Last = bucket.Last,
                    LastAt = Micros.ToTime(bucket.LastAt),
                });
            }
            else if (withEmpty)
            {
                points.Add(edges.Empty(i));
            }
        }
        return points;
    }
}
