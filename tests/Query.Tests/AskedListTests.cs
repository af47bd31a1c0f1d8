using Query.Events;
using Query.Pasts;
using ServiceDefaults;

namespace Query.Tests;

public class AskedListTests
{
    static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly PastMoment Then = new(Noon, 70, Noon.AddMinutes(-1), Noon);

    static readonly AskedList Alarms = new("alarms", "press-1", new[] { "active", "cleared" }, null);

    [Fact]
    public void The_next_page_shows_the_moment_of_the_first_one_whether_it_is_repeated_or_not()
    {
        var cursor = Alarms.CursorAt(Then, Noon, "a1");
        foreach (var (validAt, knownAt) in new (DateTimeOffset?, KnownAt?)[] { (null, null), (Noon, null), (Noon, new(70, null)) })
        {
            var start = Alarms.Begin(2, cursor, validAt, knownAt);
            Assert.Equal(Then, start.Moment);
            Assert.Equal((Noon, "a1"), Alarms.TimeAndId(start, cursor));
        }
    }

    [Fact]
    public void Another_moment_beside_a_cursor_is_refused_and_named()
    {
        var cursor = Alarms.CursorAt(Then, Noon, "a1");
        Assert.Equal("validAt", Refused(() => Alarms.Begin(2, cursor, Noon.AddSeconds(1), null)).Field);
        Assert.Equal("70, as on the first page", Refused(() => Alarms.Begin(2, cursor, null, new(71, null))).Allowed);
        // A later time may be the same position, and may not.
        Assert.Equal("knownAt", Refused(() => Alarms.Begin(2, cursor, null, new(null, Noon))).Field);
    }

    [Fact]
    public void A_time_that_was_asked_for_on_the_first_page_may_be_repeated_and_no_other()
    {
        var cursor = Alarms.CursorAt(Then with { AskedTime = Noon }, Noon, "a1");
        Assert.Equal(70, Alarms.Begin(2, cursor, null, new(null, Noon)).Moment?.KnownAt);
        Assert.Equal("knownAt", Refused(() => Alarms.Begin(2, cursor, null, new(null, Noon.AddSeconds(1)))).Field);
    }

    [Fact]
    public void A_cursor_of_the_present_takes_no_moment()
    {
        var cursor = Alarms.CursorAt(null, Noon, "a1");
        Assert.Null(Alarms.Begin(2, cursor, null, null).Moment);
        Assert.Equal("validAt", Refused(() => Alarms.Begin(2, cursor, Noon, null)).Field);
        Assert.Equal("knownAt", Refused(() => Alarms.Begin(2, cursor, null, new(70, null))).Field);
    }

    [Fact]
    public void Other_filters_beside_a_cursor_are_refused()
    {
        var cursor = Alarms.CursorAt(Then, Noon, "a1");
        foreach (var other in new AskedList[]
        {
            new("alarms", "press-2", new[] { "active", "cleared" }, null), new("alarms", "press-1", new[] { "active" }, null),
            new("alarms", "press-1", new[] { "active", "cleared" }, Noon), new("alarms", null, new[] { "active", "cleared" }, "press-1"),
            new("decisions", "press-1", new[] { "active", "cleared" }, null),
        })
            Assert.Equal("cursor", Refused(() => other.Begin(2, cursor, null, null)).Field);
        // REST and gRPC say the same in different ways.
        AskedList same = new("alarms", "press-1", new List<string> { "cleared", "active" }, "");
        Assert.Equal(Then, same.Begin(2, cursor, null, null).Moment);
    }

    [Fact]
    public void Without_a_cursor_it_is_the_first_page() => Assert.Equal(default, Alarms.Begin(2, "", Noon, null));

    static InvalidInputException Refused(Action ask) => Assert.Throws<InvalidInputException>(ask);
}
