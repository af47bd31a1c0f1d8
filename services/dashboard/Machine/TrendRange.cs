namespace Dashboard.Machine;

/// <summary>A stretch of time to look at, and how finely. Pure.</summary>
/// <param name="Name">As shown.</param>
/// <param name="Span">Its length.</param>
public sealed record TrendRange(string Name, TimeSpan Span)
{
    // A chart is seldom wider than this many dots that an eye can tell apart.
    const int MostPoints = 600;

    public static IReadOnlyList<TrendRange> All { get; } =
    [
        new("5 min", TimeSpan.FromMinutes(5)), new("30 min", TimeSpan.FromMinutes(30)), new("2 h", TimeSpan.FromHours(2)),
        new("12 h", TimeSpan.FromHours(12)),
        new("2 d", TimeSpan.FromDays(2)), new("14 d", TimeSpan.FromDays(14)), new("90 d", TimeSpan.FromDays(90)),
        new("1 y", TimeSpan.FromDays(365)),
    ];

    // Two readings of a clock that jitters must not meet in one bucket: a series is shown as measured only while none do.
    const int BucketsPerReading = 2;

    /// <summary>Buckets to ask for: no finer than to tell readings apart.</summary>
    public static int Points(TimeSpan span, double intervalSeconds) =>
        (int)Math.Clamp(Math.Ceiling(span.TotalSeconds / Math.Max(0.1, intervalSeconds) * BucketsPerReading), 2, MostPoints);

    /// <summary>
    /// New readings are drawn one by one while a reading is not much less than a bucket; otherwise the whole is fetched again.
    /// </summary>
    public static bool IsDrawnLive(TimeSpan span) => span <= TimeSpan.FromMinutes(30);

    /// <summary>How often the whole is fetched again.</summary>
    public static TimeSpan RefetchEvery(TimeSpan span) => TimeSpan.FromSeconds(Math.Clamp(span.TotalSeconds / MostPoints * 4, 15, 600));
}
