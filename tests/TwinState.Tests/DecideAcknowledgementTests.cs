using Contracts.Events;
using TwinModel.Twins;
using TwinState.Alarms;
using static TwinState.Tests.Kettle;

namespace TwinState.Tests;

public class DecideAcknowledgementTests
{
    static readonly AlarmBook Hot = AlarmBook.Empty.Apply(
        new AlarmRaised("kettle.hot.1", "kettle", "hot", "temperature", "critical", "Hot", 110, "degC", Now));

    static AlarmAcknowledged? Decide(AlarmBook alarms, string alarmId = "kettle.hot.1") =>
        DecideAcknowledgement.Of(alarms, new("kettle", alarmId, "kim", "seen"), Now.AddSeconds(7));

    [Fact]
    public void An_open_alarm_is_acknowledged_by_whom_and_when() =>
        Assert.Equal(new("kettle.hot.1", "kim", "seen", Now.AddSeconds(7)), Decide(Hot));

    [Fact]
    public void A_cleared_alarm_can_still_be_acknowledged() =>
        Assert.NotNull(Decide(Hot.Apply(new AlarmCleared("kettle.hot.1", 90, Now))));

    [Fact]
    public void Acknowledging_again_changes_nothing() => Assert.Null(Decide(Hot.Apply(Decide(Hot)!)));

    [Fact]
    public void An_alarm_that_is_not_open_is_not_acknowledged() => Assert.Null(Decide(Hot, "kettle.hot.2"));
}
