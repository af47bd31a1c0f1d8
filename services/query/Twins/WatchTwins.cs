using System.Buffers;
using System.ComponentModel;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Query.Api;
using ServiceDefaults;

namespace Query.Twins;

/// <summary>Views as they change, over server-sent events and gRPC.</summary>
sealed class WatchTwins
{
    /// <summary>Assets one watcher may follow.</summary>
    public const int MostAssets = 200;

    const int MostWatchers = 2_000;

    // Proxies close connections that are silent for long.
    static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    readonly LiveTwins live;
    readonly TimeProvider time;
    readonly CancellationToken stopping;
    int watchers;

    public WatchTwins(LiveTwins live, TimeProvider time, IHostApplicationLifetime lifetime, IMeterFactory meters)
    {
        (this.live, this.time, stopping) = (live, time, lifetime.ApplicationStopping);
        meters.Create("Pollux").CreateObservableGauge("pollux.query.watchers", () => watchers, "{watcher}", "Open watch streams");
    }

    public static void Map(IEndpointRouteBuilder twins)
    {
        twins.MapGet("/watch", (
                HttpContext http,
                WatchTwins watch,
                [Description("Up to 200 asset ids, separated by commas.")] string? assets) =>
                watch.Stream(http, (assets ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), null))
            .Produces<TwinAnswer>(contentType: "text/event-stream")
            .WithName("watchTwins").WithSummary("Several twins as they change (server-sent events)");
        twins.MapGet("/{id}/watch", (
                HttpContext http,
                string id,
                WatchTwins watch,
                [Description("position.revision of the last view seen, as in Last-Event-ID.")] string? after) =>
                watch.Stream(http, [id], ParseAfter(http.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? after)))
            .Produces<TwinAnswer>(contentType: "text/event-stream")
            .WithName("watchTwin").WithSummary("A twin as it changes (server-sent events)")
            .WithDescription("The newest view at once, then every change: `event: twin`, `id: position.revision`. "
                + "A reader that cannot keep up gets the newest view only. A comment every 15 s keeps the connection open.");
    }

    async Task Stream(HttpContext http, IReadOnlyList<string> assetIds, (long Position, long Revision)? after)
    {
        using var watcher = Open(assetIds, after);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        var body = http.Response.BodyWriter;
        try
        {
            await http.Response.StartAsync(ended.Token);
            while (true)
            {
                if (await watcher.Wait(Heartbeat, ended.Token))
                {
                    foreach (var twin in watcher.Changed()) Write(body, twin.Show(time.GetUtcNow()));
                }
                else
                {
                    body.Write(":\n\n"u8);
                }
                // Waits while the reader is slow; what changes meanwhile is merged into the newest view.
                if ((await body.FlushAsync(ended.Token)).IsCompleted) return;
            }
        }
        catch (OperationCanceledException)
        {
            // The reader left, or the service stops: either way the stream is over.
        }
        finally
        {
            Interlocked.Decrement(ref watchers);
        }
    }

    static void Write(System.IO.Pipelines.PipeWriter to, ShownTwin twin)
    {
        to.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"event: twin\nid: {twin.View.Position}.{twin.View.Revision}\ndata: ")));
        to.Write(twin.Json);
        to.Write("\n\n"u8);
    }

    /// <summary>Every view from now on, newest first come; ends when the caller leaves or the service stops.</summary>
    public async IAsyncEnumerable<ShownTwin> Follow(
        IReadOnlyList<string> assetIds, (long Position, long Revision)? after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        using var watcher = Open(assetIds, after);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping);
        try
        {
            while (true)
            {
                await watcher.Wait(Timeout.InfiniteTimeSpan, ended.Token);
                foreach (var twin in watcher.Changed()) yield return twin.Show(time.GetUtcNow());
            }
        }
        finally
        {
            Interlocked.Decrement(ref watchers);
        }
    }

    Watcher Open(IReadOnlyList<string> assetIds, (long Position, long Revision)? after)
    {
        if (assetIds.Count is 0 or > MostAssets) throw new InvalidInputException("assets", assetIds.Count == 0 ? null : $"{assetIds.Count} assets", $"1 to {MostAssets} asset ids");
        LiveTwin[] twins = [.. assetIds.Distinct().Select(live.Get)];
        if (Interlocked.Increment(ref watchers) <= MostWatchers) return new(twins, after);
        Interlocked.Decrement(ref watchers);
        throw new BusyException($"There are {MostWatchers} watchers already.", Heartbeat);
    }

    /// <summary>The view a reader saw last; null when it names none.</summary>
    /// <exception cref="InvalidInputException">Not an id of this stream.</exception>
    public static (long Position, long Revision)? ParseAfter(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot > 0
            && long.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            && long.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? (position, revision)
            : throw new InvalidInputException("after", text, "position.revision, the id of an earlier event");
    }
}
