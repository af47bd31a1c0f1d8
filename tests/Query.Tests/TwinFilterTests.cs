using Query.Twins;

namespace Query.Tests;

public class TwinFilterTests
{
    static readonly TwinFilter Everything = new(null, 0, null, null);

    static ShownTwin Shown(params Contracts.Messages.AlarmView[] alarms) => new(Given.A_view(alarms: alarms), Given.Noon);

    [Fact]
    public void Severity_asks_for_the_worst_active_alarm()
    {
        Assert.True((Everything with { Severity = 2 }).Matches(Shown(Given.An_alarm("warning"), Given.An_alarm("critical"))));
        Assert.False((Everything with { Severity = 2 }).Matches(Shown(Given.An_alarm("warning"))));
        Assert.False((Everything with { Severity = 2 }).Matches(Shown(Given.An_alarm("critical", isActive: false))));
    }

    [Fact]
    public void Search_looks_into_id_and_name_whatever_the_case()
    {
        Assert.True((Everything with { Search = "EXTR" }).Matches(Shown()));
        Assert.True((Everything with { Search = "line 1" }).Matches(Shown()));
        Assert.False((Everything with { Search = "pump" }).Matches(Shown()));
    }

    [Fact]
    public void Staleness_can_be_asked_for()
    {
        Assert.True((Everything with { IsStale = false }).Matches(Shown()));
        Assert.False((Everything with { IsStale = true }).Matches(Shown()));
    }
}
