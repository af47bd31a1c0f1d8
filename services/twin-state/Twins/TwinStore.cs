using System.Text.Json;
using Contracts.Events;
using Contracts.Health;
using Contracts.Messages;
using Marten;
using Npgsql;
using NpgsqlTypes;
using ServiceDefaults;
using TwinModel.Health;
using TwinModel.Twins;

namespace TwinState.Twins;

/// <summary>Another replica has saved this twin in the meantime and now owns the partition.</summary>
sealed class TwinTakenOverException(string assetId) : JasperFx.ConcurrencyException(
    $"The twin of {assetId} was saved by another replica meanwhile.", typeof(OwnedTwin), assetId);

/// <summary>One save of a twin.</summary>
/// <param name="Twin">The twin.</param>
/// <param name="Events">Events to append to <c>twin/{asset}</c>; already applied to the twin's alarms.</param>
sealed record TwinSave(OwnedTwin Twin, IReadOnlyList<object> Events);

/// <summary>Loads and saves twins. Events, snapshot, alarms and history of a save are one transaction.</summary>
sealed class TwinStore(IDocumentStore store, NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>The saved twin; an empty one if there is none or if its model or format differs.</summary>
    public async Task<OwnedTwin> Load(RegisteredAsset asset, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "select position, revision, versions, state, offline_since, view ->> 'recordedAt', health from twin_state.twin where asset_id "
                + "= $1");
        command.Parameters.Add(new() { Value = asset.Id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel)) return new OwnedTwin(asset, new Twin(asset.Model)) { ReplacesHistory = true };
        var revision = reader.GetInt64(1);
        var health = reader.IsDBNull(6) ? null : AssetHealth.Restore(asset.Model, reader.GetFieldValue<byte[]>(6));
        if (Twin.Restore(asset.Model, reader.GetFieldValue<byte[]>(3)) is not { } twin
            || (health is null && asset.Model.Degradations.Count > 0)) return new OwnedTwin(asset, new Twin(asset.Model))
            {
                SavedRevision = revision,
                Revision = revision,
                ReplacesHistory = true,
            };
        return new OwnedTwin(asset, twin, health)
        {
            Position = reader.GetInt64(0),
            Revision = revision,
            SavedRevision = revision,
            Versions = JsonSerializer.Deserialize<Dictionary<string, long>>(reader.GetString(2))!,
            OfflineSince = reader.IsDBNull(4) ? null : new DateTimeOffset(reader.GetDateTime(4)),
            RecordedAt = reader.IsDBNull(5)
                ? null
                : DateTimeOffset.Parse(reader.GetString(5), System.Globalization.CultureInfo.InvariantCulture),
        };
    }

    /// <summary>The events of <c>twin/{asset}</c>.</summary>
    public async Task<IReadOnlyList<JasperFx.Events.IEvent>> TwinEvents(string assetId, CancellationToken cancel)
    {
        await using var session = store.QuerySession();
        return await session.Events.FetchStreamAsync(Streams.Twin(assetId), token: cancel);
    }

    /// <summary>Saves several twins in one transaction.</summary>
    /// <exception cref="TwinTakenOverException">Nothing was saved.</exception>
    public async Task Save(IReadOnlyList<TwinSave> saves, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction));
        foreach (var save in saves.Where(s => s.Events.Count > 0))
            session.Events.Append(Streams.Twin(save.Twin.Asset.Id), save.Twin.TwinStreamVersion + save.Events.Count, save.Events);
        await session.SaveChangesAsync(cancel);

        var now = time.GetUtcNow();
        List<long> revisions = [];
        foreach (var save in saves)
        {
            await SaveHistory(connection, save, cancel);
            revisions.Add(await SaveTwin(connection, save, now, cancel));
        }
        await transaction.CommitAsync(cancel);
        foreach (var (save, revision) in saves.Zip(revisions))
        {
            save.Twin.SavedRevision = revision;
            save.Twin.SavedAt = now;
            save.Twin.TwinStreamVersion += save.Events.Count;
            save.Twin.Saved();
        }
    }

    static async Task<long> SaveTwin(NpgsqlConnection connection, TwinSave save, DateTimeOffset now, CancellationToken cancel)
    {
        var twin = save.Twin;
        var view = twin.View(now);
        await using var batch = new NpgsqlBatch(connection);
        var upsert = new NpgsqlBatchCommand("""
            insert into twin_state.twin as t (asset_id, position, revision, versions, state, view, offline_since, health) values ($1, $2, $3, $4, $5, $6, $7, $9)
            on conflict (asset_id) do update set position = excluded.position, revision = excluded.revision, versions = excluded.versions,
                state = excluded.state, view = excluded.view, offline_since = excluded.offline_since, health = excluded.health
            where t.revision = $8
            """);
        upsert.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = twin.Asset.Id },
            new() { Value = twin.Position },
            new() { Value = view.Revision },
            new() { Value = JsonSerializer.Serialize(twin.Versions), NpgsqlDbType = NpgsqlDbType.Jsonb },
            new() { Value = twin.Snapshot() },
            new() { Value = TwinViews.Pack(view).View, NpgsqlDbType = NpgsqlDbType.Jsonb },
            new() { Value = (object?)twin.OfflineSince?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = twin.SavedRevision },
            new() { Value = twin.Health.Parts.Count > 0 ? twin.Health.Snapshot() : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea },
        });
        batch.BatchCommands.Add(upsert);
        foreach (var part in ViewHealth.Of(twin.Asset.Id, twin.Health, twin.HealthBook, twin.Position))
            batch.BatchCommands.Add(HealthUpsert(part));
        foreach (var alarm in Changed(save)) batch.BatchCommands.Add(AlarmUpsert(alarm));
        await batch.ExecuteNonQueryAsync(cancel);
        return upsert.RecordsAffected == 1 ? view.Revision : throw new TwinTakenOverException(twin.Asset.Id);
    }

    static IEnumerable<AlarmView> Changed(TwinSave save) => save.Events
        .Select(e => e switch { AlarmRaised r => r.AlarmId, AlarmAcknowledged a => a.AlarmId, AlarmCleared c => c.AlarmId, _ => null })
        .OfType<string>().Distinct()
        .Select(id => save.Twin.Alarms.Open.GetValueOrDefault(id) ?? save.Twin.Closed(id))
        .OfType<AlarmView>();

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

    static async Task SaveHistory(NpgsqlConnection connection, TwinSave save, CancellationToken cancel)
    {
        var (twin, history) = (save.Twin, save.Twin.UnsavedHistory());
        if (twin.ReplacesHistory)
        {
            await using var delete = new NpgsqlCommand("delete from twin_state.rollup where asset_id = $1", connection);
            delete.Parameters.Add(new() { Value = twin.Asset.Id });
            await delete.ExecuteNonQueryAsync(cancel);
        }
        if (history.Count == 0) return;
        var levels = history.Keys.Select(k => (short)k.Level).ToArray();
        var starts = history.Keys.Select(k => k.BlockStart).ToArray();
        Dictionary<(RollupLevel, long), byte[]> stored = [];
        if (!twin.ReplacesHistory)
        {
            await using var select = new NpgsqlCommand("""
                select r.level, r.block_start, r.data from twin_state.rollup r
                join unnest($2::smallint[], $3::bigint[]) as k (level, block_start) on r.level = k.level and r.block_start = k.block_start
                where r.asset_id = $1
                """, connection);
            select.Parameters.AddRange(new NpgsqlParameter[]
            {
                new() { Value = twin.Asset.Id },
                new() { Value = levels },
                new() { Value = starts },
            });
            await using var reader = await select.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                stored[((RollupLevel)reader.GetInt16(0), reader.GetInt64(1))] = reader.GetFieldValue<byte[]>(2);
        }
        await using var upsert = new NpgsqlCommand("""
            insert into twin_state.rollup (asset_id, level, block_start, data) select $1, * from unnest($2::smallint[], $3::bigint[], $4::bytea[])
            on conflict (asset_id, level, block_start) do update set data = excluded.data
            """, connection);
        upsert.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = twin.Asset.Id },
            new() { Value = levels },
            new() { Value = starts },
            new()
            {
                Value = history.Select(
                    h => stored.TryGetValue(h.Key, out var bytes)
                        ? RollupBlock.FromBytes(bytes, twin.Asset.Model).Merge(h.Value).ToBytes()
                        : h.Value.ToBytes()).ToArray(),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
            },
        });
        await upsert.ExecuteNonQueryAsync(cancel);
    }
}
