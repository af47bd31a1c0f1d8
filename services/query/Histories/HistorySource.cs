using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Histories;

/// <summary>Chooses what the buckets of a history are made from: raw readings or rollups. Pure.</summary>
static class HistorySource
{
    // Below this many readings per bucket, raw readings cost little and are exact at bucket edges.
    const int FewReadingsPerPoint = 5;

    // Late data may be anywhere later in the log, so finding raw readings means reading everything recorded since: only for recent times.
    static readonly TimeSpan RecentlySampled = TimeSpan.FromDays(1);

    /// <summary>The coarsest level that still resolves a bucket; null for raw readings.</summary>
    /// <param name="from">Start, microseconds.</param>
    /// <param name="to">End, microseconds.</param>
    /// <param name="points">Number of buckets.</param>
    /// <param name="interval">Expected time between readings.</param>
    /// <param name="now">Current time.</param>
    public static RollupLevel? Choose(long from, long to, int points, TimeSpan interval, DateTimeOffset now)
    {
        var width = (to - from) / points;
        if (width < Rollup.WidthMicros[(int)RollupLevel.Second]) return null;
        var expected = (to - from) / Math.Max(1, interval.Ticks / TimeSpan.TicksPerMicrosecond);
        if (expected <= (long)FewReadingsPerPoint * points && from >= Micros.From(now - RecentlySampled)) return null;
        return width >= Rollup.WidthMicros[(int)RollupLevel.Hour] ? RollupLevel.Hour
            : width >= Rollup.WidthMicros[(int)RollupLevel.Minute] ? RollupLevel.Minute
            : RollupLevel.Second;
    }

    /// <summary>
    /// Covers a time range with whole rollups: of the given level in the middle and finer ones at the edges, so that nothing outside is
    /// counted. Both ends must lie on whole seconds.
    /// </summary>
    public static IEnumerable<(RollupLevel Level, long From, long To)> Cover(RollupLevel level, long from, long to)
    {
        if (from >= to) yield break;
        if (level == RollupLevel.Second)
        {
            yield return (level, from, to);
            yield break;
        }
        var (low, high) = (Ceiling(level, from), Rollup.Start(level, to));
        if (low >= high)
        {
            foreach (var part in Cover(level - 1, from, to)) yield return part;
            yield break;
        }
        foreach (var part in Cover(level - 1, from, low)) yield return part;
        yield return (level, low, high);
        foreach (var part in Cover(level - 1, high, to)) yield return part;
    }

    /// <summary>The first rollup start at or after a time.</summary>
    public static long Ceiling(RollupLevel level, long micros)
    {
        var start = Rollup.Start(level, micros);
        return start == micros ? start : start + Rollup.WidthMicros[(int)level];
    }

    public static string Name(RollupLevel? level) =>
        level switch { null => "raw", RollupLevel.Second => "1s", RollupLevel.Minute => "1m", _ => "1h" };
}
