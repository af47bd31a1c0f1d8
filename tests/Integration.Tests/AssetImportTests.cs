using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Contracts.Events;
using Contracts.Query.V1;
using Grpc.Net.Client;
using Integration.Tests.Running;
using ServiceDefaults;

namespace Integration.Tests;

/// <summary>Lists of assets, and labels.</summary>
public class AssetImportTests(RunningSystem system) : SystemTest<RunningSystem>(system), IClassFixture<RunningSystem>
{
    const int Many = 1_000;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    HttpClient Api => Pollux.Query.Http;

    async Task<JsonNode> Import(string text, string type = "text/csv")
    {
        using var answer = await Send(text, type);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Cancel));
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!;
    }

    async Task<HttpResponseMessage> Send(string text, string type, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/assets:import");
        request.Content = new StringContent(text, Encoding.UTF8, new MediaTypeHeaderValue(type));
        request.Headers.Accept.ParseAdd(accept);
        return await Api.SendAsync(request, Cancel);
    }

    static (int Registered, int Updated, int Unchanged, int Rejected, bool Finished) Counts(JsonNode progress) => (
        (int)progress["registered"]!, (int)progress["updated"]!, (int)progress["unchanged"]!, (int)progress["rejected"]!,
        (bool)progress["finished"]!);

    [Fact]
    public async Task A_list_is_registered_repeated_and_changed_and_errors_name_their_line()
    {
        await Pollux.Register("extrusion-line", "first");
        var list = new StringBuilder("id,model,name,labels\n");
        for (var i = 0; i < Many; i++)
        {
            var plant = i % 2 == 0 ? "north" : "south";
            list.Append(CultureInfo.InvariantCulture, $"press-{i:0000},extrusion-line,Press {i},plant={plant};hall=h{i % 7}\n");
        }
        list.Append("Bad Id,extrusion-line,,\npress-0007,extrusion-line,Again,\nother-1,no-such-model,,\npump-loop,extrusion-line,,\n");
        var done = await Import(list.ToString());
        Assert.Equal((Many, 0, 0, 4, true), Counts(done));
        Assert.Equal(Many + 4, (int)done["rows"]!);
        Assert.Equal(
            [(1002, "Bad Id"), (1003, "press-0007"), (1004, "other-1"), (1005, "pump-loop")],
            done["errors"]!.AsArray().Select(e => ((int)e!["line"]!, (string)e["id"]!)));
        Assert.Contains("line 9", (string)done["errors"]![1]!["reason"]!, StringComparison.Ordinal);

        // All can be read at once, in the API and in the log.
        var last = await Pollux.Get("/api/v1/assets/press-0999");
        Assert.Equal(("Press 999", "south", "h5"),
            ((string)last["name"]!, (string)last["labels"]!["plant"]!, (string)last["labels"]!["hall"]!));
        Assert.InRange((long)done["position"]!, Many, await Pollux.Log.Position());
        Assert.Equal(72, (await Pollux.Get("/api/v1/assets?label=hall%3Dh3&search=press&limit=500"))["items"]!.AsArray()
            .Count(a => (string)a!["labels"]!["plant"]! == "south"));

        // Again: nothing changes. With another name or model: only that.
        Assert.Equal((0, 0, Many, 4, true), Counts(await Import(list.ToString())));
        Assert.Single(await Pollux.Log.Events<AssetRegistered>(Streams.Asset("press-0000")));
        var changed = await Import(
            "{\"id\":\"press-0000\",\"model\":\"extrusion-line\",\"name\":\"Renamed\"}\n"
                + "{\"id\":\"press-0001\",\"model\":\"extrusion-line\",\"labels\":{}}\n"
                + "{\"id\":\"press-0002\",\"model\":\"extrusion-line\"}\n{\"id\":3}\n", "application/x-ndjson");
        Assert.Equal((0, 2, 1, 1, true), Counts(changed));
        Assert.Equal(("Renamed", "north"), await NameAndPlant("press-0000"));
        Assert.Equal(("Press 1", null), await NameAndPlant("press-0001"));

        // A new asset takes readings like any other.
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await Eventually.Get("ingest knows it", async () =>
        {
            await device.Publish("pollux/press-0999/sensors/zone-1-temperature", "180");
            return await Pollux.Twins.View("press-0999");
        }, twin => twin?.Readings > 0);
    }

    async Task<(string, string?)> NameAndPlant(string id)
    {
        var asset = await Pollux.Get($"/api/v1/assets/{id}");
        return ((string)asset["name"]!, (string?)asset["labels"]!["plant"]);
    }

    [Fact]
    public async Task Progress_is_reported_line_by_line()
    {
        await Pollux.Register("extrusion-line", "first");
        using var answer = await Send("id,model\nreported-1,extrusion-line\n", "text/csv", "application/x-ndjson");
        var lines = (await answer.Content.ReadAsStringAsync(Cancel)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((1, 0, 0, 0, true), Counts(JsonNode.Parse(lines[^1])!));
        Assert.Null((string?)JsonNode.Parse(lines[^1])!["error"]);
    }

    [Fact]
    public async Task What_comes_before_a_line_that_ends_the_list_is_registered_and_counted()
    {
        await Pollux.Register("extrusion-line", "first");
        var list = new StringBuilder();
        for (var i = 0; i < 300; i++)
            list.Append(CultureInfo.InvariantCulture, $"{{\"id\":\"ends-{i}\",\"model\":\"extrusion-line\"}}\n");
        list.Append('x', 70_000);
        using (var refused = await Send(list.ToString(), "application/x-ndjson"))
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        using var reported = await Send(list.ToString(), "application/x-ndjson", "application/x-ndjson");
        var lines = (await reported.Content.ReadAsStringAsync(Cancel)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var last = JsonNode.Parse(lines[^1])!;
        Assert.Equal((0, 0, 300, 0, true), Counts(last));
        Assert.Equal(300, (int)last["rows"]!);
        Assert.Contains("Line 301", (string)last["error"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/csv", "id,model,site\na,b,c\n", 400, "header")]
    [InlineData("text/csv", "", 400, "header")]
    [InlineData("application/json", "{}", 415, null)]
    public async Task A_list_that_cannot_be_read_is_refused(string type, string text, int status, string? field)
    {
        using var answer = await Send(text, type);
        Assert.Equal(status, (int)answer.StatusCode);
        if (field is not null) Assert.Equal(field, (string)(await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!["field"]!);
    }

    [Fact]
    public async Task Labels_are_given_kept_and_refused()
    {
        await Pollux.Register("extrusion-line", "first");
        async Task<(int Status, JsonNode Body)> Put(object body)
        {
            using var answer = await Api.PutAsJsonAsync("/api/v1/assets/labelled", body, Cancel);
            return ((int)answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!);
        }
        var first = await Put(new { model = "extrusion-line", labels = new { plant = "north" } });
        Assert.Equal((200, "north"), (first.Status, (string)first.Body["labels"]!["plant"]!));
        var renamed = await Put(new { model = "extrusion-line", name = "L" });
        Assert.Equal((200, "L", "north"), (renamed.Status, (string)renamed.Body["name"]!, (string)renamed.Body["labels"]!["plant"]!));
        foreach (var (key, value) in new[] { ("Plant", "x"), ("plant", ""), ("plant", "a\u0001") })
        {
            Dictionary<string, string> labels = new() { [key] = value };
            Assert.Equal(400, (await Put(new { model = "extrusion-line", labels })).Status);
        }

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = new AssetService.AssetServiceClient(channel);
        var many = await rpc.RegisterAssetsAsync(new()
        {
            Assets =
            {
                new RegisterAssetRequest { AssetId = "by-grpc", ModelId = "extrusion-line", Labels = { ["plant"] = "west" } },
                new RegisterAssetRequest { AssetId = "labelled", ModelId = "extrusion-line" },
                new RegisterAssetRequest { AssetId = "No", ModelId = "extrusion-line" },
            },
        }, cancellationToken: Cancel);
        Assert.Equal((1, 0, 1, 2, "No"), (many.Registered, many.Updated, many.Unchanged, many.Rejected[0].Index, many.Rejected[0].AssetId));
        var west = await rpc.ListAssetsAsync(new() { Label = "plant=west" }, cancellationToken: Cancel);
        Assert.Equal("by-grpc", Assert.Single(west.Assets).Id);
        var refused = new RegisterAssetsRequest();
        for (var i = 0; i < 250; i++) refused.Assets.Add(new RegisterAssetRequest { AssetId = $"No {i}", ModelId = "extrusion-line" });
        Assert.Equal(250, (await rpc.RegisterAssetsAsync(refused, cancellationToken: Cancel)).Rejected.Count);
        var none = await Assert.ThrowsAsync<Grpc.Core.RpcException>(
            async () => await rpc.RegisterAssetsAsync(new(), cancellationToken: Cancel));
        Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, none.StatusCode);
    }
}
