using Contracts.Calibrations;
using Contracts.Messages;
using Microsoft.AspNetCore.Http.HttpResults;
using Query.Api;
using Query.Events;
using Query.Registry;
using ServiceDefaults;

namespace Query.Calibrations;

/// <summary>Checks a question about a machine's parameters and gives it to simulation.</summary>
sealed class CreateCalibration(
    KnownAssets registry, FindPosition find, AskSimulation simulation, ScenarioQuota quota, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder calibrations) => calibrations
        .MapPost("", async Task<Accepted<CalibrationView>> (CalibrationRequest body, CreateCalibration create, CancellationToken cancel) =>
        {
            var calibration = await create.Run(body, KnownAt.Of(body.KnownAt), cancel);
            return TypedResults.Accepted($"/api/v1/calibrations/{calibration.Id}", calibration);
        })
        .RequireRateLimiting(ApiSetup.Expensive)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .WithName("createCalibration").WithSummary("Learn a machine's parameters from a part of its history")
        .WithDescription(
            "Finds the parameters with which the physics explains what the sensors showed in the window, and says which of them these "
                + "readings can tell at all. 202 as soon as the question is stored; ask for the calibration until its state is proposed or "
                + "failed. It changes nothing about the machine's twin until someone adopts it.");

    /// <summary>The calibration as requested.</summary>
    /// <exception cref="InvalidInputException">Names the member and what is allowed.</exception>
    /// <exception cref="RuleViolationException">Simulation refused it, or the asset's model cannot be read.</exception>
    public async Task<CalibrationView> Run(CalibrationRequest body, KnownAt? knownAt, CancellationToken cancel)
    {
        var asset = Able(body.Asset);
        var (by, _) = KnowCaller.Named(body.By, null, "who asks, 1 to 100 characters");
        var now = time.GetUtcNow();
        // Checks what needs no look into the log first.
        body.Define(asset.Model, 0, now);
        var definition = body.Define(asset.Model, (await find.Run(knownAt, cancel)).Position, now);
        var id = Guid.CreateVersion7(now).ToString();
        var request = new RequestCalibration(id, asset.Model.Id, asset.Model.Hash, definition, by, now);
        return await quota.Take(asset, () => simulation.Calibrate(request, id, cancel), cancel);
    }

    RegisteredAsset Able(string? assetId)
    {
        if (!string.IsNullOrEmpty(assetId) && registry.FindOrExplain(assetId) is { Model.Estimation: not null } asset) return asset;
        var able = registry.All.Where(a => a.Model.Estimation is not null).Take(20).Select(a => a.Id).ToList();
        throw new InvalidInputException(
            "asset", string.IsNullOrEmpty(assetId) ? null : assetId,
            $"an asset whose model has a section 'estimation'{(able.Count == 0 ? "" : $": {string.Join(", ", able)}")}");
    }
}
