using System.ComponentModel;
using System.Text.Json.Serialization;
using Contracts.Calibrations;
using Contracts.Messages;
using Query.Api;
using ServiceDefaults;

namespace Query.Calibrations;

/// <summary>Who decides about a calibration.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record CalibrationStepRequest(
    [property: Description("Who decides, 1 to 100 characters; default: X-Pollux-Actor.")] string? By = null,
    [property: Description("Why, at most 1000 characters.")] string? Comment = null);

/// <summary>Gives an asset the parameters of a calibration, or those that it had before.</summary>
sealed class DecideCalibrationEndpoint(SavedCalibrations saved, AskSimulation simulation)
{
    public static void Map(IEndpointRouteBuilder calibrations)
    {
        calibrations.MapPost("/{id}:adopt",
                (string id, CalibrationStepRequest body, DecideCalibrationEndpoint decide, CancellationToken cancel) =>
                    decide.Adopt(id, body, cancel))
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("adoptCalibration").WithSummary("Give the machine the parameters of a calibration")
            .WithDescription(
                "From now on estimates, scenarios and forecasts of the machine use them; what was known before stays as it was. Parameters "
                    + "that were not identified keep their value. Idempotent. 409 unless the calibration was proposed, with at least one "
                    + "parameter identified, for the model that the asset has now.");
        calibrations.MapPost("/{id}:rollBack",
                (string id, CalibrationStepRequest body, DecideCalibrationEndpoint decide, CancellationToken cancel) =>
                    decide.RollBack(id, body, cancel))
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("rollBackCalibration").WithSummary("Give the machine the parameters that it had before a calibration")
            .WithDescription("Idempotent. 409 unless the calibration is in force.");
    }

    public Task<CalibrationView> Adopt(string id, CalibrationStepRequest asked, CancellationToken cancel) =>
        Decide(id, asked, (asset, by, comment) => new AdoptCalibration(asset, id, by, comment), cancel);

    public Task<CalibrationView> RollBack(string id, CalibrationStepRequest asked, CancellationToken cancel) =>
        Decide(id, asked, (asset, by, comment) => new RollBackCalibration(asset, id, by, comment), cancel);

    /// <summary>Who decides, and why.</summary>
    /// <exception cref="InvalidInputException">Names the member and what is allowed.</exception>
    public static (string By, string? Comment) Check(CalibrationStepRequest asked) =>
        KnowCaller.Named(asked.By, asked.Comment, "who decides, 1 to 100 characters");

    async Task<CalibrationView> Decide<T>(
        string id, CalibrationStepRequest asked, Func<string, string, string?, T> request, CancellationToken cancel)
        where T : class
    {
        var (by, comment) = Check(asked);
        var known = await saved.Get(id, cancel);
        await simulation.Calibrate(request(known.Definition.AssetId, by, comment), id, cancel);
        // Simulation answers after its commit, and does not say whether the calibration is in force.
        return await saved.Get(id, cancel);
    }
}
