using System.Text.Json;
using Cluster;
using Contracts.Estimates;
using Npgsql;
using NpgsqlTypes;
using ServiceDefaults;
using TwinModel.Estimation;
using TwinState.Twins;

namespace TwinState.Estimates;

/// <summary>
/// An estimate's rows in the tables <c>estimate</c>, <c>estimate_checkpoint</c>, <c>estimate_history</c> and <c>estimate_hour</c> of schema
/// <c>twin_state</c>.
/// All of them follow from the log.
/// </summary>
sealed class EstimateRows(NpgsqlDataSource source, WriteFence mayWrite)
{
    // A tick belongs to the time before its end.
    const string RollUp = $"""
        insert into {ReadModels.EstimateHour} (asset_id, start, model, ticks, means, variances, minima, maxima)
        select $1, $2, model, array_agg(ticks order by i), array_agg(mean order by i), array_agg(variance order by i),
            array_agg(least order by i), array_agg(most order by i)
        from (
            select model, i, count(mean)::int as ticks, avg(mean)::real as mean,
                (avg(deviation * deviation) filter (where mean is not null))::real as variance, min(mean) as least, max(mean) as most
            from (
                select model, i, nullif(m, 'NaN') as mean, d::float8 as deviation
                from {ReadModels.EstimateHistory}, unnest(means, deviations) with ordinality as signal(m, d, i)
                where asset_id = $1 and at > $2 and at <= $2 + interval '1 hour') as value
            group by model, i) as rolled
        group by model
        on conflict (asset_id, start, model) do update set ticks = excluded.ticks, means = excluded.means, variances = excluded.variances,
            minima = excluded.minima, maxima = excluded.maxima
        """;

    /// <summary>Saves what is new, and the view if there is one to show; a replica that was declared dead saves nothing.</summary>
    public async Task Save(string assetId, OwnedEstimate estimate, EstimateView? view, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection);
        if (estimate.ReplacedAfter is { } tick)
        {
            Add(batch, $"delete from {ReadModels.EstimateCheckpoint} where asset_id = $1 and (tick > $2 or model <> $3)", assetId, tick,
                estimate.Fingerprint);
        }
        if (estimate.Unsaved.Count > 0)
        {
            Add(batch, $"""
                insert into {ReadModels.EstimateHistory} (asset_id, at, model, means, deviations) values ($1, $2, $3, $4, $5)
                on conflict (asset_id, at) do update set model = excluded.model, means = excluded.means, deviations = excluded.deviations
                """, estimate.Unsaved.Select(t => new object[] { assetId, t.At.UtcDateTime, estimate.Model.Hash, t.Means, t.Deviations }));
        }
        var hours = DecideEstimate.CompleteHours([.. estimate.Unsaved.Select(t => t.At)], estimate.SavedUpTo);
        foreach (var hour in hours) Add(batch, RollUp, assetId, hour.UtcDateTime);
        if (hours.Count > 0)
        {
            Add(batch, $"delete from {ReadModels.EstimateHistory} where asset_id = $1 and at <= $2", assetId,
                (estimate.Unsaved.Last().At - DecideEstimate.TicksKept).UtcDateTime);
        }
        if (view is not null)
        {
            Add(batch, $"""
                insert into {ReadModels.Estimate} (asset_id, view) values ($1, $2) on conflict (asset_id) do update set view = excluded.view
                """, assetId, StorableText.Json(view));
            batch.BatchCommands[^1].Parameters[1].NpgsqlDbType = NpgsqlDbType.Jsonb;
        }
        var stored = estimate.CheckpointToStore;
        if (stored is not null)
        {
            Add(batch, $"""
                insert into {ReadModels.EstimateCheckpoint} (asset_id, tick, position, model, state, versions) values ($1, $2, $3, $4, $5, $6)
                on conflict (asset_id, tick) do update set position = excluded.position, model = excluded.model, state = excluded.state,
                    versions = excluded.versions
                """, assetId, stored.Checkpoint.Tick, stored.Position, estimate.Fingerprint, stored.Checkpoint.State,
                JsonSerializer.Serialize(stored.Versions));
            batch.BatchCommands[^1].Parameters[5].NpgsqlDbType = NpgsqlDbType.Jsonb;
        }
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancel);
        if (stored is not null) await Thin(connection, assetId, stored.Checkpoint.Tick, estimate.TickMicros, cancel);
        await mayWrite(connection, cancel);
        await transaction.CommitAsync(cancel);
        estimate.Saved();
    }

    static async Task Thin(NpgsqlConnection connection, string assetId, long newest, long tickMicros, CancellationToken cancel)
    {
        List<long> ticks = [], superfluous = [];
        await using (var select = new NpgsqlCommand(
            $"select tick from {ReadModels.EstimateCheckpoint} where asset_id = $1 order by tick", connection))
        {
            select.Parameters.Add(new() { Value = assetId });
            await using var reader = await select.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel)) ticks.Add(reader.GetInt64(0));
        }
        long? before = null;
        foreach (var tick in ticks)
        {
            if (DecideEstimate.IsKept(tick * tickMicros, before, newest * tickMicros)) before = tick * tickMicros;
            else superfluous.Add(tick);
        }
        if (superfluous.Count == 0) return;
        await using var delete = new NpgsqlCommand(
            $"delete from {ReadModels.EstimateCheckpoint} where asset_id = $1 and tick = any($2)", connection);
        delete.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = assetId }, new() { Value = superfluous.ToArray() } });
        await delete.ExecuteNonQueryAsync(cancel);
    }

    static void Add(NpgsqlBatch batch, string sql, IEnumerable<object[]> rows)
    {
        foreach (var row in rows) Add(batch, sql, row);
    }

    static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        batch.BatchCommands.Add(command);
    }
}
