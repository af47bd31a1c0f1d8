using System.Text.Json;
using Contracts.Estimates;
using Npgsql;
using Query.Assets;
using ServiceDefaults;

namespace Query.Estimates;

/// <summary>The newest estimate of a machine, as twin-state saved it.</summary>
sealed class GetEstimate(NpgsqlDataSource source, KnownAssets registry)
{
    public static void Map(IEndpointRouteBuilder twins) => twins
        .MapGet("/{id}/estimate", (string id, GetEstimate get, CancellationToken cancel) => get.Run(id, cancel))
        .WithName("getEstimate").WithSummary("The physics of a machine, corrected by its sensors")
        .WithDescription(
            "Every signal and profile of the model with its standard deviation, those that no sensor shows included; what was learned of "
                + "parameters, inputs and biases of sensors; what each sensor deviates; and whether the physics follows the machine: "
                + "in-sync, drifting or lost. New with every tick of the model. 404 when the model has no section 'estimation', or too "
                + "little was heard yet.");

    /// <exception cref="NotFoundException">No such asset, or no estimate of it.</exception>
    public async Task<EstimateView> Run(string assetId, CancellationToken cancel)
    {
        var model = registry.Get(assetId).Model;
        if (!model.HasEstimate)
            throw new NotFoundException("estimate of", assetId, $"its model '{model.Id}' has no section 'estimation' nor 'calculated'");
        await using var command = source.CreateCommand($"select view from {ReadModels.Estimate} where asset_id = $1");
        command.Parameters.Add(new() { Value = assetId });
        return await command.ExecuteScalarAsync(cancel) is string view
            ? JsonSerializer.Deserialize<EstimateView>(view, JsonSerializerOptions.Web)!
            : throw new NotFoundException(
                "estimate of", assetId,
                model.Estimation is { } estimation
                    ? $"it begins {estimation.Tick.TotalSeconds:0} s after the first readings of all sensors of inputs"
                    : "it begins with the first readings");
    }
}
