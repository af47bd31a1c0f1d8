using System.Data;
using System.Text.Json;
using Npgsql;
using ServiceDefaults;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Histories;

/// <summary>
/// History from twin-state's rollups. The tables hold only closed buckets as of the last save; buckets still open are in the saved twin,
/// and readings recorded after that save come from the log. One database snapshot ties the three together, so that every reading counts
/// once.
/// </summary>
sealed class ReadRollups(NpgsqlDataSource source, LogReader log, TimeProvider time)
{
    /// <param name="asset">The asset.</param>
    /// <param name="parts">Contiguous time ranges, each with the level to read it from.</param>
    /// <param name="sensors">Buckets to add to, by sensor number.</param>
    /// <param name="corrections">The corrections with which readings count.</param>
    /// <param name="cancel">Cancels reading.</param>
    public async Task Run(
        RegisteredAsset asset, List<(RollupLevel Level, long From, long To)> parts, IReadOnlyDictionary<ushort, Downsample> sensors,
        Corrections corrections, CancellationToken cancel)
    {
        var versions = await ReadSaved(asset, parts, sensors, cancel);
        var (from, to) = (parts[0].From, parts[^1].To);
        var now = time.GetUtcNow();
        // Earlier days can no longer grow: they are fully folded in and no longer listed.
        var firstDay = versions.Keys.Order(StringComparer.Ordinal).FirstOrDefault() ?? "";
        List<Reading> readings = [];
        foreach (var stream in Streams.TelemetryBetween(asset.Id, asset.RegisteredAt, now.AddDays(1)))
        {
            if (string.CompareOrdinal(stream, firstDay) < 0) continue;
            await foreach (var batch in log.After(stream, versions.GetValueOrDefault(stream), cancel))
                ReadRaw.Add(corrections.Apply(batch.Batch), from, to, sensors, null, readings);
        }
    }

    async Task<Dictionary<string, long>> ReadSaved(
        RegisteredAsset asset, List<(RollupLevel Level, long From, long To)> parts, IReadOnlyDictionary<ushort, Downsample> sensors,
        CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var versions = await ReadOpenBuckets(connection, asset, parts, sensors, cancel);
        foreach (var level in parts.GroupBy(p => p.Level))
            await ReadClosedBuckets(connection, asset, level.Key, [.. level], sensors, cancel);
        return versions;
    }

    static async Task<Dictionary<string, long>> ReadOpenBuckets(
        NpgsqlConnection connection, RegisteredAsset asset, List<(RollupLevel Level, long From, long To)> parts,
        IReadOnlyDictionary<ushort, Downsample> sensors, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select versions, state from {ReadModels.Twin} where asset_id = $1", connection);
        command.Parameters.Add(new() { Value = asset.Id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel)) return [];
        var versions = JsonSerializer.Deserialize<Dictionary<string, long>>(reader.GetString(0))!;
        if (Twin.Restore(asset.Model, reader.GetFieldValue<byte[]>(1)) is not { } twin) return versions;
        foreach (var (number, history) in sensors)
        {
            if (twin.Sensor(number) is not { } sensor) continue;
            foreach (var part in parts)
            {
                var (start, bucket) = sensor.OpenBuckets[(int)part.Level];
                if (start >= part.From && start < part.To) history.Add(start, bucket);
            }
        }
        return versions;
    }

    // One query per level, since calendar edges inside hours give two parts per bucket. A block shared by several parts is returned once
    // for each.
    static async Task ReadClosedBuckets(
        NpgsqlConnection connection, RegisteredAsset asset, RollupLevel level, List<(RollupLevel Level, long From, long To)> parts,
        IReadOnlyDictionary<ushort, Downsample> sensors, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select part.index, block_start, data from unnest($3, $4) with ordinality as part(first, last, index)
            join {ReadModels.Rollup} on asset_id = $1 and level = $2 and block_start >= part.first and block_start < part.last
            """,
            connection);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = asset.Id },
            new() { Value = (short)level },
            new() { Value = parts.Select(p => RollupBlock.Start(level, p.From)).ToArray() },
            new() { Value = parts.Select(p => p.To).ToArray() },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (part, block, data) = (parts[(int)reader.GetInt64(0) - 1], reader.GetInt64(1), reader.GetFieldValue<byte[]>(2));
            foreach (var history in sensors.Values)
            {
                foreach (var (start, bucket) in RollupBlock.Read(data, history.Sensor, level, block))
                {
                    if (start >= part.From && start < part.To) history.Add(start, bucket);
                }
            }
        }
    }
}
