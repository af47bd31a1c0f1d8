namespace Query.Histories;

/// <summary>How to show buckets without readings.</summary>
enum Fill
{
    /// <summary>No value.</summary>
    Null,

    /// <summary>The mean is the last earlier reading, for buckets that have begun.</summary>
    Previous,

    /// <summary>The mean is interpolated linearly between the neighbours.</summary>
    Linear,
}

/// <summary>
/// Gives buckets without readings a mean, using only readings in the answer: buckets before the first reading get none, nor, with <see
/// cref="Fill.Linear"/>, do buckets after the last. Their other values stay null and their count 0. Pure.
/// </summary>
static class FillGaps
{
    /// <param name="points">All buckets, oldest first, with or without readings.</param>
    /// <param name="fill">How to fill.</param>
    /// <param name="now">Buckets that start later may still get readings, so no last reading is carried into them.</param>
    public static IReadOnlyList<HistoryPoint> Of(IReadOnlyList<HistoryPoint> points, Fill fill, DateTimeOffset now) => fill switch
    {
        Fill.Previous => Previous(points, now),
        Fill.Linear => Linear(points),
        _ => points,
    };

    static HistoryPoint[] Previous(IReadOnlyList<HistoryPoint> points, DateTimeOffset now)
    {
        double? last = null;
        return [.. points.Select(point =>
        {
            if (point.Count == 0) return point.Start > now ? point : point with { Mean = last };
            last = point.Last;
            return point;
        })];
    }

    static HistoryPoint[] Linear(IReadOnlyList<HistoryPoint> points)
    {
        var (filled, left) = (points.ToArray(), -1);
        for (var right = 0; right < filled.Length; right++)
        {
            if (filled[right].Count == 0) continue;
            if (left >= 0)
            {
                var (from, to) = (filled[left], filled[right]);
                for (var i = left + 1; i < right; i++)
                {
                    var share = (Middle(filled[i]) - Middle(from)) / (Middle(to) - Middle(from));
                    filled[i] = filled[i] with { Mean = from.Mean + share * (to.Mean - from.Mean) };
                }
            }
            left = right;
        }
        return filled;
    }

    // A mean is dated to the middle of its readings, as in EstimateLevel.
    static DateTimeOffset Middle(HistoryPoint point)
    {
        var (first, last) = (point.FirstAt ?? point.Start, point.LastAt ?? point.End!.Value);
        return first + (last - first) / 2;
    }
}
