using Contracts.Events;
using ServiceDefaults;
using TwinModel.Twins;
using TwinState.Alarms;
using static TwinState.Tests.Kettle;

namespace TwinState.Tests;

public class DecideHandlingTests
{
    static readonly AlarmBook Hot = AlarmBook.Empty.Apply(
        new AlarmRaised("kettle.hot.1", "kettle", "hot", "temperature", "critical", "Hot", 110, "degC", Now));

    static object? Decide(AlarmBook alarms, string action, string? text = null, string? to = null, string alarmId = "kettle.hot.1") =>
        DecideHandling.Of(
            alarms, new("kettle", alarmId, action, "kim", text, action == "shelve" ? Now.AddHours(1) : null, to), Now.AddSeconds(7));

    [Fact]
    public void Each_action_becomes_its_event_and_the_same_again_changes_nothing()
    {
        object[] expected =
        [
            new AlarmShelved("kettle.hot.1", "hot", "kim", "being descaled", Now.AddHours(1), Now.AddSeconds(7)),
            new AlarmCommented("kettle.hot.1", "kim", "being descaled", Now.AddSeconds(7)),
            new AlarmAssigned("kettle.hot.1", "eve", "kim", Now.AddSeconds(7)),
        ];
        var book = Hot;
        foreach (var (action, happened) in new[] { "shelve", "comment", "assign" }.Zip(expected))
        {
            Assert.Equal(happened, Decide(book, action, "being descaled", "eve"));
            book = book.Apply(happened);
            Assert.Null(Decide(book, action, "being descaled", "eve"));
        }
        Assert.Null(Decide(Hot, "unshelve"));
        Assert.Equal(new AlarmUnshelved("kettle.hot.1", "hot", "kim", Now.AddSeconds(7)), Decide(book, "unshelve"));
        Assert.Equal(new AlarmAssigned("kettle.hot.1", null, "kim", Now.AddSeconds(7)), Decide(book, "assign"));
    }

    [Theory]
    [InlineData("shelve")]
    [InlineData("unshelve")]
    [InlineData("comment")]
    [InlineData("assign")]
    public void A_closed_alarm_is_not_handled_any_more(string action) =>
        Assert.Contains("'kettle.hot.2' is closed", Assert.Throws<RuleViolationException>(
            () => Decide(Hot, action, "late", alarmId: "kettle.hot.2")).Message);

    [Fact]
    public void The_twenty_first_comment_is_refused()
    {
        var book = Enumerable.Range(0, 20).Aggregate(Hot, (b, i) => b.Apply(new AlarmCommented("kettle.hot.1", "kim", $"{i}", Now)));
        Assert.Contains("20 comments", Assert.Throws<RuleViolationException>(() => Decide(book, "comment", "one more")).Message);
    }
}
