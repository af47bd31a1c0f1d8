using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using Query.Api;
using ServiceDefaults;

namespace Query.Events;

/// <summary>An event of the log in readable form.</summary>
/// <param name="Stream">Stream the event belongs to.</param>
/// <param name="Headers">Metadata stored with the event, e.g. its trace context.</param>
sealed record LogEvent(
    string Stream,
    [property: Description("Version in the stream.")] long Version,
    [property: Description("Position in the log.")] long Position,
    [property: Description("Name in the log, e.g. readings_recorded.")] string Type,
    [property: Description("Server time when it was appended.")] DateTimeOffset RecordedAt,
    [property: Description("Trace of the message that caused it, or null.")] string? TraceId,
    [property: Description("Who asked for it; null when it follows from readings or nobody said.")] string? Actor,
    [property: Description("Why, as the actor said; or null.")] string? Reason,
    JsonObject Headers,
    [property: Description("The event; readings_recorded is decoded into readings with sensor, unit, times and values.")] JsonNode? Data);

/// <summary>Events in log order.</summary>
/// <param name="Items">The events.</param>
/// <param name="NextAfter">Value of after for the next page; null when there are no more events now.</param>
sealed record EventPage(
    IReadOnlyList<LogEvent> Items,
    [property: Description("Pass as after to get the next page; null when there are no more at present.")] long? NextAfter);

/// <summary>Lists events of the log, for auditors.</summary>
sealed class ListEvents(NpgsqlDataSource source, LogReader log, DecodeReadings readings)
{
    const string Columns = "stream_id, version, seq_id, type, timestamp, headers, data, bdata";

    const int Most = 1000;

    // Imports put thousands of readings into one event: a page ends at this number of readings, but holds at least one event.
    const int MostReadings = 200_000;

    public static void Map(IEndpointRouteBuilder log) => log.MapGet("/events", (
            ListEvents events,
            [Description("One stream, e.g. telemetry/extrusion-line/2026-03-01, or a prefix that ends in *; absent: the whole log.")]
            string? stream,
            [Description("Only events that this person or program asked for, by exact name.")] string? actor,
            [Description("Only events at log positions above this one.")] long? after,
            [Description("1 to 1000, default 100.")] int? limit,
            CancellationToken cancel) => events.Run(stream, actor, Input.Position("after", after), limit, cancel))
        .RequireRateLimiting(ApiSetup.Expensive)
        .WithName("listEvents").WithSummary("Events of the log, decoded, in log order");

    public async Task<EventPage> Run(string? stream, string? actor, long after, int? limit, CancellationToken cancel)
    {
        var size = Paging.Limit(limit, Most);
        actor = Input.Line(CallerMetadata.Actor, actor, Caller.LongestActor);
        var streams = await StreamsOf(Input.Text("stream", stream, 300), cancel);
        // Events above the safe position may still become visible between those already shown; a reader continuing there would miss them.
        var safe = await log.Position(cancel);
        await using var command = source.CreateCommand();
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = after }, new() { Value = safe }, new() { Value = size + 1 } });
        // Conditions that are not asked for are left out, so that the planner sees which index serves the others.
        var where = "seq_id > $1 and seq_id <= $2";
        if (streams is not null) where += $" and stream_id = any({Parameter(command, streams)})";
        if (actor is not null) where += $" and {CallerMetadata.ActorInSql} = {Parameter(command, actor)}";
        command.CommandText = $"select {Columns} from events.mt_events where {where} order by seq_id limit $3";
        return await Page(command, size, cancel);
    }

    /// <summary>The first events of a feed between two positions.</summary>
    public async Task<EventPage> Page(FeedFilter filter, long after, long upTo, int size, CancellationToken cancel)
    {
        await using var command = source.CreateCommand();
        var isPrefix = filter.Stream?.EndsWith('*') == true;
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = after },
            new() { Value = upTo },
            new() { Value = (object?)filter.Types ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            new() { Value = isPrefix ? DBNull.Value : (object?)filter.Stream ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = isPrefix ? filter.Stream![..^1] : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = (object?)filter.Asset ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = size + 1 },
        });
        command.CommandText = $"""
            select {Columns} from events.mt_events
            where seq_id > $1 and seq_id <= $2 and ($3::text[] is null or type = any($3))
                and ($4::text is null or stream_id = $4) and ($5::text is null or starts_with(stream_id, $5))
                and ($6::text is null or split_part(stream_id, '/', 2) = $6)
                {(filter.Actor is { } actor ? $"and {CallerMetadata.ActorInSql} = {Parameter(command, actor)}" : "")}
            order by seq_id limit $7
            """;
        return await Page(command, size, cancel);
    }

    // The number of a further parameter.
    static string Parameter(NpgsqlCommand command, object value)
    {
        command.Parameters.Add(new() { Value = value });
        return string.Create(CultureInfo.InvariantCulture, $"${command.Parameters.Count}");
    }

    async Task<EventPage> Page(NpgsqlCommand command, int size, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<LogEvent> events = [];
        var shown = 0;
        while (await reader.ReadAsync(cancel))
        {
            if (events.Count == size || shown > MostReadings) return new(events, events[^1].Position);
            var (e, count) = Read(reader);
            events.Add(e);
            shown += count;
        }
        return new(events, null);
    }

    /// <summary>Events of streams that were appended after a position or after a time, up to another position.</summary>
    public async IAsyncEnumerable<LogEvent> Of(
        string[] streams, long after, DateTimeOffset orAfter, long upTo, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            select {Columns} from events.mt_events
            where stream_id = any($1) and (seq_id > $2 or timestamp > $3) and seq_id <= $4 order by seq_id
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = streams }, new() { Value = after }, new() { Value = orAfter.UtcDateTime }, new() { Value = upTo },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) yield return Read(reader).Event;
    }

    async Task<string[]?> StreamsOf(string? stream, CancellationToken cancel)
    {
        if (stream is null or "*") return null;
        if (!stream.EndsWith('*')) return [stream];
        await using var command = source.CreateCommand("select id from events.mt_streams where starts_with(id, $1)");
        command.Parameters.Add(new() { Value = stream[..^1] });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<string> streams = [];
        while (await reader.ReadAsync(cancel)) streams.Add(reader.GetString(0));
        return [.. streams];
    }

    (LogEvent Event, int Readings) Read(NpgsqlDataReader row)
    {
        var stream = row.GetString(0);
        var headers = row.IsDBNull(5) ? [] : JsonNode.Parse(row.GetString(5))?.AsObject() ?? [];
        var (data, count) = row.IsDBNull(7) ? (JsonNode.Parse(row.GetString(6)), 0) : readings.Run(stream, row.GetFieldValue<byte[]>(7));
        var trace = ActivityContext.TryParse(headers["traceparent"]?.ToString(), null, out var origin) ? origin.TraceId.ToString() : null;
        return (new(stream, row.GetInt64(1), row.GetInt64(2), row.GetString(3), new DateTimeOffset(row.GetDateTime(4), TimeSpan.Zero),
            trace, headers[CallerMetadata.Actor]?.ToString(), headers[CallerMetadata.Reason]?.ToString(), headers, data), count);
    }
}
