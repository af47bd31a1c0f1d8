using System.Text.Json;
using Contracts.Calibrations;
using Npgsql;
using Query.Registry;
using ServiceDefaults;

namespace Query.Calibrations;

/// <summary>Calibrations as simulation saved them.</summary>
sealed class SavedCalibrations(NpgsqlDataSource source, KnownAssets assets)
{
    /// <summary>The tables to select from: <c>c</c> the calibration, <c>f</c> its asset if it is in force.</summary>
    public const string Tables = $"{ReadModels.Calibration} c left join {ReadModels.CalibratedAsset} f "
        + "on f.asset_id = c.asset_id and f.calibration_id = c.calibration_id";

    /// <summary>Whether it is in force: another calibration's adoption ends that, without a change of this one's view.</summary>
    public const string IsInForce = "f.asset_id is not null";

    /// <summary>A row with view and <see cref="IsInForce"/>.</summary>
    public static CalibrationView Read(NpgsqlDataReader row) =>
        JsonSerializer.Deserialize<CalibrationView>(row.GetString(0), JsonSerializerOptions.Web)! with { IsInForce = row.GetBoolean(1) };

    /// <exception cref="NotFoundException">No such calibration.</exception>
    public async Task<CalibrationView> Get(string id, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"select c.view, {IsInForce} from {Tables} where c.calibration_id = $1");
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var calibration = await reader.ReadAsync(cancel) ? Read(reader) : throw new NotFoundException("calibration", id);
        assets.Guard(calibration.Definition.AssetId, "calibration", id);
        return calibration;
    }
}
