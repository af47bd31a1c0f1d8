using Contracts.Query.V1;
using Dashboard.Shown;
using Google.Protobuf.WellKnownTypes;

namespace Dashboard.Tests;

public class AlarmTextTests
{
    static readonly DateTimeOffset At = new(2026, 3, 1, 6, 0, 0, TimeSpan.Zero);

    static Timestamp Raised => Timestamp.FromDateTimeOffset(At);

    static Alarm Pressure => new()
    {
        Name = "melt pressure",
        Direction = "above",
        Threshold = 200,
        Unit = "bar",
        Value = 201.4,
        RaisedAt = Raised,
        Consequence = "The rupture disc opens at 250 bar.",
        Message = "melt pressure above 200",
    };

    static string Text(Alarm alarm, double? newest) => AlarmText.Of(alarm, newest, At.AddSeconds(12)).Replace('\u00a0', ' ');

    [Fact]
    public void An_alarm_says_value_limit_since_when_and_what_follows() => Assert.Equal(
        "Melt pressure 201.4 bar, above 200 bar for 12 s. The rupture disc opens at 250 bar.", Text(Pressure, null));

    [Fact]
    public void It_shows_the_newest_value_and_says_when_that_is_right_again()
    {
        Assert.StartsWith("Melt pressure 213.0 bar, above 200 bar for 12 s.", Text(Pressure, 213));
        Assert.StartsWith("Melt pressure 195.0 bar again, was above 200 bar 12 s ago.", Text(Pressure, 195));
        var low = Pressure;
        (low.Direction, low.Threshold) = ("below", -20.5);
        Assert.StartsWith("Melt pressure \u221221.0 bar, below \u221220.5 bar for 12 s.", Text(low, -21));
    }

    [Fact]
    public void A_cleared_one_says_how_long_it_lasted()
    {
        var cleared = Pressure;
        cleared.ClearedAt = Timestamp.FromDateTimeOffset(At.AddSeconds(5));
        Assert.StartsWith("Melt pressure was above 200 bar for 5 s.", Text(cleared, 100));
    }

    [Fact]
    public void One_without_a_limit_says_what_it_was_raised_with()
    {
        Assert.Equal("No data from any sensor (for 12 s).", Text(
            new() { Message = "No data from any sensor", RaisedAt = Raised }, null));
        // As the log holds them from before limits were told with alarms.
        Assert.Equal("Rupture disc opens at 250 bar at 201.4 bar (for 12 s).", Text(
            new() { Message = "Rupture disc opens at 250 bar", Value = 201.4, Unit = "bar", RaisedAt = Raised }, null));
    }
}
