using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using Query.Api;
using Query.Registry;
using ServiceDefaults;
using ServiceDefaults.Seals;
using TwinModel.Telemetry;

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
sealed class ListEvents(
    NpgsqlDataSource source, LogReader log, DecodeReadings readings, VisibleEvents visible, KnownAssets assets)
{
    /// <summary>Description of the parameter in the API reference.</summary>
    public const string OfAsset = "Only events about this asset: its telemetry, rejections, corrections, registrations, twin and "
        + "calibrations, and its relationships to others; unknown for payloads that name no known asset.";

    const int Most = 1000;

    readonly ReadEvents events = new(source);

    // Imports put thousands of readings into one event: a page ends at this number of readings, but holds at least one event.
    const int MostReadings = 200_000;

    const int MostLooked = 10_000;

    public static void Map(IEndpointRouteBuilder log) => log.MapGet("/events", (
            ListEvents events,
            [Description("One stream, e.g. telemetry/extrusion-line/2026-03-01, or a prefix that ends in *; absent: the whole log.")]
            string? stream,
            [Description(OfAsset)] string? asset,
            [Description("Only events that this person or program asked for, by exact name.")] string? actor,
            [Description("Only events at log positions above this one.")] long? after,
            [Description("1 to 1000, default 100.")] int? limit,
            CancellationToken cancel) => events.Run(stream, asset, actor, Input.Position("after", after), limit, cancel))
        .RequireRateLimiting(ApiSetup.Expensive).ProducesProblem(StatusCodes.Status404NotFound)
        .WithName("listEvents").WithSummary("Events of the log, decoded, in log order");

    /// <exception cref="NotFoundException">No such asset.</exception>
    /// <exception cref="InvalidInputException">A wrong bound, or a position after the end of the log.</exception>
    public async Task<EventPage> Run(
        string? stream, string? asset, string? actor, long after, int? limit, CancellationToken cancel)
    {
        var size = Paging.Limit(limit, Most);
        await CheckAsset(asset, cancel);
        actor = Input.Line(CallerMetadata.Actor, actor, Caller.LongestActor);
        var streams = await StreamsOf(FeedFilter.StreamName(stream), Input.Given(asset ?? ""), cancel);
        // Events above the safe position may still become visible between those already shown; a reader continuing there would miss them.
        var safe = await log.Position(cancel);
        // A position that somebody was told may still be above the safe one.
        if (after > safe && after > await log.LastTaken(cancel))
            throw new InvalidInputException("after", after, FormattableString.Invariant($"a log position from 0 to {safe}"));
        return await Page(new(after, safe) { Streams = streams, RelatedTo = Input.Given(asset ?? ""), Actor = actor }, size, cancel);
    }

    /// <summary>The first events of a feed between two positions.</summary>
    public Task<EventPage> Page(FeedFilter filter, long after, long upTo, int size, CancellationToken cancel)
    {
        var isPrefix = filter.Stream?.EndsWith('*') == true;
        return Page(
            new(after, upTo)
            {
                Types = filter.Types,
                Streams = isPrefix || filter.Stream is null ? null : [filter.Stream],
                StreamPrefix = isPrefix ? filter.Stream![..^1] : null,
                Asset = filter.Asset,
                RelatedTo = filter.Asset,
                Actor = filter.Actor,
            },
            size, cancel);
    }

    async Task<EventPage> Page(EventFilter filter, int size, CancellationToken cancel)
    {
        List<LogEvent> page = [];
        var (shown, looked, last) = (0, 0, filter.After);
        // What the caller may not see counts less, but must not keep it waiting for the end of the log.
        var most = visible.IsEverything ? size + 1 : Math.Max(size + 1, MostLooked);
        await foreach (var e in events.Run(filter, most, cancel))
        {
            if (page.Count == size || shown > MostReadings || looked == MostLooked) return new(page, last);
            (last, looked) = (e.Position, looked + 1);
            if (!await visible.Includes(e.Stream, e.Bytes is null ? e.Data : null, cancel)) continue;
            var (read, count) = Read(e);
            page.Add(read);
            shown += count;
        }
        return new(page, looked == most ? last : null);
    }

    /// <summary>Events of streams that were appended after a position or after a time, up to another position.</summary>
    public async IAsyncEnumerable<LogEvent> Of(
        string[] streams, long after, DateTimeOffset orAfter, long upTo, [EnumeratorCancellation] CancellationToken cancel)
    {
        EventFilter filter = new(after, upTo) { Streams = streams, OrRecordedAfter = orAfter };
        await foreach (var e in events.Run(filter, cancel: cancel)) yield return Read(e).Event;
    }

    /// <summary>Checks the asset that events are asked for of.</summary>
    /// <exception cref="NotFoundException">No such asset.</exception>
    public async Task CheckAsset(string? asset, CancellationToken cancel)
    {
        // Devices send for assets that are not registered; what was rejected of them is in the log.
        if (string.IsNullOrEmpty(asset)) return;
        if (assets.IsVisible(asset) && await StreamsOf($"rejected/{asset}/*", null, cancel) is { Length: > 0 }) return;
        assets.OnlyOrReserved(asset);
    }

    async Task<string[]?> StreamsOf(string? stream, string? asset, CancellationToken cancel)
    {
        if (stream is "*") stream = null;
        if (asset is null && stream?.EndsWith('*') != true) return stream is null ? null : [stream];
        var isPrefix = stream?.EndsWith('*') == true;
        await using var command = source.CreateCommand(
            "select id from events.mt_streams where ($1::text is null or starts_with(id, $1)) and ($2::text is null or id = $2) "
                + $"and ($3::text is null or split_part(id, '/', 2) = $3 or id = '{Streams.Graph}')");
        foreach (var value in new[] { isPrefix ? stream![..^1] : null, isPrefix ? null : stream, asset })
            command.Parameters.Add(new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<string> streams = [];
        while (await reader.ReadAsync(cancel)) streams.Add(reader.GetString(0));
        return [.. streams];
    }

    (LogEvent Event, int Readings) Read(LoggedEvent e)
    {
        var headers = e.Headers is null ? [] : JsonNode.Parse(e.Headers)?.AsObject() ?? [];
        var (data, count) = e.Bytes is null ? (JsonNode.Parse(e.Data), 0) : readings.Run(e.Stream, e.Bytes);
        var trace = ActivityContext.TryParse(headers["traceparent"]?.ToString(), null, out var origin) ? origin.TraceId.ToString() : null;
        return (new(e.Stream, e.Version, e.Position, e.Type, Micros.ToTime(e.RecordedAt), trace,
            headers[CallerMetadata.Actor]?.ToString(), headers[CallerMetadata.Reason]?.ToString(), headers, data), count);
    }
}
