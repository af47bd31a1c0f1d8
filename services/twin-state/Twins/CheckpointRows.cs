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

    // From one to the next, a machine that sends once a second has 1 200 events: as many are folded within 50 ms.
    const long Slot = Hour / 3;

    // Looked at again and again, so that none is missed after a pause of a day.
    const long ThinnedFrom = 72 * Hour;
    const long ThinnedTo = 48 * Hour;

    /// <summary>
    /// Keeps the state if it is time for a checkpoint. Of those older than two days, the first of each 20 minutes stays; the next takes
    /// over what is known of the readings that came before the others.
    /// </summary>
    public static async Task Save(NpgsqlConnection connection, OwnedTwin twin, byte[] state, CancellationToken cancel)
    {
        if (!twin.MustKeep || twin.NewestSample is not { } newest) return;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Insert(twin, newest, state));
        batch.BatchCommands.Add(Thin(twin.Asset.Id, newest));
        await batch.ExecuteNonQueryAsync(cancel);
    }

    static NpgsqlBatchCommand Insert(OwnedTwin twin, long newest, byte[] state)
    {
        var command = new NpgsqlBatchCommand($"""
            insert into {ReadModels.TwinCheckpoint}
                (asset_id, position, newest_sample, versions, state, corrections, since_position, oldest_since)
            values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (asset_id, position) do update
                set newest_sample = excluded.newest_sample, versions = excluded.versions, state = excluded.state,
                    corrections = excluded.corrections, since_position = excluded.since_position,
                    oldest_since = excluded.oldest_since
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = twin.Asset.Id },
            new() { Value = twin.Position },
            new() { Value = newest },
            new() { Value = JsonSerializer.Serialize(twin.Versions), NpgsqlDbType = NpgsqlDbType.Jsonb },
            new() { Value = state },
            new() { Value = twin.Corrections.Version },
            new() { Value = twin.SinceCheckpoint.Position },
            new() { Value = twin.SinceCheckpoint.OldestSample },
        });
        return command;
    }

    static NpgsqlBatchCommand Thin(string assetId, long newest)
    {
        var command = new NpgsqlBatchCommand($"""
            with thinned as (
                delete from {ReadModels.TwinCheckpoint} where asset_id = $1 and position in (
                    select position from (
                        select position, newest_sample / {Slot} as slot, lag(newest_sample / {Slot}) over (order by position) as before
                        from {ReadModels.TwinCheckpoint} where asset_id = $1 and newest_sample between $2 and $3) c where slot = before)
                returning position, since_position, oldest_since),
            heir as (
                select (select min(position) from {ReadModels.TwinCheckpoint} where asset_id = $1 and position > t.position
                    and position not in (select position from thinned)) as position,
                    min(since_position) as since, min(oldest_since) as oldest
                from thinned t group by 1)
            update {ReadModels.TwinCheckpoint} c
            set since_position = least(c.since_position, heir.since), oldest_since = least(c.oldest_since, heir.oldest) from heir
            where c.asset_id = $1 and c.position = heir.position
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = assetId }, new() { Value = newest - ThinnedFrom }, new() { Value = newest - ThinnedTo },
        });
        return command;
    }
}
