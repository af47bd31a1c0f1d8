using System.Text.Json;
using Npgsql;
using ServiceDefaults;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Pasts;

/// <summary>A twin in the past to fold on from.</summary>
/// <param name="Twin">Its state; empty if there is no checkpoint.</param>
/// <param name="Position">Highest log position included; 0 if there is no checkpoint.</param>
/// <param name="Versions">The versions included of the day streams that could still grow; earlier days are included whole.</param>
sealed record PastTwin(Twin Twin, long Position, IReadOnlyDictionary<string, long> Versions);

/// <summary>Finds stored states of twins. They are a cache: without any, a twin is folded from its first reading.</summary>
sealed class TwinCheckpoints(NpgsqlDataSource source)
{
    /// <summary>The newest state that holds nothing sampled after the asked time or recorded after the asked position.</summary>
    public async Task<PastTwin> Newest(PastAsset asset, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            select position, versions, state from {ReadModels.TwinCheckpoint}
            where asset_id = $1 and position <= $2 and newest_sample <= $3
                and {StoredCheckpoints.HoldsCorrections("corrections", "newest_sample + 1", 4)} order by position desc limit 1
            """);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            new() { Value = asset.Id }, new() { Value = asset.KnownAt }, new() { Value = Micros.From(asset.ValidAt) },
            .. StoredCheckpoints.CorrectionParameters(asset.Corrections),
        ]);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            if (await reader.ReadAsync(cancel) && Twin.Restore(asset.Model, reader.GetFieldValue<byte[]>(2)) is { } twin)
                return new(twin, reader.GetInt64(0), JsonSerializer.Deserialize<Dictionary<string, long>>(reader.GetString(1))!);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable
            or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName)
        {
            // twin-state, which creates the table, has not been updated yet.
        }
        return new(new(asset.Model), 0, PastReadings.Nothing);
    }
}
