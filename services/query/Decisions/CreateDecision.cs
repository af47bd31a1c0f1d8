using Contracts.Decisions;
using Contracts.Messages;
using Microsoft.AspNetCore.Http.HttpResults;
using Query.Api;
using Query.Registry;
using ServiceDefaults;

namespace Query.Decisions;

/// <summary>Compares the options for a worn part.</summary>
sealed class CreateDecision(KnownAssets registry, AskSimulation simulation, ScenarioQuota quota, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder decisions) => decisions
        .MapPost("", async Task<Created<DecisionView>> (DecisionRequest body, CreateDecision create, CancellationToken cancel) =>
        {
            var decision = await create.Run(body, cancel);
            return TypedResults.Created($"/api/v1/decisions/{decision.Id}", decision);
        })
        .RequireRateLimiting(ApiSetup.Expensive)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .WithName("createDecision").WithSummary("Replace a worn part now or wait? Options ranked by cost and risk")
        .WithDescription(
            "The remaining life comes from the part's condition, the costs from the model's economics and the overrides in the request. "
                + "Returns the comparison, which is stored with the log position and the model it is based on. 409 if no prognosis of the "
                + "remaining life is possible.");

    /// <exception cref="InvalidInputException">Names the path and what is allowed.</exception>
    /// <exception cref="RuleViolationException">There is no prediction of the remaining life.</exception>
    public async Task<DecisionView> Run(DecisionRequest body, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(body.Asset)) throw new InvalidInputException("asset", null, "the id of a registered asset");
        var asset = registry.FindOrExplain(body.Asset)
            ?? throw new InvalidInputException("asset", body.Asset, "the id of a registered asset");
        var definition = body.Define(asset.Model, time.GetUtcNow());
        var id = Guid.CreateVersion7().ToString();
        var request = new DecideMaintenance(id, asset.Model.Hash, definition);
        return await quota.Take(asset, () => simulation.Decide(request, id, cancel), cancel);
    }
}
