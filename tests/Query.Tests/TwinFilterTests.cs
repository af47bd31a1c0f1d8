using Contracts.Messages;
using Query.Twins;

namespace Query.Tests;

public class TwinFilterTests
{
    static readonly TwinFilter Everything = new(null, 0, null, null);

    static bool Matches(TwinFilter filter, params AlarmView[] alarms) =>
        filter.Matches(new LiveTwin(Given.A_view(alarms: alarms)), Given.Noon);

    [Fact]
    public void Severity_asks_for_the_worst_active_alarm()
    {
        Assert.True(Matches(Everything with { Severity = 2 }, Given.An_alarm("warning"), Given.An_alarm("critical")));
        Assert.False(Matches(Everything with { Severity = 2 }, Given.An_alarm("warning")));
        Assert.False(Matches(Everything with { Severity = 2 }, Given.An_alarm("critical", isActive: false)));
    }

    [Fact]
    public void Search_looks_into_id_and_name_whatever_the_case()
    {
        Assert.True(Matches(Everything with { Search = "EXTR" }));
        Assert.True(Matches(Everything with { Search = "line 1" }));
        Assert.False(Matches(Everything with { Search = "pump" }));
    }

    [Fact]
    public void Staleness_can_be_asked_for()
    {
        Assert.True(Matches(Everything with { IsStale = false }));
        Assert.False(Matches(Everything with { IsStale = true }));
    }
}
