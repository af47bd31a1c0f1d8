using System.Runtime.CompilerServices;
using Contracts.Scenarios;
using Npgsql;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Telemetry;

namespace Simulation.Scenarios;

/// <summary>Reads what was known of a machine at the start of a run from the newest checkpoint of its estimate.</summary>
sealed class ReadEstimate(NpgsqlDataSource source)
{
    // Parameters hardly change within an hour, and unmeasured inputs have time constants of hours. Checkpoints are minutes apart: without
    // one for this long, the machine was silent and may have been changed meanwhile.
    static readonly TimeSpan Oldest = TimeSpan.FromHours(1);

    // Compiling one takes many milliseconds. The registry holds each model once, so there is one per model hash.
    static readonly ConditionalWeakTable<AssetModel, EstimationSetup> Setups = [];

    /// <summary>Null when there is none, or none that is new enough.</summary>
    public async Task<Posterior?> Run(AssetModel model, ScenarioDefinition definition, CancellationToken cancel)
    {
        if (model.Estimation is null) return null;
        var (setup, oldest) = (Setups.GetValue(model, m => new(m)), definition.ValidAt - Oldest);
        await using var command = source.CreateCommand($"""
            select state from {ReadModels.EstimateCheckpoint}
            where asset_id = $1 and tick > $2 and tick <= $3 and position <= $4 and model = $5 order by tick desc limit 1
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = definition.AssetId },
            new() { Value = setup.TickOf(Micros.From(oldest)) },
            new() { Value = setup.TickOf(Micros.From(definition.ValidAt)) },
            new() { Value = definition.KnownAt },
            new() { Value = setup.Fingerprint },
        });
        if (await State(command, cancel) is not { } state) return null;
        using var reader = new BinaryReader(new MemoryStream(state));
        var posterior = Estimator.Read(setup, reader).Posterior();
        // A checkpoint made when a silence ends holds the estimate from before it.
        return posterior?.At >= oldest ? posterior : null;
    }

    static async Task<byte[]?> State(NpgsqlCommand command, CancellationToken cancel)
    {
        try
        {
            return await command.ExecuteScalarAsync(cancel) as byte[];
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            // twin-state has not been updated yet.
            return null;
        }
    }
}
