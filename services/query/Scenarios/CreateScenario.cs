using Contracts.Messages;
using Contracts.Scenarios;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults.Access;
using TwinModel.Scenarios;

namespace Query.Scenarios;

/// <summary>Checks a scenario request and sends it to simulation.</summary>
sealed class CreateScenario(
    KnownAssets registry, FindPosition find, FindPast past, SendToSimulation simulation, LiveScenarios live, ScenarioQuota quota,
    TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder scenarios) => scenarios.MapPost("/", async (HttpContext http, CreateScenario create) =>
        {
            var scenario = await create.Run(await ScenarioToRun.Read(http.Request.Body, http.RequestAborted), http.RequestAborted);
            return TypedResults.Accepted($"/api/v1/scenarios/{scenario.Id}", scenario);
        })
        .RequireRateLimiting(ApiSetup.Expensive)
        .Accepts<ScenarioToRun>("application/json").Produces<ScenarioView>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest)
        .WithName("createScenario").WithSummary("Ask a what-if question")
        .WithDescription(
            "Baseline and scenario start from the machine's recorded inputs and run with the same parameters, member by member. Parameters "
                + "and unmeasured inputs are those learned from the machine's sensors, if its twin has an estimate from the hour before "
                + "validAt; otherwise those of the model. 202 as soon as the request is stored; `/watch` tells when it is done. "
                + "`{\"asset\":\"extrusion-line\",\"interventions\":[{\"target\":\"production-rate\",\"kind\":\"scale\",\"value\":1.15}]}` "
                + "asks for the steady state at +15 %. The same question with the same validAt and knownAt returns the stored result, byte "
                + "for byte, if it starts from the same estimate. A 400 lists every problem in `errors` (path, value, allowed).");

    /// <summary>The scenario as requested.</summary>
    /// <exception cref="InvalidScenarioException">It cannot be run.</exception>
    /// <exception cref="QuotaException">The asset's tenant has used those of today.</exception>
    public async Task<ScenarioView> Run(ScenarioToRun asked, CancellationToken cancel)
    {
        if (asked.Asset is null || registry.FindOrExplain(asked.Asset) is not { } asset)
        {
            var able = string.Join(", ", registry.All.Where(a => a.Model.Physics is not null).Take(20).Select(a => a.Id));
            throw DefineScenario.Invalid("asset", asked.Asset ?? "missing", $"an asset whose model has a physics section: {able}");
        }
        var name = DefineScenario.NameOf(asked);
        var knownAt = DefineScenario.KnownAtOf(asked);
        var position = (await find.Run(knownAt, cancel)).Position;
        if (knownAt is not null && (await past.Registrations([asset.Id], position, cancel)).Count == 0)
            throw DefineScenario.Invalid("knownAt", $"{knownAt}", $"a point of the log at which {asset.Id} was registered");
        var now = time.GetUtcNow();
        var definition = DefineScenario.Of(asked, asset.Model, position, now);
        var id = Guid.CreateVersion7(now).ToString();
        var request = new RequestScenario(id, name, asset.Model.Id, asset.Model.Hash, definition, now);
        await quota.Take(asset, () => simulation.Run(request, cancel), cancel);
        var scenario = new ScenarioView(
            id, asset.Id, name, asset.Model.Id, asset.Model.Hash, definition, "requested", 0, 0, now, null, null, null, null, false, null,
            null, [], []);
        live.Offer(scenario);
        return scenario;
    }
}
