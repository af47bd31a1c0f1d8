using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ServiceDefaults;

namespace TwinState.Twins;

/// <summary>A twin's rows in <see cref="ReadModels.TwinCheckpoint"/>.</summary>
static class CheckpointRows
{
    static readonly TimeSpan Hourly = TimeSpan.FromDays(2);

    /// <summary>
    /// Keeps the first state of each hour in which something was recorded. Of days that are over for long, only the first of the day stays.
    /// </summary>
    public static async Task Save(NpgsqlConnection connection, OwnedTwin twin, byte[] state, CancellationToken cancel)
    {
        if (twin.HourToKeep is not { } hour || twin.NewestSample is not { } newest) return;
        await using var command = new NpgsqlCommand($"""
            with thinned as (
                delete from {ReadModels.TwinCheckpoint} c where asset_id = $1 and hour < $7 and exists (
                    select 1 from {ReadModels.TwinCheckpoint} e where e.asset_id = c.asset_id and e.hour < c.hour
                        and date_trunc('day', e.hour, 'UTC') = date_trunc('day', c.hour, 'UTC')))
            insert into {ReadModels.TwinCheckpoint} (asset_id, hour, position, newest_sample, versions, state, corrections)
            values ($1, $2, $3, $4, $5, $6, $8) on conflict do nothing
            """, connection);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = twin.Asset.Id },
            new() { Value = hour.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = twin.Position },
            new() { Value = newest },
            new() { Value = JsonSerializer.Serialize(twin.Versions), NpgsqlDbType = NpgsqlDbType.Jsonb },
            new() { Value = state },
            new() { Value = (hour - Hourly).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = twin.Corrections.Version },
        });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
