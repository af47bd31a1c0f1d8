using System.Text.Json;
using Npgsql;
using TwinModel.Estimation;
using TwinModel.Telemetry;

namespace ServiceDefaults;

/// <summary>Where in the log a checkpoint of an estimate belongs.</summary>
/// <param name="From">All readings from the checkpoint's tick on come after these versions of the day streams.</param>
/// <param name="Included">All readings before it up to these versions are included.</param>
/// <param name="Corrections">The readings count as corrected up to this version.</param>
public sealed record CheckpointVersions(Dictionary<string, long> From, Dictionary<string, long> Included, long Corrections = 0)
{
    /// <summary>
    /// True if the checkpoint holds all readings of an event from before its tick. If an event that it does not include has some, the
    /// estimate has to be made from an older checkpoint.
    /// </summary>
    public bool Includes(LoggedBatch batch) => batch.Version <= Included.GetValueOrDefault(batch.Stream);
}

/// <summary>A checkpoint of an estimate as stored in <see cref="ReadModels.EstimateCheckpoint"/>.</summary>
/// <param name="Checkpoint">State of the estimator.</param>
/// <param name="Position">Highest log position included.</param>
/// <param name="Versions">Its place in the log.</param>
public sealed record StoredCheckpoint(EstimateCheckpoint Checkpoint, long Position, CheckpointVersions Versions);

/// <summary>Finds stored checkpoints of estimates. They are a cache: without any, an estimate begins <see cref="Reach"/> earlier.</summary>
public sealed class StoredCheckpoints(NpgsqlDataSource source)
{
    /// <summary>
    /// How far back an estimate reaches at most, microseconds: it begins a day before the newest reading, and a reading that comes later
    /// than that does not change it. States follow within minutes, and what is learned follows within hours.
    /// </summary>
    public const long Reach = 24 * 3600 * Micros.PerSecond;

    /// <summary>
    /// Condition, in SQL, that a stored state lacks no correction of readings that it holds; its parameters are
    /// <see cref="CorrectionParameters"/>.
    /// </summary>
    /// <param name="asset">The state's asset.</param>
    /// <param name="version">Version of the corrections that the state contains.</param>
    /// <param name="end">It holds only readings from before this sample time, microseconds.</param>
    /// <param name="first">Number of the first of the three parameters.</param>
    public static string HoldsCorrections(string asset, string version, string end, int first) =>
        $"not exists (select 1 from unnest(${first}::text[], ${first + 1}::bigint[], ${first + 2}::bigint[]) as c (asset, version, at) "
            + $"where c.asset = {asset} and c.version > {version} and c.at < {end})";

    /// <summary>The parameters of <see cref="HoldsCorrections"/>.</summary>
    public static NpgsqlParameter[] CorrectionParameters(params IReadOnlyList<(string AssetId, Corrections Corrections)> assets)
    {
        var starts = assets.SelectMany(a => a.Corrections.Starts, (a, c) => (a.AssetId, c.Version, c.EarliestSample)).ToList();
        return
        [
            new() { Value = starts.Select(s => s.AssetId).ToArray() },
            new() { Value = starts.Select(s => s.Version).ToArray() },
            new() { Value = starts.Select(s => s.EarliestSample).ToArray() },
        ];
    }

    /// <summary>The newest checkpoint that fits; null when there is none.</summary>
    /// <param name="assetId">The asset.</param>
    /// <param name="fingerprint"><see cref="EstimationSetup.Fingerprint"/>.</param>
    /// <param name="upToTick">Highest number of the tick that comes next.</param>
    /// <param name="corrections">Corrections that the checkpoint must contain, as far as they concern it.</param>
    /// <param name="tickMicros">Length of a tick.</param>
    /// <param name="knownAt">The checkpoint includes nothing after this log position.</param>
    /// <param name="cancel">Stops reading.</param>
    public async Task<StoredCheckpoint?> Newest(
        string assetId, string fingerprint, long upToTick, Corrections corrections, long tickMicros, long knownAt = long.MaxValue,
        CancellationToken cancel = default)
    {
        await using var command = source.CreateCommand($"""
            select tick, state, position, versions from {ReadModels.EstimateCheckpoint}
            where asset_id = $1 and model = $2 and tick <= $3 and position <= $4
                and {HoldsCorrections("asset_id", "coalesce((versions ->> 'Corrections')::bigint, 0)", "tick * $8", 5)}
            order by tick desc limit 1
            """);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            new() { Value = assetId }, new() { Value = fingerprint }, new() { Value = upToTick }, new() { Value = knownAt },
            .. CorrectionParameters((assetId, corrections)), new() { Value = tickMicros },
        ]);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            return await reader.ReadAsync(cancel)
                ? new(new(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)), reader.GetInt64(2),
                    JsonSerializer.Deserialize<CheckpointVersions>(reader.GetString(3))!)
                : null;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            // twin-state, which creates the table, has not been updated yet.
            return null;
        }
    }
}
