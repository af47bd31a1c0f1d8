using System.Text.Json;
using Contracts.Events;
using Contracts.Health;
using Contracts.Messages;
using Npgsql;
using NpgsqlTypes;
using ServiceDefaults;
using TwinModel.Health;

namespace TwinState.Twins;

/// <summary>A twin's rows in the tables <c>twin</c>, <c>health</c> and <c>alarm</c> of schema <c>twin_state</c>.</summary>
static class TwinRows
{
    /// <summary>Saves them and returns the new revision.</summary>
    /// <exception cref="TwinTakenOverException">The stored revision is not the one that the twin was loaded or saved with.</exception>
    public static async Task<long> Save(
        NpgsqlConnection connection, TwinSave save, byte[] state, DateTimeOffset now, CancellationToken cancel)
    {
        var twin = save.Twin;
        var view = twin.View(now);
        await using var batch = new NpgsqlBatch(connection);
        var upsert = TwinUpsert(twin, view, state);
        batch.BatchCommands.Add(upsert);
        if (twin.ReplacesHistory)
        {
            batch.BatchCommands.Add(Delete(ReadModels.Health, twin.Asset.Id));
            batch.BatchCommands.Add(Delete(ReadModels.Alarm, twin.Asset.Id));
        }
        foreach (var part in ViewHealth.Of(twin.Asset.Id, twin.Health, twin.HealthBook, twin.Position))
            batch.BatchCommands.Add(HealthUpsert(part));
        foreach (var alarm in twin.ReplacesHistory ? twin.AllAlarms : Changed(save)) batch.BatchCommands.Add(AlarmUpsert(alarm));
        foreach (var withdrawn in save.Events.OfType<AlarmWithdrawn>()) batch.BatchCommands.Add(Withdrawal(withdrawn));
        await batch.ExecuteNonQueryAsync(cancel);
        return upsert.RecordsAffected == 1 ? view.Revision : throw new TwinTakenOverException(twin.Asset.Id);
    }

    static IEnumerable<AlarmView> Changed(TwinSave save) => save.Events
        .Select(e => e switch
        {
            AlarmRaised raised => raised.AlarmId,
            AlarmAcknowledged acknowledged => acknowledged.AlarmId,
            AlarmCleared cleared => cleared.AlarmId,
            AlarmShelved shelved => shelved.AlarmId,
            AlarmUnshelved unshelved => unshelved.AlarmId,
            AlarmCommented commented => commented.AlarmId,
            AlarmAssigned assigned => assigned.AlarmId,
            _ => null,
        })
        .OfType<string>().Distinct()
        .Select(id => save.Twin.Alarms.Open.GetValueOrDefault(id) ?? save.Twin.Closed(id))
        .OfType<AlarmView>();

    static NpgsqlBatchCommand Delete(string table, string assetId)
    {
        var command = new NpgsqlBatchCommand($"delete from {table} where asset_id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = assetId });
        return command;
    }

    static NpgsqlBatchCommand TwinUpsert(OwnedTwin twin, TwinView view, byte[] state)
    {
        var command = new NpgsqlBatchCommand("""
            insert into twin_state.twin as t
                (asset_id, position, revision, versions, state, view, offline_since, health, corrections, rederive, since_checkpoint)
            values ($1, $2, $3, $4, $5, $6, $7, $9, $10, $11, $12)
            on conflict (asset_id) do update set position = excluded.position, revision = excluded.revision, versions = excluded.versions,
                state = excluded.state, view = excluded.view, offline_since = excluded.offline_since, health = excluded.health,
                corrections = excluded.corrections, rederive = excluded.rederive, since_checkpoint = excluded.since_checkpoint
            where t.revision = $8
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = twin.Asset.Id },
            new() { Value = twin.Position },
            new() { Value = view.Revision },
            new() { Value = JsonSerializer.Serialize(twin.Versions), NpgsqlDbType = NpgsqlDbType.Jsonb },
            new() { Value = state },
            new() { Value = TwinViews.Pack(view).View, NpgsqlDbType = NpgsqlDbType.Jsonb },
            new() { Value = (object?)twin.OfflineSince?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = twin.SavedRevision },
            new() { Value = twin.Health.Parts.Count > 0 ? twin.Health.Snapshot() : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea },
            new() { Value = twin.Corrections.Version },
            new() { Value = twin.MustRederive.Select(sensor => (int)sensor).ToArray() },
            new() { Value = twin.AfterSave.Numbers(twin.Position) },
        });
        return command;
    }

    static NpgsqlBatchCommand HealthUpsert(HealthView part)
    {
        var command = new NpgsqlBatchCommand(
            $"insert into {ReadModels.Health} (asset_id, component, view) values ($1, $2, $3) on conflict (asset_id, component) do update "
                + "set view = excluded.view");
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = part.AssetId },
            new() { Value = part.Component },
            new() { Value = StorableText.Json(part), NpgsqlDbType = NpgsqlDbType.Jsonb },
        });
        return command;
    }

    // It may have been closed long ago.
    static NpgsqlBatchCommand Withdrawal(AlarmWithdrawn withdrawn)
    {
        var command = new NpgsqlBatchCommand("update twin_state.alarm set state = 'withdrawn', view = view || $2 where alarm_id = $1");
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = withdrawn.AlarmId },
            new()
            {
                Value = JsonSerializer.Serialize(new { state = "withdrawn", withdrawnAt = withdrawn.WithdrawnAt }),
                NpgsqlDbType = NpgsqlDbType.Jsonb,
            },
        });
        return command;
    }

    static NpgsqlBatchCommand AlarmUpsert(AlarmView alarm)
    {
        var command = new NpgsqlBatchCommand("""
            insert into twin_state.alarm (alarm_id, asset_id, severity, state, raised_at, view) values ($1, $2, $3, $4, $5, $6)
            on conflict (alarm_id) do update set state = excluded.state, view = excluded.view
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = alarm.Id },
            new() { Value = alarm.AssetId },
            new() { Value = alarm.Severity },
            new() { Value = alarm.State },
            new() { Value = alarm.RaisedAt.UtcDateTime },
            new() { Value = StorableText.Json(alarm), NpgsqlDbType = NpgsqlDbType.Jsonb },
        });
        return command;
    }
}
