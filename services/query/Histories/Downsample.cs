using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Histories;

/// <summary>
/// Splits [from, to) into equal buckets and merges readings, or rollups of them, into the bucket that holds their start. Every piece is
/// in exactly one bucket, so that no peak is lost and counts add up.
/// </summary>
sealed class Downsample(Sensor sensor, long from, long to, int points)
{
    readonly Rollup[] buckets = new Rollup[points];
    readonly int fixedPointBits = Rollup.FixedPointBits(sensor);

    public Sensor Sensor => sensor;

    /// <summary>Bad readings and those outside are left out.</summary>
    public void Add(in Reading reading)
    {
        if (reading.Quality != Quality.Bad) Add(reading.SampledAt, Rollup.Of(reading.SampledAt, reading.Value, fixedPointBits));
    }

    public void Add(long start, in Rollup piece)
    {
        if (start < from || start >= to || piece.Count == 0) return;
        ref var bucket = ref buckets[(int)((Int128)(start - from) * points / (to - from))];
        bucket = bucket.Merge(piece);
    }

    /// <summary>Buckets with readings, oldest first.</summary>
    public IReadOnlyList<HistoryPoint> Points()
    {
        List<HistoryPoint> filled = [];
        for (var i = 0; i < buckets.Length; i++)
        {
            ref readonly var bucket = ref buckets[i];
            if (bucket.Count == 0) continue;
            filled.Add(new(
                // The first microsecond of the bucket: the same rounding as in Add, turned around.
                Micros.ToTime(from + (long)(((Int128)(to - from) * i + points - 1) / points)),
                bucket.Count, bucket.Min, bucket.Max, bucket.Mean(fixedPointBits), bucket.First, Micros.ToTime(bucket.FirstAt), bucket.Last, Micros.ToTime(bucket.LastAt)));
        }
        return filled;
    }
}
