using Query.Histories;
using TwinModel.Telemetry;

namespace Query.Tests;

public class FillGapsTests
{
    // Hourly buckets from noon; readings by minute after noon.
    static IReadOnlyList<HistoryPoint> Points(string fill, int hours, params (int Minute, double Value)[] readings) =>
        Points(fill, hours, null, readings);

    static IReadOnlyList<HistoryPoint> Points(string fill, int hours, DateTimeOffset? now, params (int Minute, double Value)[] readings)
    {
        var from = Micros.From(Given.Noon);
        var calendar = Calendar.Parse("1h", null, fill)!;
        var history = new Downsample(Given.Pressure, calendar.Split(from, from + hours * 3_600_000_000L, 100));
        foreach (var (minute, value) in readings) history.Add(new Reading(7, from + minute * 60_000_000L, value));
        return FillGaps.Of(history.Points(withEmpty: true), calendar.Fill!.Value, now ?? Given.Noon.AddYears(1));
    }

    static IEnumerable<double?> Means(string fill) =>
        Points(fill, 7, (70, 10), (110, 20), (270, 45)).Select(p => p.Mean is { } mean ? Math.Round(mean, 6) : (double?)null);

    [Fact]
    public void Null_shows_buckets_without_a_value() => Assert.Equal([null, 15, null, null, 45, null, null], Means("null"));

    [Fact]
    public void Previous_takes_the_last_reading_before() => Assert.Equal([null, 15, 20, 20, 45, 45, 45], Means("previous"));

    [Fact]
    public void Previous_ends_with_the_bucket_of_now() => Assert.Equal(
        [null, 10, 10, null, null], Points("previous", 5, Given.Noon.AddHours(2.5), (70, 10)).Select(p => p.Mean));

    // 15 at 13:30, 45 at 16:30.
    [Fact]
    public void Linear_takes_the_line_between_the_neighbours_and_leaves_the_ends() =>
        Assert.Equal([null, 15, 25, 35, 45, null, null], Means("linear"));

    [Fact]
    public void A_mean_stands_for_the_middle_of_its_readings() =>
        // 0 at 12:00, 90 at 15:00: half way at 13:30, five sixths at 14:30.
        Assert.Equal([0, 45, 75, 90], Points("linear", 4, (0, 0), (180, 90)).Select(p => Math.Round(p.Mean!.Value, 6)));

    [Theory]
    [InlineData("null")]
    [InlineData("previous")]
    [InlineData("linear")]
    public void Filled_buckets_are_known_by_their_count(string fill)
    {
        Assert.All(Points(fill, 3, (0, 10), (130, 20)), (p, hour) =>
        {
            Assert.Equal((Given.Noon.AddHours(hour), Given.Noon.AddHours(hour + 1)), (p.Start, p.End));
            Assert.Equal(hour != 1, p.Count == 1);
            Assert.Equal(hour != 1,
                p.Min is not null && p.Max is not null && p.First is not null && p.FirstAt is not null && p.Last is not null
                    && p.LastAt is not null);
        });
        // Nothing to fill with.
        Assert.All(Points(fill, 3), p => Assert.Equal((0L, null), (p.Count, p.Mean)));
    }
}
