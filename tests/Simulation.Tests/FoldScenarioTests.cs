using Contracts.Events;
using Simulation.Scenarios;
using TwinModel.Scenarios;

namespace Simulation.Tests;

public class FoldScenarioTests
{
    [Fact]
    public void A_scenario_is_what_its_events_say()
    {
        var requested = Given.After(Given.Requested);
        Assert.Equal(("requested", 0.0, 1L), (requested.State, requested.Progress, requested.Version));
        var running = Given.After(Given.Requested, Given.Started, new ScenarioProgressed(Given.Id, 0.5, 5, Given.Noon.AddSeconds(2)));
        Assert.Equal(("running", 0.5, 3L, "ee"), (running.State, running.Progress, running.Version, running.ContentHash));
        Assert.Equal(Given.Noon.AddSeconds(1), running.StartedAt);
    }

    [Fact]
    public void An_answer_shows_its_numbers_in_short()
    {
        var completed = Given.After(
            Given.Requested, Given.Started,
            MergeShards.Completed(
                Given.Id, "ee", Given.A_result("few members"), false, Given.Noon.AddSeconds(1), Given.Noon.AddSeconds(3)));
        Assert.Equal(("completed", 1.0, 2.0, false), (completed.State, completed.Progress, completed.RunSeconds, completed.WasStored));
        Assert.Equal(new("melt-temperature", "degC", 238, 241, 1, 3, 5), Assert.Single(completed.Kpis));
        Assert.Equal(["few members"], completed.Warnings);
        Assert.True(completed.IsFinal());
    }

    [Fact]
    public void A_failure_says_why()
    {
        var failed = Given.After(Given.Requested, Given.Started, new ScenarioFailed(Given.Id, "solver", "rodas3 stopped", Given.Noon));
        Assert.Equal(("failed", "solver", "rodas3 stopped"), (failed.State, failed.Cause, failed.Reason));
    }

    [Fact]
    public void A_stream_that_begins_in_the_middle_is_an_error() =>
        Assert.Throws<InvalidOperationException>(() => Given.After(Given.Started));
}
