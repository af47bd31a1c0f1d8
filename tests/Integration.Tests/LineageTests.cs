using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Contracts.Query.V1;
using Grpc.Net.Client;
using Integration.Tests.Running;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>Where values and alarms come from, down to the message and its trace.</summary>
[Collection<OnOneSystem>]
public class LineageTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    const ushort MeltPressure = 7;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_value_and_its_alarm_lead_to_the_message_the_model_and_the_people()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now - 300 * Micros.PerSecond);
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        await Pollux.Store(asset, new Reading(MeltPressure, at, 82));
        var before = await Pollux.Log.Position();
        await using (var device = await Device.Connect(Pollux.Servers.Mqtt))
            await device.Publish(
                Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, [new(MeltPressure, at + 2_000_000, 84)]),
                $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        await Eventually.Get("the twin has it", () => Pollux.Get($"/api/v1/twins/{asset}"), twin => (long)twin["readings"]! == 2);

        var path = $"/api/v1/lineage?asset={asset}&sensor=melt-pressure";
        var newest = await Nodes(path);
        Assert.Equal($"value:{asset}/melt-pressure", (string)newest[0]["key"]!);
        Assert.StartsWith("84 ", (string)newest[0]["detail"]!, StringComparison.Ordinal);
        var e = One(newest, "event", From(newest[0])[0]);
        Assert.Equal((trace, (long)newest[0]["position"]!), ((string)e["traceId"]!, (long)e["position"]!));
        var message = One(newest, "message", From(e)[0]);
        Assert.Contains(Samples.SenmlTopic(asset), (string)message["detail"]!, StringComparison.Ordinal);
        Assert.Equal(trace, (string)message["traceId"]!);
        var model = newest.Single(n => (string)n["what"]! == "model");
        Assert.Equal(Pollux.Model.Hash, (string)model["id"]!);
        Assert.Contains(newest, n => ((string)n["detail"]!).StartsWith("asset_registered", StringComparison.Ordinal));
        // Every link can be followed.
        foreach (var link in newest.Select(n => (string?)n["link"]).OfType<string>())
            Assert.Equal(HttpStatusCode.OK, (await Pollux.Query.Http.GetAsync(link, Cancel)).StatusCode);

        // Between the samples, and as the log was before the second one: the first one.
        foreach (var past in new[] { $"&at={Iso(at + 1_000_000)}", $"&validAt={Iso(at)}", $"&knownAt={before}" })
            Assert.StartsWith("82 ", (string)(await Nodes(path + past))[0]["detail"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await Pollux.Query.Http.GetAsync($"{path}&at={Iso(at - 1)}", Cancel)).StatusCode);

        await Pollux.Store(asset, new Reading(MeltPressure, at + 4_000_000, 210));
        var raised = await Eventually.Get(
            "the alarm is raised", () => Pollux.Get($"/api/v1/alarms?asset={asset}&since={Iso(at)}"),
            alarms => alarms["items"]!.AsArray().Any(a => (string?)a!["sensorId"] == "melt-pressure"));
        var id = (string)raised["items"]!.AsArray().First(a => (string?)a!["sensorId"] == "melt-pressure")!["id"]!;
        using (var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/alarms/{id}:acknowledge")
        {
            Content = new StringContent("""{"by":"Ada","comment":"on my way"}""", System.Text.Encoding.UTF8, "application/json"),
        })
        {
            using var answer = await Pollux.Query.Http.SendAsync(request, Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        var alarm = await Nodes($"/api/v1/lineage?alarm={id}");
        Assert.Equal($"alarm:{id}", (string)alarm[0]["key"]!);
        Assert.Contains(alarm, n => (string)n["key"]! == "person:Ada" && (string)n["detail"]! == "on my way");
        Assert.StartsWith(
            "210 ", (string)alarm.Single(n => (string)n["what"]! == "value")["detail"]!, StringComparison.Ordinal);
        Assert.Contains(alarm, n => (string)n["what"]! == "message");

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = new LineageService.LineageServiceClient(channel);
        var same = await rpc.GetLineageAsync(new() { AlarmId = id }, cancellationToken: Cancel);
        Assert.Equal(alarm.Select(n => (string)n["key"]!), same.Nodes.Select(n => n.Key));
    }

    async Task<List<JsonNode>> Nodes(string path) => [.. (await Pollux.Get(path))["nodes"]!.AsArray().Select(n => n!)];

    static List<string> From(JsonNode node) => [.. node["from"]!.AsArray().Select(k => (string)k!)];

    static JsonNode One(List<JsonNode> nodes, string what, string key)
    {
        var node = nodes.Single(n => (string)n["key"]! == key);
        Assert.Equal(what, (string)node["what"]!);
        return node;
    }

    static string Iso(long micros) => Uri.EscapeDataString(Micros.ToTime(micros).UtcDateTime.ToString(
        "yyyy-MM-ddTHH:mm:ss.ffffffZ", System.Globalization.CultureInfo.InvariantCulture));
}
