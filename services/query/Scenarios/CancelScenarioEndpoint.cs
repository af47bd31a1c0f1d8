using Contracts.Messages;
using Contracts.Scenarios;
using Microsoft.AspNetCore.Http.HttpResults;
using Query.Api;
using ServiceDefaults;

namespace Query.Scenarios;

/// <summary>Cancels a scenario.</summary>
sealed class CancelScenarioEndpoint(SavedScenarios saved, LiveScenarios live, SendToSimulation simulation, CommandFaults faults)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder scenarios) => scenarios
        .MapDelete("/{id}", async Task<Results<Ok<ScenarioView>,
            Accepted<ScenarioView>>> (string id, CancelScenarioEndpoint run, CancellationToken cancel) =>
        {
            var (isDone, scenario) = await run.Run(id, cancel);
            return isDone ? TypedResults.Ok(scenario) : TypedResults.Accepted($"/api/v1/scenarios/{id}", scenario);
        })
        .ProducesProblem(StatusCodes.Status409Conflict)
        .WithName("cancelScenario").WithSummary("Cancel a scenario")
        .WithDescription(
            "Waits up to 5 s until it is cancelled (200); 202 if it takes longer. 409 if it has completed or failed. Its events stay in "
                + "the log.");

    /// <summary>The scenario after the command, and whether it is final.</summary>
    /// <exception cref="NotFoundException">No such scenario.</exception>
    /// <exception cref="RuleViolationException">It has already completed or failed.</exception>
    public async Task<(bool IsDone, ScenarioView Scenario)> Run(string id, CancellationToken cancel)
    {
        var scenario = await saved.Get(id, cancel);
        RefuseOver(scenario);
        if (scenario.State == "cancelled") return (true, scenario);
        var command = new CancelScenario(id);
        var isDone = await faults.Await(command, c => simulation.Run(command, c), IsFinal, Patience, cancel, () => live.Changed);
        // It may have completed in the meantime.
        RefuseOver(scenario);
        return (isDone, scenario);

        async Task<bool> IsFinal(CancellationToken ended) => SavedScenarios.IsFinal(scenario = await saved.Get(id, ended));
    }

    static void RefuseOver(ScenarioView scenario)
    {
        if (scenario.State is "completed" or "failed")
            throw new RuleViolationException($"Scenario '{scenario.Id}' has already {scenario.State}.");
    }
}
