using Contracts.Events;
using Npgsql;
using ServiceDefaults;

namespace Ingest.Recording;

/// <summary>Reads rejections from the log.</summary>
sealed class RejectionLog(NpgsqlDataSource source)
{
    /// <summary>A payload rejected again after this many others counts as new.</summary>
    public const int MostDigests = 10_000;

    /// <summary>Digests of the newest rejections of today and yesterday, oldest first.</summary>
    public async Task<IReadOnlyList<string>> RecentDigests(string assetId, DateOnly today, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("""
            select data ->> 'digest' from (
                select seq_id, data from events.mt_events where stream_id = any($1) and type = 'readings_rejected' order by seq_id desc limit $2) as newest
            order by seq_id
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = new[] { Streams.Rejected(assetId, today), Streams.Rejected(assetId, today.AddDays(-1)) } },
            new() { Value = MostDigests },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<string> digests = [];
        while (await reader.ReadAsync(cancel)) digests.Add(reader.GetString(0));
        return digests;
    }

    /// <summary>How many rejections a stream holds, and how many it says were not kept.</summary>
    public async Task<RejectedToday> Today(string stream, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("""
            select count(*) filter (where type = 'readings_rejected'),
                coalesce(sum(pg_column_size(data)) filter (where type = 'readings_rejected'), 0),
                coalesce(max((data ->> 'rejections')::bigint) filter (where type = 'rejections_not_kept'), 0),
                coalesce(max((data ->> 'readings')::bigint) filter (where type = 'rejections_not_kept'), 0)
            from events.mt_events where stream_id = $1
            """);
        command.Parameters.Add(new() { Value = stream });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    /// <summary>Finds one rejection, or null.</summary>
    public async Task<ReadingsRejected?> Find(string stream, Guid id, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "select data from events.mt_events where stream_id = $1 and type = 'readings_rejected' and data ->> 'id' = $2");
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = stream }, new() { Value = id.ToString() } });
        return await command.ExecuteScalarAsync(cancel) is string json
            ? EventLog.Read<ReadingsRejected>(json)
            : null;
    }
}
