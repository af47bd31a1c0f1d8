using Npgsql;
using NpgsqlTypes;
using TwinModel.Twins;

namespace TwinState.Twins;

/// <summary>A twin's blocks of history in <c>twin_state.rollup</c>.</summary>
static class HistoryRows
{
    /// <summary>Merges the unsaved history into the stored blocks, or replaces them.</summary>
    public static async Task Save(NpgsqlConnection connection, OwnedTwin twin, CancellationToken cancel)
    {
        var history = twin.UnsavedHistory();
        if (twin.ReplacesHistory) await Delete(connection, twin.Asset.Id, cancel);
        if (history.Count == 0) return;
        var levels = history.Keys.Select(k => (short)k.Level).ToArray();
        var starts = history.Keys.Select(k => k.BlockStart).ToArray();
        var stored = twin.ReplacesHistory ? [] : await Stored(connection, twin.Asset.Id, levels, starts, cancel);
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

    static async Task Delete(NpgsqlConnection connection, string assetId, CancellationToken cancel)
    {
        await using var delete = new NpgsqlCommand("delete from twin_state.rollup where asset_id = $1", connection);
        delete.Parameters.Add(new() { Value = assetId });
        await delete.ExecuteNonQueryAsync(cancel);
    }

    static async Task<Dictionary<(RollupLevel, long), byte[]>> Stored(
        NpgsqlConnection connection, string assetId, short[] levels, long[] starts, CancellationToken cancel)
    {
        await using var select = new NpgsqlCommand("""
            select r.level, r.block_start, r.data from twin_state.rollup r
            join unnest($2::smallint[], $3::bigint[]) as k (level, block_start) on r.level = k.level and r.block_start = k.block_start
            where r.asset_id = $1
            """, connection);
        select.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = assetId },
            new() { Value = levels },
            new() { Value = starts },
        });
        await using var reader = await select.ExecuteReaderAsync(cancel);
        Dictionary<(RollupLevel, long), byte[]> stored = [];
        while (await reader.ReadAsync(cancel))
            stored[((RollupLevel)reader.GetInt16(0), reader.GetInt64(1))] = reader.GetFieldValue<byte[]>(2);
        return stored;
    }
}
