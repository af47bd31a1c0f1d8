using System.Buffers;
using System.ComponentModel;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Query.Api;
using ServiceDefaults;

namespace Query.Events;

/// <summary>Which events a feed holds; null: all.</summary>
/// <param name="Types">Names of events.</param>
/// <param name="Stream">A stream, or the beginning of its name followed by *.</param>
/// <param name="Asset">The asset that they are about.</param>
/// <param name="Actor">Who asked for them.</param>
sealed record FeedFilter(string[]? Types, string? Stream, string? Asset, string? Actor)
{
    const int Longest = 300;

    static readonly string[] Known = [.. EventLog.EventNames.Values.Order(StringComparer.Ordinal)];

    /// <exception cref="InvalidInputException">No event, or nobody, can have such a name.</exception>
    public static FeedFilter Of(IEnumerable<string>? types, string? stream, string? asset, string? actor)
    {
        string[] wanted = [.. types ?? []];
        foreach (var type in wanted)
            if (!Known.Contains(type)) throw new InvalidInputException("type", type, string.Join(", ", Known));
        return new(wanted.Length == 0 ? null : wanted, StreamName(stream), Input.Text("asset", asset, Longest),
            Input.Line(CallerMetadata.Actor, actor, Caller.LongestActor));
    }

    /// <summary>A stream or how several begin; null when not given.</summary>
    /// <exception cref="InvalidInputException">No stream can have such a name.</exception>
    public static string? StreamName(string? stream)
    {
        var name = Input.Text("stream", stream, Longest);
        return name is null or "*" || Streams.CanBe(name)
            ? name
            : throw new InvalidInputException(
                "stream", name, $"{string.Join(", ", Streams.Kinds)}, with / and what comes after it, or * at the end");
    }
}

/// <summary>
/// Everything that is appended after a position, in the order of the log, over server-sent events and gRPC. Only up to the safe position,
/// so that a reader who goes on from the last event misses none.
/// </summary>
sealed class WatchEvents
{
    const int MostWatchers = 100;
    const int MostAtOnce = 500;

    // A filter that nothing passes must not read a whole log in one query.
    const long MostPositions = 100_000;

    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    readonly ListEvents events;
    readonly LogReader log;
    readonly TimeProvider time;
    readonly CancellationToken stopping;
    readonly Watchers watchers = new(MostWatchers);

    public WatchEvents(ListEvents events, LogReader log, TimeProvider time, IHostApplicationLifetime lifetime, IMeterFactory meters)
    {
        (this.events, this.log, this.time, stopping) = (events, log, time, lifetime.ApplicationStopping);
        meters.Create("Pollux").CreateObservableGauge(
            "pollux.query.feeds", () => watchers.Present, "{watcher}", "Open feeds of the event log");
    }

    public static void Map(IEndpointRouteBuilder log) => log.MapGet("/watch", (
            HttpContext http,
            WatchEvents watch,
            [Description("Only events above this log position, as in Last-Event-ID; absent: what comes from now on.")] long? after,
            [Description("Only events of this name, e.g. alarm_raised; may be repeated.")] string[]? type,
            [Description("Only events of this stream, or of those that begin like a name that ends in *.")] string? stream,
            [Description(ListEvents.OfAsset)] string? asset,
            [Description("Only events that this person or program asked for, by exact name.")] string? actor) =>
            watch.Stream(http, FeedFilter.Of(type, stream, asset, actor), LastSeen(http) ?? after))
        .Produces<LogEvent>(contentType: EventStreams.MediaType).ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status429TooManyRequests)
        .WithName("watchEvents").WithSummary("Events of the log as they are appended (server-sent events)")
        .WithDescription(
            "Every event after a position, in log order: `event` is its name, `id` its position; with Last-Event-ID, the feed goes on from "
                + "there. Every 15 s without an event, an `id` alone says how far the log was read, so that a reader with a filter does "
                + "not begin far back. A reader who takes nothing for 15 s is cut.");

    static long? LastSeen(HttpContext http) => http.Request.Headers["Last-Event-ID"].FirstOrDefault() switch
    {
        null or "" => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position) => position,
        var text => throw new InvalidInputException("Last-Event-ID", text, "the id of an earlier event, a log position"),
    };

    async Task Stream(HttpContext http, FeedFilter filter, long? after)
    {
        // Before the first byte, so that a position beyond the log gives 400.
        var from = await Begin(filter, after, "after", http.RequestAborted);
        using var place = watchers.Enter();
        await EventStreams.Send(http, Changes(filter, from, http.RequestAborted), (body, item) => Write(body, item.Event, item.Position));
    }

    static void Write(System.IO.Pipelines.PipeWriter to, LogEvent? e, long position)
    {
        if (e is not null) to.Write(Encoding.ASCII.GetBytes($"event: {e.Type}\n"));
        to.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {position}\n")));
        if (e is not null)
        {
            to.Write("data: "u8);
            to.Write(JsonSerializer.SerializeToUtf8Bytes(e, ApiJson.Options));
            to.Write("\n"u8);
        }
        to.Write("\n"u8);
    }

    /// <summary>The position after which to begin: the given one, or the present end of the log.</summary>
    /// <exception cref="NotFoundException">No such asset.</exception>
    /// <exception cref="InvalidInputException">It is negative or beyond the end of the log.</exception>
    public async Task<long> Begin(FeedFilter filter, long? after, string name, CancellationToken cancel)
    {
        await events.CheckAsset(filter.Asset, cancel);
        var end = await log.Position(cancel);
        var asked = after is null ? end : Input.Position(name, after);
        // A position that somebody was told may still be above the safe one.
        return asked <= end || asked <= await log.LastTaken(cancel)
            ? asked
            : throw new InvalidInputException(name, asked, $"a log position from 0 to {end}");
    }

    /// <summary>Every event after a position with its position; without an event for a while, how far the log was read.</summary>
    /// <exception cref="BusyException">Too many watchers.</exception>
    public async IAsyncEnumerable<(LogEvent? Event, long Position)> Follow(
        FeedFilter filter, long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var place = watchers.Enter();
        await foreach (var item in Changes(filter, after, cancel)) yield return item;
    }

    async IAsyncEnumerable<(LogEvent? Event, long Position)> Changes(
        FeedFilter filter, long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping);
        var silentSince = time.GetTimestamp();
        while (true)
        {
            var end = await log.Position(ended.Token);
            while (after < end)
            {
                var upTo = Math.Min(end, after + MostPositions);
                var page = await events.Page(filter, after, upTo, MostAtOnce, ended.Token);
                foreach (var e in page.Items) yield return (e, e.Position);
                if (page.Items.Count > 0) silentSince = time.GetTimestamp();
                after = page.NextAfter ?? upTo;
            }
            if (time.GetElapsedTime(silentSince) >= EventStreams.Heartbeat)
            {
                yield return (null, after);
                silentSince = time.GetTimestamp();
            }
            await Task.Delay(LookEvery, time, ended.Token);
        }
    }
}
