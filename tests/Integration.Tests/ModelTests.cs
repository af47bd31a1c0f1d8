using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Contracts.Events;
using Contracts.Query.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Integration.Tests.Running;
using ServiceDefaults;

namespace Integration.Tests;

/// <summary>Models registered and revised while everything goes on.</summary>
[Collection<OnOneSystem>]
public class ModelTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static string Model(string id, int version, bool withLevel, bool withLimit, bool withTemperature = true) => $$"""
        schema: pollux/asset-model/1
        id: {{id}}
        name: Kettle
        version: {{version}}
        components: [{ id: vessel, kind: vessel, name: Vessel }]
        sensors:
          - { id: pressure, number: 3, component: vessel, quantity: pressure, unit: bar, physical: [0, 50], plausible: [0, 10], interval: 600s }
        {{(withTemperature
            ? "  - { id: temperature, number: 1, component: vessel, quantity: temperature, unit: degC, physical: [-50, 200], plausible: [0, 120], interval: 600s }"
            : "")}}
        {{(withLevel
            ? "  - { id: level, number: 2, component: vessel, quantity: length, unit: mm, physical: [0, 500], plausible: [0, 500], interval: 600s }"
            : "")}}
        {{(withLimit ? "limits: [{ id: hot, sensor: temperature, above: 90, clear: 85, severity: critical, message: Too hot }]" : "")}}
        connections: [{ topic: "pollux/{asset}/senml", payload: senml }]
        """;

    async Task<(HttpStatusCode Status, JsonNode Answer)> Put(
        string id, string text, string query = "", string type = "application/yaml")
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/models/{id}{query}");
        request.Content = new StringContent(text, Encoding.UTF8, type);
        request.Headers.Add(Caller.ActorHeader, "model-maker");
        request.Headers.Add(Caller.ReasonHeader, "another%20kettle");
        using var answer = await Pollux.Query.Http.SendAsync(request, Cancel);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!);
    }

    [Fact]
    public async Task A_revision_is_previewed_and_moves_a_running_asset_without_losing_its_readings()
    {
        var (id, asset) = (Pollux.UnregisteredAsset("kettle"), Pollux.UnregisteredAsset("my-kettle"));
        var (status, answer) = await Put(id, Model(id, 1, withLevel: false, withLimit: true));
        Assert.True(status == HttpStatusCode.Created, $"{answer}");
        using var registered = await Pollux.Query.Http.PutAsJsonAsync($"/api/v1/assets/{asset}", new { model = id }, Cancel);
        Assert.Equal(HttpStatusCode.OK, registered.StatusCode);
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await Send(device, asset, "temperature", 95);
        var alarm = (await Eventually.Get(
            "the alarm is there", () => Pollux.Get($"/api/v1/alarms?asset={asset}&state=active"), a => a["items"]!.AsArray().Count == 1))
            ["items"]![0]!;

        // A preview says what a revision would mean, and writes nothing.
        var end = (long)(await Pollux.Get("/api/v1/log/position"))["position"]!;
        var second = Model(id, 2, withLevel: true, withLimit: false);
        (status, answer) = await Put(id, second, "?preview=true");
        Assert.True(status == HttpStatusCode.OK, $"{answer}");
        Assert.Equal(
            ["changed version", "added sensors[level]", "removed limits[hot]"],
            answer["changes"]!.AsArray().Select(c => $"{c!["kind"]} {c["path"]}"));
        Assert.Equal((string)alarm["id"]!, (string)answer["orphanedAlarms"]!.AsArray().Single()!);
        Assert.Equal((1, 0, (string)alarm["id"]!), ((int)answer["assets"]!, (int)answer["moved"]!,
            (string)answer["effects"]![0]!["orphanedAlarms"]![0]!));
        Assert.Contains("orphanedAlarms=clear", (string)answer["problems"]!.AsArray().Single()!, StringComparison.Ordinal);
        Assert.DoesNotContain(
            (await Pollux.Get($"/api/v1/log/events?after={end}&stream=models"))["items"]!.AsArray(),
            e => $"{e}".Contains(id, StringComparison.Ordinal));

        // An alarm that nothing could clear any more is a reason to refuse.
        (status, answer) = await Put(id, second);
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains((string)alarm["id"]!, (string)answer["detail"]!, StringComparison.Ordinal);
        (status, answer) = await Put(id, second, "?orphanedAlarms=clear");
        Assert.Equal((HttpStatusCode.OK, 1, 1), (status, (int)answer["versionBefore"]!, (int)answer["moved"]!));
        await Eventually.Get(
            "the alarm is cleared", () => Pollux.Get($"/api/v1/alarms/{alarm["id"]}"), a => (string)a["state"]! == "cleared");

        // The new sensor's readings count, with those from before.
        await Send(device, asset, "level", 120);
        var twin = await Eventually.Get(
            "the twin has both", () => Pollux.Get($"/api/v1/twins/{asset}"), t => (long)t["readings"]! == 2, t => $"{t}");
        Assert.Equal(
            [("temperature", 95.0), ("level", 120.0)],
            twin["sensors"]!.AsArray().Where(s => s!["value"] is not null).Select(s => ((string)s!["id"]!, (double)s["value"]!)));

        // Repeated, it changes nothing.
        end = (long)(await Pollux.Get("/api/v1/log/position"))["position"]!;
        (status, answer) = await Put(id, second);
        Assert.Equal((HttpStatusCode.OK, 0, 0), (status, answer["changes"]!.AsArray().Count, (int)answer["moved"]!));
        Assert.Equal(0, (long)answer["position"]!);

        // A sensor that is removed is shown no more; its readings stay in the log.
        var third = Model(id, 3, withLevel: true, withLimit: false, withTemperature: false);
        (status, answer) = await Put(id, third, "?preview=true");
        Assert.Equal(("temperature", 1), ((string)answer["effects"]![0]!["removedSensors"]![0]!["id"]!,
            (int)answer["effects"]![0]!["removedSensors"]![0]!["readings"]!));
        Assert.Equal(HttpStatusCode.OK, (await Put(id, third)).Status);
        await Eventually.Get(
            "the twin lacks it", () => Pollux.Get($"/api/v1/twins/{asset}"),
            t => t["sensors"]!.AsArray().Select(s => (string)s!["id"]!).SequenceEqual(["level", "pressure"]), t => $"{t}");
        Assert.Equal(2, (await Pollux.Log.Readings(asset)).Count);

        // Who did it is with the version, and in the log.
        var model = await Pollux.Get($"/api/v1/models/{id}");
        Assert.Equal((third, 3, "model-maker", 1, 0), ((string)model["yaml"]!, (int)model["model"]!["version"]!,
            (string)model["model"]!["by"]!, (int)model["model"]!["assets"]!, (int)model["model"]!["others"]!));
        Assert.Equal([1, 2, 3], model["versions"]!.AsArray().Select(v => (int)v!["version"]!));
        Assert.All((await Pollux.Log.Events<ModelRevised>(Streams.Models)).Where(r => r.ModelId == id), r =>
            Assert.Equal(("model-maker", "another kettle", null), (r.RevisedBy, r.Comment, r.Tenant)));
        var found = await Pollux.Get($"/api/v1/log/events?actor=model-maker&asset={asset}");
        Assert.Equal(2, found["items"]!.AsArray().Count(e => (string)e!["type"]! == "asset_registered"));

        // The same over gRPC, also with a text that is longer than other messages may be.
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = new ModelService.ModelServiceClient(channel);
        Assert.Equal(third, (await rpc.GetModelAsync(new() { ModelId = id }, cancellationToken: Cancel)).Yaml);
        Assert.Contains((await rpc.ListModelsAsync(new(), cancellationToken: Cancel)).Models, m => (m.ModelId, m.Version) == (id, 3));
        var fourth = Model(id, 4, withLevel: true, withLimit: false) + "\n" + new string('#', 200_000);
        var seen = (await rpc.ReviseModelAsync(
            new() { ModelId = id, Yaml = fourth, IsPreview = true }, cancellationToken: Cancel)).Revision;
        Assert.Equal((3, 4, 1, 0), (seen.VersionBefore, seen.Version, seen.Assets, seen.Moved));
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(
            async () => await rpc.ReviseModelAsync(new() { ModelId = id, Yaml = "no model" }, cancellationToken: Cancel))).StatusCode);

        // Another text with the same version is another version.
        (status, answer) = await Put(id, third + "\n# more");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("version 4 or higher", (string)answer["detail"]!, StringComparison.Ordinal);
    }

    static Task Send(Device device, string asset, string sensor, double value) => device.Publish(
        Samples.SenmlTopic(asset), Encoding.UTF8.GetBytes(FormattableString.Invariant($$"""[{"n":"{{sensor}}","v":{{value}}}]""")));

    [Fact]
    public async Task What_is_no_model_is_refused_with_its_line_and_what_is_allowed()
    {
        var id = Pollux.UnregisteredAsset("pot");
        var text = Model(id, 1, withLevel: false, withLimit: false);
        var (status, answer) = await Put(id, text.Replace("unit: bar", "unit: kettles", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.BadRequest, "urn:pollux:problem:invalid-model", "sensors[0].unit", "line 7"),
            (status, (string)answer["type"]!, (string)answer["field"]!, (string)answer["value"]!));
        Assert.Contains("bar", (string)answer["allowed"]!, StringComparison.Ordinal);
        (status, answer) = await Put("other-pot", text);
        Assert.Equal((HttpStatusCode.BadRequest, "id", id), (status, (string)answer["field"]!, (string)answer["value"]!));
        Assert.Equal("id", (string)(await Put("No Pot", text)).Answer["field"]!);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await Put(id, "{}", type: "application/json")).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Put(id, text + new string('#', 1 << 20))).Status);
        (status, answer) = await Put(id, text, "?orphanedAlarms=keep");
        Assert.Equal((HttpStatusCode.BadRequest, "orphanedAlarms", "clear"),
            (status, (string)answer["field"]!, (string)answer["allowed"]!));
        (status, answer) = await Put("extrusion-line", (await Pollux.Get("/api/v1/models/extrusion-line"))["yaml"] is { } yaml
            ? $"{yaml}\n# changed" : "");
        Assert.Equal(HttpStatusCode.Conflict, status);
        using var unknown = await Pollux.Query.Http.GetAsync($"/api/v1/models/{id}", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Contains("extrusion-line", (await Pollux.Get("/api/v1/models"))["items"]!.AsArray().Select(m => (string)m!["id"]!));
    }
}
