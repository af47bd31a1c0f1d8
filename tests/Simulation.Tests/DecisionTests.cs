using Contracts.Events;
using Contracts.Scenarios;
using ServiceDefaults;
using Simulation.Scenarios;

namespace Simulation.Tests;

public class DecisionTests
{
    static readonly ScenarioView Running = Given.After(Given.Requested, Given.Started);
    static readonly ScenarioView Cancelled = Given.After(Given.Requested, Given.Started, new ScenarioCancelled(Given.Id, 0.3, Given.Noon));

    [Fact]
    public void A_request_is_taken_once()
    {
        Assert.Equal(Given.Requested, Assert.Single(StartScenario.Decide(null, Given.A_request)));
        Assert.Empty(StartScenario.Decide(Running, Given.A_request));
        Assert.Empty(StartScenario.Decide(Cancelled, Given.A_request));
    }

    [Fact]
    public void A_stored_result_completes_a_scenario_at_once()
    {
        var events = StartScenario.DecideStored(Given.After(Given.Requested), Given.A_result(), "ee", "ff", Given.Noon);
        Assert.Equal(new ScenarioStarted(Given.Id, "ee", "ff", 0, Given.Noon), events[0]);
        var completed = Given.After([Given.Requested, .. events]);
        Assert.Equal(("completed", true, 0.0), (completed.State, completed.WasStored, completed.RunSeconds));
    }

    [Fact]
    public void A_stored_result_does_not_wake_a_cancelled_scenario() =>
        Assert.Empty(StartScenario.DecideStored(Cancelled, Given.A_result(), "ee", "ff", Given.Noon));

    [Theory]
    [InlineData(1, 9, 0, null)]
    [InlineData(3, 9, 0, 0.25)]
    [InlineData(4, 9, 0.25, null)]
    [InlineData(7, 9, 0.25, 0.75)]
    [InlineData(1, 2, 0, 0.5)]
    [InlineData(1, 1, 0, null)]
    public void Only_another_quarter_is_an_event(int finished, int all, double before, double? expected)
    {
        var events = MergeShards.DecideProgress(Running with { Progress = before }, finished, all, Given.Noon);
        if (expected is null) Assert.Empty(events);
        else Assert.Equal(new ScenarioProgressed(Given.Id, expected.Value, finished, Given.Noon), Assert.Single(events));
    }

    [Fact]
    public void The_same_shard_reported_twice_is_one_quarter()
    {
        var first = MergeShards.DecideProgress(Running, 3, 9, Given.Noon);
        Assert.Empty(MergeShards.DecideProgress(Given.After([Given.Requested, Given.Started, .. first]), 3, 9, Given.Noon));
    }

    [Fact]
    public void What_is_over_does_not_fail() => Assert.Empty(FailScenario.Decide(Cancelled, "time-limit", "late", Given.Noon));

    [Fact]
    public void What_runs_too_long_fails() =>
        Assert.Equal(new ScenarioFailed(Given.Id, "time-limit", "late", Given.Noon),
            Assert.Single(FailScenario.Decide(Running, "time-limit", "late", Given.Noon)));

    [Fact]
    public void A_cancel_that_overtakes_its_request_is_tried_again() =>
        Assert.Throws<NotFoundException>(() => CancelScenarioConsumer.Decide(null, Given.Id, 0, Given.Noon));

    [Fact]
    public void A_scenario_is_cancelled_once()
    {
        Assert.Equal(new ScenarioCancelled(Given.Id, 0.4, Given.Noon),
            Assert.Single(CancelScenarioConsumer.Decide(Running, Given.Id, 0.4, Given.Noon)));
        Assert.Empty(CancelScenarioConsumer.Decide(Cancelled, Given.Id, 0.4, Given.Noon));
    }
}
