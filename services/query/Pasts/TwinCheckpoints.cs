using System.Text.Json;
using Npgsql;
using ServiceDefaults;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Pasts;

/// <summary>A twin in the past to fold on from.</summary>
/// <param name="Twin">Its state; empty if there is no checkpoint.</param>
/// <param name="Position">Highest log position included; 0 if there is no checkpoint.</param>
/// <param name="Known">The day streams that may hold more, each with the version included.</param>
sealed record PastTwin(Twin Twin, long Position, IReadOnlyList<(string Stream, long Version)> Known);

/// <summary>Finds stored states of twins. They are a cache: without any, a twin is folded from its first reading.</summary>
sealed class TwinCheckpoints(NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>The newest state that holds nothing sampled after the asked time or recorded after the asked position.</summary>
    public async Task<PastTwin> Newest(PastAsset asset, CancellationToken cancel)
    {
        var days = Streams.TelemetryBetween(asset.Id, asset.RegisteredAt, time.GetUtcNow().AddDays(1));
        await using var command = source.CreateCommand($"""
            select position, versions, state from {ReadModels.TwinCheckpoint}
            where asset_id = $1 and position <= $2 and newest_sample <= $3 order by position desc limit 1
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = asset.Id }, new() { Value = asset.KnownAt }, new() { Value = Micros.From(asset.ValidAt) },
        });
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            if (await reader.ReadAsync(cancel) && Twin.Restore(asset.Model, reader.GetFieldValue<byte[]>(2)) is { } twin)
            {
                var versions = JsonSerializer.Deserialize<Dictionary<string, long>>(reader.GetString(1))!;
                var first = versions.Keys.Min(StringComparer.Ordinal);
                return new(
                    twin, reader.GetInt64(0),
                    [.. days.Where(day => string.CompareOrdinal(day, first) >= 0).Select(day => (day, versions.GetValueOrDefault(day)))]);
            }
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            // twin-state, which creates the table, has not been updated yet.
        }
        return new(new(asset.Model), 0, [.. days.Select(day => (day, 0L))]);
    }
}
