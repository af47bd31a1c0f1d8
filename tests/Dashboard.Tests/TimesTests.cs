using Dashboard.Shown;

namespace Dashboard.Tests;

public class TimesTests
{
    static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    static readonly DateTimeOffset At = new(2026, 7, 1, 22, 30, 0, TimeSpan.Zero);

    [Fact]
    public void A_time_is_shown_in_the_browsers_zone() => Assert.Equal("2 Jul 2026 00:30:00", Times.Full(At, Berlin));

    [Theory]
    [InlineData(1, "00:30:00")]
    [InlineData(48, "2 Jul 00:30:00")]
    [InlineData(24 * 300, "2 Jul 2026 00:30")]
    public void The_day_is_left_out_when_it_is_today_there(int hoursLater, string text) =>
        Assert.Equal(text, Times.Short(At, Berlin, At.AddHours(hoursLater)));

    [Fact]
    public void What_a_chart_reports_is_the_time_it_was_given() => Assert.Equal(At, Times.FromLocal(Times.Local(At, Berlin), Berlin));

    [Theory]
    [InlineData("2026-07-01T22:30:00Z")]
    [InlineData("2026-07-02T00:30:00+02:00")]
    public void A_time_in_an_address_is_read(string text) => Assert.Equal(At, Times.Read(text));

    [Fact]
    public void Nonsense_in_an_address_is_no_time() => Assert.Null(Times.Read("yesterday"));
}
