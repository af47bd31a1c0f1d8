using System.Buffers;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Contracts.Scenarios;
using Query.Api;
using ServiceDefaults;

namespace Query.Scenarios;

/// <summary>Streams a scenario's progress over server-sent events and gRPC until it is final.</summary>
sealed class WatchScenario
{
    const int MostWatchers = 1_000;

    // Polls the table for what RabbitMQ did not deliver.
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    readonly LiveScenarios live;
    readonly SavedScenarios saved;
    readonly TimeProvider time;
    readonly CancellationToken stopping;
    readonly Watchers watchers = new(MostWatchers);

    public WatchScenario(
        LiveScenarios live, SavedScenarios saved, TimeProvider time, IHostApplicationLifetime lifetime, IMeterFactory meters)
    {
        (this.live, this.saved, this.time, stopping) = (live, saved, time, lifetime.ApplicationStopping);
        meters.Create("Pollux").CreateObservableGauge(
            "pollux.query.scenario_watchers", () => watchers.Present, "{watcher}", "Open watch streams of scenarios");
    }

    public static void Map(IEndpointRouteBuilder scenarios) =>
        scenarios.MapGet("/{id}/watch", (HttpContext http, string id, WatchScenario watch) => watch.Stream(http, id))
        .Produces<ScenarioView>(contentType: EventStreams.MediaType).ProducesProblem(StatusCodes.Status429TooManyRequests)
        .WithName("watchScenario").WithSummary("Progress of a scenario (server-sent events)")
        .WithDescription(
            "The current scenario, then every change: `event: scenario`, `id: version.progress`. The stream ends with the final state.");

    async Task Stream(HttpContext http, string id)
    {
        // Before the first byte, so that an unknown id gives 404.
        await saved.Get(id, http.RequestAborted);
        using var place = watchers.Enter();
        await EventStreams.Send(http, Changes(id, EventStreams.Heartbeat, http.RequestAborted), (body, scenario) =>
        {
            if (scenario is null) EventStreams.WriteHeartbeat(body);
            else Write(body, scenario);
        });
    }

    static void Write(System.IO.Pipelines.PipeWriter to, ScenarioView scenario)
    {
        to.Write(Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"event: scenario\nid: {scenario.Version}.{scenario.Progress:R}\ndata: ")));
        to.Write(JsonSerializer.SerializeToUtf8Bytes(scenario, ApiJson.Options));
        to.Write("\n\n"u8);
    }

    /// <summary>Every change up to the final state.</summary>
    /// <exception cref="NotFoundException">No such scenario.</exception>
    /// <exception cref="BusyException">Too many watchers.</exception>
    public async IAsyncEnumerable<ScenarioView> Follow(string id, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var place = watchers.Enter();
        await foreach (var scenario in Changes(id, Timeout.InfiniteTimeSpan, cancel))
            if (scenario is not null) yield return scenario;
    }

    // Null after a while without a change.
    async IAsyncEnumerable<ScenarioView?> Changes(string id, TimeSpan heartbeat, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping);
        var shown = await saved.Get(id, ended.Token);
        yield return shown;
        var silentSince = time.GetTimestamp();
        while (!SavedScenarios.IsFinal(shown))
        {
            var newest = await Next(id, shown, ended.Token);
            if (ReferenceEquals(newest, shown))
            {
                if (time.GetElapsedTime(silentSince) < heartbeat) continue;
                yield return null;
            }
            else
            {
                yield return shown = newest;
            }
            silentSince = time.GetTimestamp();
        }
    }

    /// <summary>The next view; the same one if there was no change.</summary>
    async Task<ScenarioView> Next(string id, ScenarioView shown, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var changed = live.Changed;
            if (LiveScenarios.Newer(shown, live.Find(id)) is var newer && !ReferenceEquals(newer, shown)) return newer;
            var left = LookEvery - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) return LiveScenarios.Newer(shown, await saved.Get(id, cancel));
            await Task.WhenAny(changed, Task.Delay(left, time, cancel));
            cancel.ThrowIfCancellationRequested();
        }
    }
}
