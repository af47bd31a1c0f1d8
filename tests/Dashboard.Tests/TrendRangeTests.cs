using Dashboard.Machine;

namespace Dashboard.Tests;

public class TrendRangeTests
{
    [Theory]
    [InlineData(300, 1, 300)]
    [InlineData(60, 10, 6)]
    [InlineData(86400 * 365, 1, 600)]
    [InlineData(1, 10, 2)]
    public void No_more_buckets_than_readings_or_dots_that_an_eye_can_tell_apart(double seconds, double interval, int points) =>
        Assert.Equal(points, TrendRange.Points(TimeSpan.FromSeconds(seconds), interval));

    [Fact]
    public void Longer_ranges_are_fetched_again_less_often()
    {
        var intervals = TrendRange.All.Where(r => !TrendRange.IsDrawnLive(r.Span)).Select(r => TrendRange.RefetchEvery(r.Span)).ToList();
        Assert.Equal(intervals.Order(), intervals);
        Assert.All(intervals, i => Assert.InRange(i.TotalSeconds, 15, 600));
    }
}
