using Dashboard.Machine;

namespace Dashboard.Tests;

public class TrendRangeTests
{
    [Theory]
    [InlineData(300, 1, 600)]
    [InlineData(60, 10, 12)]
    [InlineData(86400 * 365, 1, 600)]
    [InlineData(1, 10, 2)]
    public void Buckets_tell_readings_apart_and_are_no_more_than_an_eye_sees(double seconds, double interval, int points) =>
        Assert.Equal(points, TrendRange.Points(TimeSpan.FromSeconds(seconds), interval));

    [Fact]
    public void Longer_ranges_are_fetched_again_less_often()
    {
        var intervals = TrendRange.All.Where(r => !TrendRange.IsDrawnLive(r.Span)).Select(r => TrendRange.RefetchEvery(r.Span)).ToList();
        Assert.Equal(intervals.Order(), intervals);
        Assert.All(intervals, i => Assert.InRange(i.TotalSeconds, 15, 600));
    }
}
