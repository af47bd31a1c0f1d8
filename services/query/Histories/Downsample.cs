using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Histories;

/// <summary>The buckets of a history, microseconds.</summary>
/// <param name="From">Readings from here.</param>
/// <param name="To">Up to but without this time.</param>
/// <param name="Origin">Start of the first bucket; not after <paramref name="From"/>.</param>
/// <param name="Span">Length of all buckets.</param>
/// <param name="Count">Equal buckets in it.</param>
readonly record struct Buckets(long From, long To, long Origin, long Span, int Count)
{
    /// <summary>[from, to) split as it is, for raw readings.</summary>
    public static Buckets Of(long from, long to, int points) => new(from, to, from, to - from, points);

    /// <summary>
    /// Edges on multiples of a rollup's width, so that no rollup reaches across one: buckets are at least as wide as those asked for, and there
    /// may be one more of them. Times are on whole seconds.
    /// </summary>
    public static Buckets Of(long from, long to, int points, RollupLevel coarsest)
    {
        var level = Rollup.WidthMicros[(int)coarsest];
        var width = (to - from + points * level - 1) / (points * level) * level;
        var origin = Rollup.Start(coarsest, from);
        var count = (int)((to - origin + width - 1) / width);
        return new(from, to, origin, count * width, count);
    }

    public int IndexOf(long micros) => (int)((Int128)(micros - Origin) * Count / Span);

    /// <summary>The first microsecond of a bucket: the same rounding as in <see cref="IndexOf"/>, turned around.</summary>
    public long StartOf(int index) => Origin + (long)(((Int128)Span * index + Count - 1) / Count);
}

/// <summary>
/// Merges readings, or rollups of them, into buckets. Every piece lies in exactly one bucket, so that no peak is lost, none is shown too early,
/// and counts add up.
/// </summary>
sealed class Downsample(Sensor sensor, Buckets edges)
{
    readonly Rollup[] buckets = new Rollup[edges.Count];
    readonly int fixedPointBits = Rollup.FixedPointBits(sensor);

    public Sensor Sensor => sensor;

    /// <summary>Bad readings and those outside are left out.</summary>
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

    /// <summary>Buckets with readings, oldest first.</summary>
    public IReadOnlyList<HistoryPoint> Points()
    {
        List<HistoryPoint> filled = [];
        for (var i = 0; i < buckets.Length; i++)
        {
            ref readonly var bucket = ref buckets[i];
            if (bucket.Count == 0) continue;
            filled.Add(new(
                Micros.ToTime(edges.StartOf(i)),
                bucket.Count, bucket.Min, bucket.Max, bucket.Mean(fixedPointBits), bucket.First, Micros.ToTime(bucket.FirstAt), bucket.Last, Micros.ToTime(bucket.LastAt)));
        }
        return filled;
    }
}
