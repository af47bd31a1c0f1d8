using System.Runtime.CompilerServices;
using Contracts.Events;
using Npgsql;
using NpgsqlTypes;

namespace ServiceDefaults;

/// <summary>One <c>readings_recorded</c> event as it lies in the log.</summary>
/// <param name="Stream">Day stream.</param>
/// <param name="Version">Version in the stream.</param>
/// <param name="Position">Log position.</param>
/// <param name="RecordedAt">Server time of the append.</param>
/// <param name="Batch">The encoded batch.</param>
/// <param name="TraceParent">W3C trace context of the message that brought the first reading, or null.</param>
public readonly record struct LoggedBatch(string Stream, long Version, long Position, DateTimeOffset RecordedAt, byte[] Batch, string? TraceParent);

/// <summary>
/// Reads telemetry straight from Marten's event table: only the columns that a fold needs, streamed, nothing buffered. Costs are those
/// of the rows read (index on stream and version); memory does not grow with them.
/// </summary>
public sealed class LogReader(NpgsqlDataSource source)
{
    const string Columns = "stream_id, version, seq_id, timestamp, bdata, headers ->> 'traceparent'";

    /// <summary>The highest log position; 0 when the log is empty.</summary>
    public async Task<long> Position(CancellationToken cancel = default)
    {
        await using var command = source.CreateCommand("select coalesce(max(seq_id), 0) from events.mt_events");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Current versions of streams; streams that do not exist are left out.</summary>
    public async Task<Dictionary<string, long>> Versions(string[] streams, CancellationToken cancel = default)
    {
        await using var command = source.CreateCommand("select id, version from events.mt_streams where id = any($1)");
        command.Parameters.Add(new() { Value = streams });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        Dictionary<string, long> versions = [];
        while (await reader.ReadAsync(cancel)) versions[reader.GetString(0)] = reader.GetInt64(1);
        return versions;
    }

    /// <summary>The events of one stream after a version, in order.</summary>
    public IAsyncEnumerable<LoggedBatch> After(string stream, long version, CancellationToken cancel = default) =>
        Read($"select {Columns} from events.mt_events where stream_id = $1 and version > $2 order by version", [new() { Value = stream }, new() { Value = version }], cancel);

    /// <summary>The events of several streams up to a log position, stream by stream in the given order.</summary>
    /// <param name="streams">Day streams.</param>
    /// <param name="knownAt">Highest position read.</param>
    /// <param name="cancel">Ends the reading.</param>
    public async IAsyncEnumerable<LoggedBatch> UpTo(string[] streams, long knownAt, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        foreach (var stream in streams)
        {
            var events = Read(
                $"select {Columns} from events.mt_events where stream_id = $1 and seq_id <= $2 order by version",
                [new() { Value = stream }, new() { Value = knownAt }],
                cancel);
            await foreach (var e in events) yield return e;
        }
    }

    /// <summary>Telemetry of all assets recorded since a time, in log order; reads only the end of the log.</summary>
    public async IAsyncEnumerable<LoggedBatch> RecordedSince(DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        // The table has no index on time, and positions grow with it: step back from the end until an event is older.
        var from = await Position(cancel);
        for (var step = 10_000L; from > 0; step *= 2)
        {
            from = Math.Max(0, from - step);
            await using var command = source.CreateCommand("select timestamp from events.mt_events where seq_id >= $1 order by seq_id limit 1");
            command.Parameters.Add(new() { Value = from });
            if (await command.ExecuteScalarAsync(cancel) is DateTime oldest && oldest < since.UtcDateTime) break;
        }
        var events = Read(
            $"select {Columns} from events.mt_events where seq_id >= $1 and timestamp >= $2 and bdata is not null order by seq_id",
            [new() { Value = from }, new() { Value = since.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz }],
            cancel);
        await foreach (var e in events) yield return e;
    }

    async IAsyncEnumerable<LoggedBatch> Read(string sql, NpgsqlParameter[] parameters, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            yield return new(
                reader.GetString(0),
                reader.GetInt64(1),
                reader.GetInt64(2),
                new DateTimeOffset(DateTime.SpecifyKind(reader.GetDateTime(3), DateTimeKind.Utc)),
                reader.GetFieldValue<byte[]>(4),
                reader.IsDBNull(5) ? null : reader.GetString(5));
        }
    }
}
