using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Contracts.Query.V1;
using Grpc.Net.Client;
using Integration.Tests.Running;
using TwinModel.Telemetry;

namespace Integration.Tests.Simulations;

/// <summary>The condition of a part as of some time.</summary>
[Collection<OnOneDecisionSystem>]
public class PastHealthTests(DecisionSystem system) : SystemTest<DecisionSystem>(system)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_condition_of_a_bearing_is_as_it_was_shown_before_it_wore_on_and_was_replaced()
    {
        var (asset, start) = (Pollux.NextAsset(), Micros.ToTime(Samples.Now).AddDays(-30));
        await Pollux.Live(asset, start, 0, 14, damageFromDays: 15);
        var healthy = await Shown(asset);
        var known = await Pollux.Log.Position();
        await Pollux.Live(asset, start, 14, 28, damageFromDays: 15);
        var worn = await Shown(asset);
        Assert.NotEqual((string)healthy["condition"]!["level"]!, (string)worn["condition"]!["level"]!);
        var before = await Pollux.Log.Position();
        using var replaced = await Pollux.Query.Http.PostAsJsonAsync(
            $"/api/v1/assets/{asset}/components/{DecisionSystem.Bearing}:replaced",
            new { at = start.AddDays(28).AddHours(1), by = "eve" }, Cancel);
        Assert.True(replaced.IsSuccessStatusCode, await replaced.Content.ReadAsStringAsync(Cancel));

        Assert.Equal(healthy.ToJsonString(), (await Then(asset, $"knownAt={known}&validAt={Now}")).ToJsonString());
        Assert.Equal(worn.ToJsonString(), (await Then(asset, $"knownAt={before}&validAt={Now}")).ToJsonString());
        // What was true on the fourteenth day, as known now.
        var then = await Then(asset, $"validAt={Time(start.AddDays(14).AddSeconds(-1))}");
        foreach (var member in new[] { "level", "at", "value", "baseline" })
            Assert.Equal(healthy["condition"]![member]?.ToJsonString(), then["condition"]![member]?.ToJsonString());
        Assert.Empty(then["records"]?.AsArray() ?? []);
        // The summary of all parts, from events alone.
        foreach (var (moment, condition) in new[] { (known, healthy["condition"]!), (before, worn["condition"]!) })
        {
            var part = (await Pollux.Get($"/api/v1/health?knownAt={moment}&validAt={Now}"))!.AsArray()
                .Single(p => (string)p!["assetId"]! == asset)!;
            Assert.Equal((string)condition["level"]!, (string)part["level"]!);
            Assert.Equal((DateTimeOffset)condition["since"]!, (DateTimeOffset)part["since"]!);
            Assert.Equal((double?)condition["assessment"]?["p50"], (double?)part["p50"]);
        }
        var diff = await Pollux.Get($"/api/v1/twins/{asset}/diff?fromKnownAt={known}&toKnownAt={before}");
        var changed = Assert.Single(diff["parts"]!.AsArray())!;
        Assert.Equal((DecisionSystem.Bearing, (string)healthy["condition"]!["level"]!, (string)worn["condition"]!["level"]!),
            ((string)changed["component"]!, (string)changed["from"]!, (string)changed["to"]!));

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = await new HealthService.HealthServiceClient(channel).GetHealthAsync(
            new() { AssetId = asset, Component = DecisionSystem.Bearing, KnownAtPosition = known }, cancellationToken: Cancel);
        Assert.Equal((string)healthy["condition"]!["level"]!, Assert.Single(rpc.Parts).Level);
    }

    static string Now => Time(Micros.ToTime(Samples.Now));

    static string Time(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O", CultureInfo.InvariantCulture));

    async Task<JsonNode> Then(string asset, string moment) =>
        (await Pollux.Get($"/api/v1/twins/{asset}/health?component={DecisionSystem.Bearing}&{moment}"))["parts"]![0]!;

    // Everything that was imported is in the condition.
    async Task<JsonNode> Shown(string asset)
    {
        var last = 0L;
        await foreach (var (position, _) in Pollux.Log.Batches(asset)) last = position;
        return await Eventually.Get(
            "the condition includes everything", () => Pollux.Health(asset), part => (long)part["condition"]!["position"]! == last,
            show: part => part["condition"]!.ToJsonString());
    }
}
