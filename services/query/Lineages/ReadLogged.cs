using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using ServiceDefaults;
using ServiceDefaults.Seals;
using TwinModel.Telemetry;

namespace Query.Lineages;

/// <summary>An event of the log without its readings.</summary>
/// <param name="Stream">Stream it belongs to.</param>
/// <param name="Version">Version in the stream.</param>
/// <param name="Position">Log position.</param>
/// <param name="Type">Name in the log.</param>
/// <param name="RecordedAt">Server time of the append.</param>
/// <param name="Headers">Its metadata.</param>
/// <param name="Data">Its content; null for readings.</param>
sealed record LoggedEvent(
    string Stream, long Version, long Position, string Type, DateTimeOffset RecordedAt, JsonObject Headers, JsonNode? Data)
{
    /// <summary>Trace in which it was appended, or null.</summary>
    public string? TraceId =>
        ActivityContext.TryParse(Headers["traceparent"]?.ToString(), null, out var origin) ? origin.TraceId.ToString() : null;

    /// <summary>Who asked for it; null when it follows from readings or nobody said.</summary>
    public string? Actor => Headers[CallerMetadata.Actor]?.ToString();

    /// <summary>Why, or null.</summary>
    public string? Reason => Headers[CallerMetadata.Reason]?.ToString();
}

/// <summary>Reads single events with their metadata.</summary>
sealed class ReadLogged(NpgsqlDataSource source)
{
    const string Columns = "stream_id, version, seq_id, type, timestamp, headers, case when bdata is null then data end";

    /// <summary>The event at a position, or null.</summary>
    public async Task<LoggedEvent?> At(long position, CancellationToken cancel) =>
        await First($"select {Columns} from events.mt_events where seq_id = $1", [new() { Value = position }], cancel)
            ?? (await new ReadEvents(source).Run(new(position - 1, position), 1, cancel).FirstOrDefaultAsync(cancel) is { } e
                ? new(e.Stream, e.Version, e.Position, e.Type, Micros.ToTime(e.RecordedAt), HeadersOf(e.Headers), null) : null);

    /// <summary>The newest event of a stream up to a position, or null.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="upTo">Highest position.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <param name="member">A text member that the event must have, with its value; null: any event.</param>
    public Task<LoggedEvent?> Newest(
        string stream, long upTo, CancellationToken cancel, (string Name, string Value)? member = null) => First(
        $"""
        select {Columns} from events.mt_events where stream_id = $1 and seq_id <= $2 and ($3::text is null or data ->> $3 = $4)
        order by version desc limit 1
        """,
        [
            new() { Value = stream }, new() { Value = upTo },
            new() { Value = (object?)member?.Name ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = member?.Value ?? "" },
        ], cancel);

    /// <summary>The events of a stream in which a text member has a value, in order; null: all of them.</summary>
    public IAsyncEnumerable<LoggedEvent> Of(string stream, (string Name, string Value)? member, CancellationToken cancel) => Read(
        $"select {Columns} from events.mt_events where stream_id = $1 and ($2::text is null or data ->> $2 = $3) order by version",
        [
            new() { Value = stream }, new() { Value = (object?)member?.Name ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = member?.Value ?? "" },
        ], cancel);

    async Task<LoggedEvent?> First(string sql, NpgsqlParameter[] parameters, CancellationToken cancel)
    {
        await foreach (var e in Read(sql, parameters, cancel)) return e;
        return null;
    }

    async IAsyncEnumerable<LoggedEvent> Read(
        string sql, NpgsqlParameter[] parameters, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            yield return new(
                reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3),
                new DateTimeOffset(reader.GetDateTime(4), TimeSpan.Zero),
                HeadersOf(reader.IsDBNull(5) ? null : reader.GetString(5)),
                reader.IsDBNull(6) ? null : JsonNode.Parse(reader.GetString(6)));
    }

    static JsonObject HeadersOf(string? text) => text is null ? [] : JsonNode.Parse(text) as JsonObject ?? [];
}
