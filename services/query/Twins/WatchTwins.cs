using System.Buffers;
using System.ComponentModel;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Query.Api;
using ServiceDefaults;

namespace Query.Twins;

/// <summary>Streams views as they change, over server-sent events and gRPC.</summary>
sealed class WatchTwins
{
    /// <summary>Most assets that one watcher may follow.</summary>
    public const int MostAssets = 200;

    const int MostWatchers = 2_000;
    const string Unseen = "-";

    readonly LiveTwins live;
    readonly LogReader log;
    readonly TimeProvider time;
    readonly CancellationToken stopping;
    readonly Watchers watchers = new(MostWatchers);

    public WatchTwins(LiveTwins live, LogReader log, TimeProvider time, IHostApplicationLifetime lifetime, IMeterFactory meters)
    {
        (this.live, this.log, this.time, stopping) = (live, log, time, lifetime.ApplicationStopping);
        meters.Create("Pollux").CreateObservableGauge("pollux.query.watchers", () => watchers.Present, "{watcher}", "Open watch streams");
    }

    public static void Map(IEndpointRouteBuilder twins)
    {
        twins.MapGet("/watch", (
                HttpContext http,
                WatchTwins watch,
                [Description("Up to 200 asset ids, separated by commas.")] string? assets,
                [Description("Id of the last event seen in a stream of the same assets, as in Last-Event-ID.")] string? after) =>
                watch.Stream(http, (assets ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                    LastSeen(http, after)))
            .Produces<TwinAnswer>(contentType: EventStreams.MediaType).ProducesProblem(StatusCodes.Status404NotFound)
                .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .WithName("watchTwins").WithSummary("Several twins as they change (server-sent events)")
            .WithDescription(
                "Sends the newest view of each at once, then every change: `event: twin`; the id holds position.revision of the last view "
                    + "of each asset, in the order of `assets`. With Last-Event-ID, only views not seen yet are sent.");
        twins.MapGet("/{id}/watch", (
                HttpContext http,
                string id,
                WatchTwins watch,
                [Description("position.revision of the last view seen, as in Last-Event-ID.")] string? after) =>
                watch.Stream(http, [id], LastSeen(http, after)))
            .Produces<TwinAnswer>(contentType: EventStreams.MediaType).ProducesProblem(StatusCodes.Status429TooManyRequests)
            .WithName("watchTwin").WithSummary("A twin as it changes (server-sent events)")
            .WithDescription("Sends the newest view at once, then every change: `event: twin`, `id: position.revision`. "
                + "A slow reader skips intermediate views; one who takes nothing for 15 s is cut. "
                + "A comment every 15 s keeps the connection open.");
    }

    static string? LastSeen(HttpContext http, string? after) => http.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? after;

    async Task Stream(HttpContext http, IReadOnlyList<string> assetIds, string? after)
    {
        using var watcher = await Open(assetIds, after, http.RequestAborted);
        using var place = watchers.Enter();
        await EventStreams.Send(http, Changes(watcher, EventStreams.Heartbeat, http.RequestAborted), (body, changed) =>
        {
            if (changed is null) EventStreams.WriteHeartbeat(body);
            else foreach (var twin in changed) Write(body, twin.Show(time.GetUtcNow()), watcher.Seen);
        });
    }

    static void Write(System.IO.Pipelines.PipeWriter to, ShownTwin twin, IReadOnlyList<(long Position, long Revision)> seen)
    {
        to.Write(Encoding.ASCII.GetBytes($"event: twin\nid: {EventId(seen)}\ndata: "));
        to.Write(twin.Json);
        to.Write("\n\n"u8);
    }

    /// <summary>The newest views, then every change; ends when the caller leaves or the service stops.</summary>
    public async IAsyncEnumerable<ShownTwin> Follow(
        IReadOnlyList<string> assetIds, string? after, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var watcher = await Open(assetIds, after, cancel);
        using var place = watchers.Enter();
        await foreach (var changed in Changes(watcher, Timeout.InfiniteTimeSpan, cancel))
            foreach (var twin in changed ?? []) yield return twin.Show(time.GetUtcNow());
    }

    // What has changed; null after a while without a change. While a slow reader is waited for, changes are merged into the newest view.
    async IAsyncEnumerable<IEnumerable<LiveTwin>?> Changes(
        Watcher watcher, TimeSpan heartbeat, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping);
        // Policies may change while somebody watches.
        while (true)
            yield return await watcher.Wait(heartbeat, ended.Token) ? watcher.Changed().Where(t => live.IsVisible(t.AssetId)) : null;
    }

    async Task<Watcher> Open(IReadOnlyList<string> assetIds, string? after, CancellationToken cancel)
    {
        if (assetIds.Count is 0 or > MostAssets)
            throw new InvalidInputException(
                "assets", assetIds.Count == 0 ? null : $"{assetIds.Count} assets", $"1 to {MostAssets} asset ids");
        LiveTwin[] twins = [.. assetIds.Distinct().Select(live.Get)];
        var seen = ParseAfter(after, twins.Length);
        // Another instance of query may be ahead of this one, but not of the log; a reader ahead of the log would never get an event.
        var newest = seen?.Max(s => s.Position) ?? 0;
        if (newest > twins.Max(t => t.View.Position) && newest > await log.Position(cancel))
            throw new InvalidInputException("after", after, "the id of an earlier event; this one is beyond the end of the log");
        return new(twins, seen);
    }

    /// <summary>
    /// Names the newest view sent of every twin, in the order of the twins. A single position would not do: a view can be sent after
    /// another twin's view with a higher position, and would then be missed.
    /// </summary>
    public static string EventId(IReadOnlyList<(long Position, long Revision)> seen) =>
        string.Join(',',
            seen.Select(s => s.Position < 0 ? Unseen : string.Create(CultureInfo.InvariantCulture, $"{s.Position}.{s.Revision}")));

    /// <summary>The last view seen of each twin; null if not given.</summary>
    /// <exception cref="InvalidInputException">Not an event id of a stream with this number of twins.</exception>
    public static IReadOnlyList<(long Position, long Revision)>? ParseAfter(string? text, int twins)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var parts = text.Split(',');
        return parts.Length == twins ? [.. parts.Select(Version)] : throw Invalid();

        (long, long) Version(string part) => part == Unseen ? Watcher.NothingSeen
            : part.Split('.') is [var position, var revision]
            && long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var p)
                && long.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out var r)
            ? (p, r)
            : throw Invalid();

        InvalidInputException Invalid() =>
            new("after", text,
                twins == 1 ? "position.revision, the id of an earlier event"
                    : $"the id of an earlier event in a stream of these {twins} assets");
    }
}
