using Contracts.Events;
using Contracts.Scenarios;
using TwinModel.Scenarios;

namespace Simulation.Scenarios;

/// <summary>Ends a scenario without a result.</summary>
static class FailScenario
{
    /// <summary>No events if the scenario is already final.</summary>
    public static IReadOnlyList<object> Decide(ScenarioView? known, string cause, string reason, DateTimeOffset now) =>
        known is null || known.IsFinal() ? [] : [new ScenarioFailed(known.Id, cause, reason, now)];
}
