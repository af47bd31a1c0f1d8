using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace TwinState.Twins;

/// <summary>A twin's rows in <see cref="ReadModels.TwinCheckpoint"/>.</summary>
static class CheckpointRows
{
    const long Hour = 3600 * Micros.PerSecond;

    // Looked at again and again, so that none is missed after a pause of a day.
    const long ThinnedFrom = 72 * Hour;
    const long ThinnedTo = 48 * Hour;

    /// <summary>Keeps the state if it is time for a checkpoint. Of those older than two days, the first of each hour stays.</summary>
    public static async Task Save(NpgsqlConnection connection, OwnedTwin twin, byte[] state, CancellationToken cancel)
    {
        if (!twin.MustKeep || twin.NewestSample is not { } newest) return;
        await using var command = new NpgsqlCommand($"""
            with thinned as (
                delete from {ReadModels.TwinCheckpoint} where asset_id = $1 and position in (
                    select position from (
                        select position, newest_sample / {Hour} as hour, lag(newest_sample / {Hour}) over (order by position) as before
                        from {ReadModels.TwinCheckpoint} where asset_id = $1 and newest_sample between $7 and $8) c where hour = before))
            insert into {ReadModels.TwinCheckpoint} (asset_id, position, newest_sample, versions, state, corrections)
            values ($1, $2, $3, $4, $5, $6) on conflict (asset_id, position) do update
                set newest_sample = excluded.newest_sample, versions = excluded.versions, state = excluded.state,
                    corrections = excluded.corrections
            """, connection);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = twin.Asset.Id },
            new() { Value = twin.Position },
            new() { Value = newest },
            new() { Value = JsonSerializer.Serialize(twin.Versions), NpgsqlDbType = NpgsqlDbType.Jsonb },
            new() { Value = state },
            new() { Value = twin.Corrections.Version },
            new() { Value = newest - ThinnedFrom },
            new() { Value = newest - ThinnedTo },
        });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
