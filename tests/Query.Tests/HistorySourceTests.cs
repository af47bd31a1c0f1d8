using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Query.Histories;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Tests;

public class HistorySourceTests
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    static RollupLevel? Choose(TimeSpan span, int points, TimeSpan? ago = null) => HistorySource.Choose(
        Micros.From(Given.Noon - (ago ?? span)), Micros.From(Given.Noon - (ago ?? span) + span), points, Interval, Given.Noon);

    [Fact]
    public void Few_recent_readings_are_read_raw() => Assert.Null(Choose(TimeSpan.FromHours(1), 1000));

    [Fact]
    public void Buckets_narrower_than_a_second_are_read_raw() =>
        Assert.Null(Choose(TimeSpan.FromMinutes(10), 1000, ago: TimeSpan.FromDays(100)));

    [Fact]
    public void Old_readings_come_from_seconds_although_they_are_few() =>
        Assert.Equal(RollupLevel.Second, Choose(TimeSpan.FromHours(1), 1000, ago: TimeSpan.FromDays(30)));

    [Fact]
    public void Many_readings_come_from_the_coarsest_level_that_resolves_a_bucket()
    {
        Assert.Equal(RollupLevel.Second, Choose(TimeSpan.FromHours(12), 1000));
        Assert.Equal(RollupLevel.Minute, Choose(TimeSpan.FromDays(11.6), 1000));
        Assert.Equal(RollupLevel.Hour, Choose(TimeSpan.FromDays(365), 1000));
    }

    [Property]
    public void Parts_cover_the_stretch_once_with_whole_buckets(PositiveInt start, PositiveInt length, byte level)
    {
        var from = start.Get * 1_000_000L;
        var to = from + length.Get * 37_000_000L;
        var at = from;
        foreach (var part in HistorySource.Cover((RollupLevel)(level % 3), from, to))
        {
            Assert.Equal(at, part.From);
            Assert.True(part.To > part.From);
            Assert.Equal(part.From, Rollup.Start(part.Level, part.From));
            Assert.Equal(part.To, Rollup.Start(part.Level, part.To));
            at = part.To;
        }
        Assert.Equal(to, at);
    }
}
