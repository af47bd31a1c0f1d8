using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Histories;

/// <summary>How the time range of a history is split, in microseconds. Buckets are contiguous.</summary>
/// <param name="From">First sample time.</param>
/// <param name="To">End, exclusive.</param>
/// <param name="Count">Number of buckets.</param>
abstract record Buckets(long From, long To, int Count)
{
    public abstract int IndexOf(long micros);

    /// <summary>The rollups that make up the buckets, in order; none crosses a bucket edge. Both ends must lie on whole seconds.</summary>
    public abstract IEnumerable<(RollupLevel Level, long From, long To)> Cover(RollupLevel coarsest);

    /// <summary>A bucket with its start but without readings.</summary>
    public abstract HistoryPoint Empty(int index);
}

/// <summary>Buckets of equal width.</summary>
/// <param name="From">First sample time.</param>
/// <param name="To">End, exclusive.</param>
/// <param name="Origin">Start of the first bucket; not after <paramref name="From"/>.</param>
/// <param name="Span">Total length of all buckets.</param>
/// <param name="Count">Number of buckets.</param>
sealed record EqualBuckets(long From, long To, long Origin, long Span, int Count) : Buckets(From, To, Count)
{
    /// <summary>Splits exactly [from, to), for raw readings.</summary>
    public static EqualBuckets Of(long from, long to, int points) => new(from, to, from, to - from, points);

    /// <summary>
    /// Puts the edges on multiples of a rollup's width, so that no rollup crosses one. Buckets are at least as wide as requested, and there
    /// may be one more than requested. Times are on whole seconds.
    /// </summary>
    public static EqualBuckets Of(long from, long to, int points, RollupLevel coarsest)
    {
        var level = Rollup.WidthMicros[(int)coarsest];
        var width = (to - from + points * level - 1) / (points * level) * level;
        var origin = Rollup.Start(coarsest, from);
        var count = (int)((to - origin + width - 1) / width);
        return new(from, to, origin, count * width, count);
    }

    public override int IndexOf(long micros) => (int)((Int128)(micros - Origin) * Count / Span);

    public override IEnumerable<(RollupLevel Level, long From, long To)> Cover(RollupLevel coarsest) =>
        HistorySource.Cover(coarsest, From, To);

    // The first microsecond of the bucket: the inverse of IndexOf, with the same rounding.
    public override HistoryPoint Empty(int index) =>
        HistoryPoint.Empty(Micros.ToTime(Origin + (long)(((Int128)Span * index + Count - 1) / Count)));
}

/// <summary>Calendar buckets, which differ in width.</summary>
/// <param name="Edges">Starts of all buckets, then the end of the last.</param>
/// <param name="IsFirstCut">The first calendar bucket begins before the first edge.</param>
/// <param name="IsLastCut">The last calendar bucket ends after the last edge.</param>
sealed record CalendarBuckets(long[] Edges, bool IsFirstCut, bool IsLastCut) : Buckets(Edges[0], Edges[^1], Edges.Length - 1)
{
    public override int IndexOf(long micros)
    {
        var found = Array.BinarySearch(Edges, micros);
        return found >= 0 ? found : ~found - 1;
    }

    public override IEnumerable<(RollupLevel Level, long From, long To)> Cover(RollupLevel coarsest)
    {
        (RollupLevel Level, long From, long To)? last = null;
        foreach (var part in Edges.Zip(Edges.Skip(1)).SelectMany(bucket => HistorySource.Cover(coarsest, bucket.First, bucket.Second)))
        {
            if (last is { } before && before.Level == part.Level)
            {
                last = before with { To = part.To };
                continue;
            }
            if (last is { } complete) yield return complete;
            last = part;
        }
        if (last is { } end) yield return end;
    }

    public override HistoryPoint Empty(int index) => HistoryPoint.Empty(Micros.ToTime(Edges[index])) with
    {
        End = Micros.ToTime(Edges[index + 1]),
        Cut = (index == 0 && IsFirstCut) || (index == Count - 1 && IsLastCut),
    };
}
