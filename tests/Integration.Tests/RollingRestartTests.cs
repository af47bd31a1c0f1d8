using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Integration.Tests.Running;

namespace Integration.Tests;

/// <summary>Two replicas of every service.</summary>
public sealed class ReplicatedSystem(Infrastructure infrastructure) : RunningSystem(infrastructure)
{
    /// <summary>Replicas by service, in rollout order.</summary>
    public Dictionary<string, ServiceProcess[]> Replicas { get; } = [];

    protected override bool Estimates => true;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var simulation = Service("simulation", "Simulation");
        Replicas["twin-state"] = [TwinState, Service("twin-state", "TwinState")];
        Replicas["ingest"] = [Ingest, Service("ingest", "Ingest", new() { ["Ingest__ClientId"] = $"{Name}-1" })];
        Replicas["simulation"] = [simulation, Service("simulation", "Simulation")];
        Replicas["query"] = [Query, Service("query", "Query", new()
        {
            ["Ports__Grpc"] = ServiceProcess.FreePort().ToString(CultureInfo.InvariantCulture),
        })];
        simulation.Launch();
        foreach (var second in Replicas.Values) second[1].Launch();
        foreach (var replica in Replicas.Values.SelectMany(r => r)) await replica.UntilReady();
    }
}

/// <summary>A rollout under load: each replica of each service is stopped and started again, one after the other.</summary>
public class RollingRestartTests(ReplicatedSystem system, ITestOutputHelper output) : SystemTest<ReplicatedSystem>(system),
    IClassFixture<ReplicatedSystem>
{
    [Fact]
    public async Task A_rolling_restart_of_every_service_loses_and_doubles_nothing_and_the_api_answers_throughout()
    {
        string[] assets = [.. Enumerable.Range(0, 4).Select(_ => Pollux.NextAsset())];
        await using var gateway = new StoreAndForward(Pollux.Servers.Mqtt);
        gateway.Start();
        var load = new Load(gateway, Pollux.Model, assets, 60);
        using var stop = new CancellationTokenSource();
        var publishing = load.Run(stop.Token);

        foreach (var (service, replicas) in Pollux.Replicas)
        {
            foreach (var (replica, other) in new[] { (replicas[0], replicas[1]), (replicas[1], replicas[0]) })
            {
                var api = service == "query" ? other : Pollux.Query;
                var scenario = service == "simulation" ? await Ask(assets[0]) : null;
                var began = TimeProvider.System.GetTimestamp();
                await replica.Stop();
                var stopped = TimeProvider.System.GetElapsedTime(began);
                // A frame sent after the stop has passed through everything: the other replica is working.
                await load.Sent(20);
                await Shown(api, assets, load, $"without a replica of {service}");
                var served = TimeProvider.System.GetElapsedTime(began);
                replica.Launch();
                await replica.UntilReady();
                var ready = TimeProvider.System.GetElapsedTime(began);
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{service,-11} ended in {stopped.TotalSeconds:0.00} s, the twins had all readings "
                        + $"{(served - stopped).TotalSeconds:0.00} s later, ready again {ready.TotalSeconds:0.00} s after it was asked to "
                        + $"end"));
                if (scenario is not null)
                    await Eventually.Get(
                        "the scenario is completed", () => Get(api, $"/api/v1/scenarios/{scenario}"), s =>
                            (string)s["state"]! == "completed", show: s => s.ToJsonString());
            }
        }
        await stop.CancelAsync();
        await publishing;
        await Accounts.AssertComplete(Pollux, load, assets);
        foreach (var asset in assets) await Accounts.AssertTwin(Pollux, load, asset);
        await AssertRebuildOverBothIsEqual(assets);
        output.WriteLine($"{load.Messages} messages, {gateway.Transmissions} transmissions");
    }

    // Whichever replica carries it out, the owners of the twins are on both.
    async Task AssertRebuildOverBothIsEqual(string[] assets)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/rebuilds") { Content = JsonContent.Create(new { assets }) };
        request.Headers.Add("X-Pollux-Actor", "ada");
        using var answer = await Pollux.Query.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var id = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["id"]!;
        var rebuild = await Eventually.Get(
            "the rebuild ends", () => Get(Pollux.Query, $"/api/v1/rebuilds/{id}"), r => (string)r["state"]! == "finished",
            show: r => r.ToJsonString());
        Assert.Equal((assets.Length, assets.Length), ((int)rebuild["assets"]!, (int)rebuild["equal"]!));
    }

    static async Task Shown(ServiceProcess api, string[] assets, Load load, string when)
    {
        var wanted = assets.ToDictionary(a => a, a => load.Good(a).Count);
        foreach (var asset in assets)
            await Eventually.Get(
                $"{when} the twin of {asset} goes on", () => Get(api, $"/api/v1/twins/{asset}"), twin =>
                    (long)twin["readings"]! >= wanted[asset], show: twin => $"{twin["readings"]} of {wanted[asset]}");
    }

    static async Task<JsonNode> Get(ServiceProcess api, string path) =>
        JsonNode.Parse(await api.Http.GetStringAsync(path, TestContext.Current.CancellationToken))!;

    async Task<string> Ask(string asset)
    {
        using var answer = await Pollux.Query.Http.PostAsJsonAsync(
            "/api/v1/scenarios",
            new
            {
                asset,
                interventions = new[] { new { target = "production-rate", kind = "scale", value = 1.15 } },
                ensemble = new { size = 40, seed = 1 },
            }, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, text);
        return (string)JsonNode.Parse(text)!["id"]!;
    }
}
