namespace Dashboard.Machine;

/// <summary>A selectable time range and its resolution. Pure.</summary>
/// <param name="Name">Label.</param>
/// <param name="Span">Length.</param>
public sealed record TrendRange(string Name, TimeSpan Span)
{
    // Charts rarely have more points than this that the eye can tell apart.
    const int MostPoints = 600;

    public static IReadOnlyList<TrendRange> All { get; } =
    [
        new("5 min", TimeSpan.FromMinutes(5)), new("30 min", TimeSpan.FromMinutes(30)), new("2 h", TimeSpan.FromHours(2)),
        new("12 h", TimeSpan.FromHours(12)),
        new("2 d", TimeSpan.FromDays(2)), new("14 d", TimeSpan.FromDays(14)), new("90 d", TimeSpan.FromDays(90)),
        new("1 y", TimeSpan.FromDays(365)),
    ];

    // Two readings with a jittering clock must not share a bucket: a series is shown as measured only if none do.
    const int BucketsPerReading = 2;

    /// <summary>Number of buckets to request: just enough to separate readings.</summary>
    public static int Points(TimeSpan span, double intervalSeconds) =>
        (int)Math.Clamp(Math.Ceiling(span.TotalSeconds / Math.Max(0.1, intervalSeconds) * BucketsPerReading), 2, MostPoints);

    /// <summary>
    /// True if new readings are drawn one by one, i.e. buckets are not much longer than readings; otherwise everything is fetched again.
    /// </summary>
    public static bool IsDrawnLive(TimeSpan span) => span <= TimeSpan.FromMinutes(30);

    /// <summary>How often everything is fetched again.</summary>
    public static TimeSpan RefetchEvery(TimeSpan span) => TimeSpan.FromSeconds(Math.Clamp(span.TotalSeconds / MostPoints * 4, 15, 600));
}
