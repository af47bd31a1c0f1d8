using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Contracts.Query.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Integration.Tests.Running;

namespace Integration.Tests;

/// <summary>What the query APIs refuse, and what they say about it.</summary>
[Collection<OnOneSystem>]
public class RefusalTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    HttpClient Api => Pollux.Query.Http;

    public static TheoryData<string, string, string?, string> NotUnderstood => new()
    {
        { "GET", "/api/v1/twins?filter=x", null, "filter" },
        { "GET", "/api/v1/alarms?knownAt=never", null, "knownAt" },
        { "GET", "/api/v1/alarms?knownAt=999999999", null, "knownAt" },
        { "GET", "/api/v1/alarms?validAt=2999-01-01", null, "validAt" },
        { "GET", "/api/v1/twins?validAt=2999-01-01", null, "validAt" },
        { "GET", "/api/v1/twins?knownAt=999999999", null, "knownAt" },
        { "GET", "/api/v1/twins?knownAt=1&sync=lost", null, "sync" },
        { "GET", "/api/v1/twins:diff", null, "from" },
        { "GET", "/api/v1/twins:diff?fromKnownAt=999999999", null, "fromKnownAt" },
        { "GET", "/api/v1/assets?knownAt=999999999", null, "knownAt" },
        { "GET", "/api/v1/assets?validAt=yesterday", null, "validAt" },
        { "GET", "/api/v1/assets/{asset}?knownAt=999999999", null, "knownAt" },
        { "GET", "/api/v1/assets/{asset}/model?validAt=2999-01-01T00:00:00Z", null, "validAt" },
        { "GET", "/api/v1/health?knownAt=999999999", null, "knownAt" },
        { "GET", "/api/v1/scenarios?validAt=2999-01-01", null, "validAt" },
        { "GET", "/api/v1/decisions?validAt=noon", null, "validAt" },
        { "GET", "/api/v1/calibrations?validAt=2999-01-01", null, "validAt" },
        { "GET", "/api/v1/scenarios?knownAt=999999999", null, "knownAt" },
        { "GET", "/api/v1/decisions?knownAt=999999999", null, "knownAt" },
        { "GET", "/api/v1/calibrations?knownAt=999999999", null, "knownAt" },
        { "GET", "/api/v1/twins?knownAt=1&limit=501", null, "limit" },
        { "GET", "/api/v1/twins/{asset}/diff", null, "from" },
        { "GET", "/api/v1/log/events/abc/proof", null, "position" },
        { "GET", "/api/v1/log/events/99999999999999999999999/proof", null, "position" },
        { "GET", "/api/v1/twins/{asset}/diff?from=2999-01-01", null, "from" },
        { "GET", "/api/v1/twins/{asset}/diff?from=2026-01-01&toKnownAt=999999999", null, "toKnownAt" },
        { "GET", "/api/v1/log/events?limit=1&limit=2", null, "limit" },
        { "GET", "/api/v1/log/events?stream=%00", null, "stream" },
        { "GET", "/api/v1/scenarios?asset=%00", null, "asset" },
        { "GET", "/api/v1/decisions?asset=%00", null, "asset" },
        { "GET", "/api/v1/rejected?asset=%00", null, "asset" },
        { "GET", "/api/v1/twins/{asset}?knownAt=999999999", null, "knownAt" },
        { "GET", "/api/v1/twins/{asset}?minPosition=999999999", null, "minPosition" },
        { "GET", "/api/v1/twins/{asset}/watch?after=999999999.1", null, "after" },
        { "GET", "/api/v1/twins/{asset}/history?sensor=melt-temperature&from=0001-01-01", null, "from" },
        { "GET", "/api/v1/twins/{asset}/history?sensor=melt-temperature&from=9999-12-30&to=9999-12-31", null, "from" },
        { "PUT", "/api/v1/assets/x", """{"model":"extrusion-line","name":"a\u0000b"}""", "name" },
        { "PUT", "/api/v1/assets/x", """{"model":"extrusion-line","label":"x"}""", "label" },
        { "POST", "/api/v1/assets/{asset}/components/gearbox-bearing:replaced", """{"at":"x","by":"me"}""", "at" },
        { "POST", "/api/v1/assets/{asset}/components/gearbox-bearing:failed", """{"by":"m\u0000e"}""", "by" },
        { "POST", "/api/v1/backtests", """{"from":"x"}""", "from" },
        { "POST", "/api/v1/scenarios", """{"asset":"extrusion-line","name":"a\u0000b"}""", "name" },
        { "POST", "/api/v1/scenarios", """{"asset":"extrusion-line","knownAt":0}""", "knownAt" },
        { "POST", "/api/v1/scenarios", """{"asset":"extrusion-line","interventions":[{"target":"x\u0000"}]}""", "interventions[0].target" },
        { "POST", "/api/v1/decisions", """{"asset":"extrusion-line","component":"\ud800"}""", "component" },
    };

    [Theory, MemberData(nameof(NotUnderstood))]
    public async Task What_is_not_understood_is_refused_with_the_field_and_what_is_allowed(
        string method, string path, string? body, string field)
    {
        using var request = new HttpRequestMessage(new(method), path.Replace("{asset}", "extrusion-line", StringComparison.Ordinal));
        if (body is not null) request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await Api.SendAsync(request, Cancel);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal((HttpStatusCode.BadRequest, field), (answer.StatusCode, (string?)problem["field"]));
        Assert.NotEmpty((string)problem["allowed"]!);
    }

    [Fact]
    public async Task A_time_before_the_asset_was_known_is_not_found()
    {
        using var answer = await Api.GetAsync("/api/v1/twins/extrusion-line?validAt=0001-01-01", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Grpc_refuses_text_with_nul_by_the_name_of_its_field()
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await new TwinService.TwinServiceClient(channel).GetTwinAsync(new()
        {
            AssetId = "a\0b",
        }, cancellationToken: Cancel));
        Assert.Equal((StatusCode.InvalidArgument, "asset_id"), (refused.StatusCode, refused.Trailers.GetValue("field")));
    }

    [Theory]
    [InlineData("twins/nobody", 404, null)]
    [InlineData("twins/{asset}?validAt=yesterday", 400, "validAt")]
    [InlineData("twins/{asset}?knownAt=never", 400, "knownAt")]
    [InlineData("twins/{asset}/health?validAt=2020-01-01T00:00:00Z", 404, "validAt")]
    [InlineData("twins/{asset}/history?sensor=melt-temperature&points=1", 400, "points")]
    [InlineData("twins/{asset}/history?sensor=nothing", 400, "sensor")]
    [InlineData("twins/{asset}/history?sensor=melt-temperature&knownAt=never", 400, "knownAt")]
    [InlineData("twins/{asset}/history?sensor=melt-temperature&knownAt=-5", 400, "knownAt")]
    [InlineData("twins/{asset}/history?sensor=melt-temperature&knownAt=99999999999999999999", 400, "knownAt")]
    [InlineData("twins/{asset}/history?sensor=melt-temperature&knownAt=2026-03-01T00:00:00Z&from=2026-03-02T00:00:00Z", 400, "from")]
    [InlineData("twins/nobody/history?sensor=melt-temperature&knownAt=5", 404, null)]
    [InlineData("alarms?state=broken", 400, "state")]
    [InlineData("alarms?cursor=xyz", 400, "cursor")]
    [InlineData("twins?limit=100000", 400, "limit")]
    [InlineData("alarms/none", 404, null)]
    [InlineData("rejected/none", 404, null)]
    public async Task Bad_input_is_answered_with_problem_details(string path, int status, string? field)
    {
        using var answer = await Api.GetAsync($"/api/v1/{path.Replace("{asset}", "extrusion-line", StringComparison.Ordinal)}", Cancel);
        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel);
        Assert.Equal(field, (string?)problem!["field"]);
        Assert.NotEqual("", (string)problem["detail"]!);
    }
}
