using Contracts.Events;
using Contracts.Scenarios;

namespace Simulation.Scenarios;

/// <summary>A scenario ends without an answer.</summary>
static class FailScenario
{
    /// <summary>What is over already stays as it is.</summary>
    public static IReadOnlyList<object> Decide(ScenarioView? known, string cause, string reason, DateTimeOffset now) =>
        known is null || known.IsFinal() ? [] : [new ScenarioFailed(known.Id, cause, reason, now)];
}
