using System.ComponentModel;
using System.Text.Json;
using Contracts.Estimates;
using Npgsql;
using Query.Api;
using Query.Events;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Estimates;

/// <summary>The estimate of a machine: the newest one, as twin-state saved it, or one of the past.</summary>
sealed class GetEstimate(NpgsqlDataSource source, KnownAssets registry, FoldEstimate fold)
{
    public static void Map(IEndpointRouteBuilder twins) => twins
        .MapGet("/{id}/estimate", (
            string id,
            GetEstimate get,
            [Description("The last tick that has ended at this time, in ISO 8601; default: the newest, or at the time of knownAt.")]
            string? validAt,
            [Description(KnownAt.Meaning)] string? knownAt,
            CancellationToken cancel) => get.Run(id, Input.Time("validAt", validAt), KnownAt.Parse(knownAt), cancel))
        .ProducesProblem(StatusCodes.Status429TooManyRequests)
        .WithName("getEstimate").WithSummary("The physics of a machine, corrected by its sensors")
        .WithDescription(
            "Every signal and profile of the model with its standard deviation, those that no sensor shows included; what was learned of "
                + "parameters, inputs and biases of sensors; what each sensor deviates; and whether the physics follows the machine: "
                + "in-sync, drifting or lost. New with every tick of the model. 404 when the model has neither 'estimation' nor "
                + "'calculated', or too little was heard yet. With validAt or knownAt, the estimate is made again from the log, with the "
                + "model and calibration "
                + "in force at knownAt: within seconds for the last two days, within a minute or two before. It has the hash of the live "
                + "estimate of that time if it goes on from the same beginning; otherwise it has come close to it. One is computed at a "
                + "time (429).");

    /// <exception cref="NotFoundException">No such asset, or no estimate of it.</exception>
    /// <exception cref="InvalidInputException">A time in the future, or a position after the end of the log.</exception>
    public async Task<EstimateView> Run(string assetId, DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel)
    {
        if (validAt is not null || knownAt is not null) return await fold.Run(assetId, validAt, knownAt, cancel);
        var model = registry.Get(assetId).Model;
        if (!model.HasEstimate) throw HasNone(assetId, model);
        await using var command = source.CreateCommand($"select view from {ReadModels.Estimate} where asset_id = $1");
        command.Parameters.Add(new() { Value = assetId });
        return await command.ExecuteScalarAsync(cancel) is string view
            ? JsonSerializer.Deserialize<EstimateView>(view, JsonSerializerOptions.Web)!
            : throw new NotFoundException("estimate of", assetId, Begins(model));
    }

    public static NotFoundException HasNone(string assetId, AssetModel model) =>
        new("estimate of", assetId, $"its model '{model.Id}' has no section 'estimation' nor 'calculated'");

    public static string Begins(AssetModel model) => model.Estimation is { } settings
        ? $"it begins {settings.Tick.TotalSeconds:0} s after the first readings of all sensors of inputs"
        : "it begins with the first readings";
}
