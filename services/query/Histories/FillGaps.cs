namespace Query.Histories;

/// <summary>How buckets without readings are shown.</summary>
enum Fill
{
    /// <summary>Without a value.</summary>
    Null,

    /// <summary>The mean is the last reading before, in buckets that have begun.</summary>
    Previous,

    /// <summary>The mean lies on the line between the neighbours.</summary>
    Linear,
}

/// <summary>
/// Gives buckets without readings a mean, from the readings of the answer alone: buckets before the first reading have none, with
/// <see cref="Fill.Linear"/> neither have those after the last. Everything else of them stays null and their count 0. Pure.
/// </summary>
static class FillGaps
{
    /// <param name="points">All buckets, oldest first, with or without readings.</param>
    /// <param name="fill">How.</param>
    /// <param name="now">Nobody knows yet whether a later bucket stays without readings: no last reading is carried into it.</param>
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

    // A mean stands for the middle of its readings, as in EstimateLevel.
    static DateTimeOffset Middle(HistoryPoint point)
    {
        var (first, last) = (point.FirstAt ?? point.Start, point.LastAt ?? point.End!.Value);
        return first + (last - first) / 2;
    }
}
