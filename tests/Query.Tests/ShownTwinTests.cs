using System.Text.Json;
using Query.Api;
using Query.Twins;

namespace Query.Tests;

public class ShownTwinTests
{
    [Fact]
    public void The_tag_stays_while_only_ages_change() =>
        Assert.Equal(ShownTwin.TagOf(Given.A_view(), Given.Noon.AddSeconds(1)), ShownTwin.TagOf(Given.A_view(), Given.Noon.AddSeconds(9)));

    [Fact]
    public void The_tag_changes_when_a_sensor_becomes_stale() =>
        Assert.NotEqual(ShownTwin.TagOf(Given.A_view(), Given.Noon.AddSeconds(9)),
            ShownTwin.TagOf(Given.A_view(), Given.Noon.AddSeconds(10)));

    [Fact]
    public void The_tag_changes_with_the_revision() =>
        Assert.NotEqual(ShownTwin.TagOf(Given.A_view(revision: 1), Given.Noon), ShownTwin.TagOf(Given.A_view(revision: 2), Given.Noon));

    [Theory]
    [InlineData("W/\"a\"", true)]
    [InlineData("\"a\"", true)]
    [InlineData("W/\"b\", W/\"a\"", true)]
    [InlineData("*", true)]
    [InlineData("W/\"b\"", false)]
    [InlineData("", false)]
    public void A_known_tag_is_found_among_those_sent(string sent, bool isKnown) => Assert.Equal(isKnown, Tags.IsKnown(sent, "W/\"a\""));

    [Fact]
    public void Age_and_staleness_are_those_of_the_moment()
    {
        var fresh = TwinAnswer.Of(Given.A_view(), Given.Noon.AddSeconds(2.5));
        Assert.Equal(2.5, fresh.Sensors[0].AgeSeconds);
        Assert.False(fresh.IsStale);
        var stale = TwinAnswer.Of(Given.A_view(), Given.Noon.AddSeconds(11));
        Assert.True(stale.IsStale);
        Assert.Equal(1, stale.StaleSensors);
    }

    [Fact]
    public void One_answer_serves_everybody_who_asks_within_a_tenth_of_a_second()
    {
        var twin = new LiveTwin(Given.A_view());
        var first = twin.Show(Given.Noon);
        Assert.Same(first, twin.Show(Given.Noon.AddMilliseconds(99)));
        Assert.NotSame(first, twin.Show(Given.Noon.AddMilliseconds(100)));
    }

    [Fact]
    public void A_new_view_is_shown_at_once()
    {
        var twin = new LiveTwin(Given.A_view(position: 100));
        twin.Show(Given.Noon);
        twin.Offer(Given.A_view(position: 101));
        Assert.Equal(101, twin.Show(Given.Noon).View.Position);
    }

    [Fact]
    public void The_bytes_are_one_line_of_json_with_times_in_utc()
    {
        var text = System.Text.Encoding.UTF8.GetString(new ShownTwin(Given.A_view(alarms: Given.An_alarm()), Given.Noon).Json);
        Assert.DoesNotContain('\n', text);
        var twin = JsonElement.Parse(text);
        Assert.Equal("2026-03-01T12:00:00Z", twin.GetProperty("sampledAt").GetString());
        Assert.Equal(180, twin.GetProperty("sensors")[0].GetProperty("value").GetDouble());
        Assert.Equal("active", twin.GetProperty("alarms")[0].GetProperty("state").GetString());
    }
}
