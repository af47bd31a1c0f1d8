using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Contracts.Query.V1;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using ServiceDefaults;

namespace Query.Tests;

public partial class ProblemTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/nothing", 404, "not-found", null, null, null)]
    [InlineData("GET", "/api/v1/twins/nobody", 404, "not-found", null, null, null)]
    [InlineData("PATCH", "/api/v1/twins", 405, "method-not-allowed", null, null, null)]
    [InlineData("GET", "/api/v1/twins?limit=501", 400, "invalid-input", "limit", "501", "1 to 500")]
    [InlineData("GET", "/api/v1/twins?limit=many", 400, "invalid-input", "limit", "many", "a whole number")]
    [InlineData("GET", "/api/v1/twins?limit=999999999999", 400, "invalid-input", "limit", "999999999999",
        "a whole number from -2147483648 to 2147483647")]
    [InlineData("GET", "/api/v1/log/events?stream=telemetri/line-7/*", 400, "invalid-input", "stream", "telemetri/line-7/*",
        "asset, calibration, correction, decision, graph, model, models, policies, questions, rebuild, refused, rejected, "
            + "retention, scenario, seal, telemetry, twin, with / and what comes after it, or * at the end")]
    [InlineData("GET", "/api/v1/twins/watch?assets=a&assets=b", 400, "invalid-input", "assets", "a,b", "one value; it was given 2 times")]
    [InlineData("GET", "/api/v1/twins?limit=", 400, "invalid-input", "limit", "", "a whole number")]
    [InlineData("GET", "/api/v1/twins?stale", 400, "invalid-input", "stale", "", "true, false")]
    [InlineData("GET", "/api/v1/twins/extrusion-line?minPosition=", 400, "invalid-input", "minPosition", "", "a whole number")]
    [InlineData("GET", "/api/v1/twins/extrusion-line?knownAt=", 400, "invalid-input", "knownAt", "", "a value, or leave the parameter out")]
    [InlineData("GET", "/api/v1/twins/extrusion-line?validAt=10:00:00", 400, "invalid-input", "validAt", "10:00:00",
        "a time in ISO 8601, e.g. 2026-03-01T06:00:00Z")]
    [InlineData("GET", "/api/v1/twins?search=%FF", 400, "invalid-input", "search", "%FF", "percent-encoded UTF-8")]
    [InlineData("PUT", "/api/v1/assets/a%0A", 400, "invalid-input", "id", "a\n",
        "kebab-case: a-z, 0-9, single dashes, at most 64 characters; not unknown")]
    [InlineData("PUT", "/api/v1/assets/unknown", 400, "invalid-input", "id", "unknown",
        "kebab-case: a-z, 0-9, single dashes, at most 64 characters; not unknown")]
    [InlineData("GET", "/api/v1/twins?stale=perhaps", 400, "invalid-input", "stale", "perhaps", "true, false")]
    [InlineData("GET", "/api/v1/twins?severity=bad", 400, "invalid-input", "severity", "bad", "warning, alarm, critical")]
    [InlineData("GET", "/api/v1/twins/extrusion-line?minPosition=-1", 400, "invalid-input", "minPosition", "-1", "0 or more")]
    [InlineData("GET", "/api/v1/twins/watch?assets=extrusion-line&after=1.2,3.4", 400, "invalid-input", "after", "1.2,3.4",
        "position.revision, the id of an earlier event")]
    [InlineData("GET", "/api/v1/scenarios", 503, "log-unreachable", null, null, null)]
    public async Task Every_error_says_its_kind_and_the_field_at_fault(
        string method, string path, int status, string kind, string? field, string? value, string? allowed)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (method == "PUT") request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        await AssertProblem(request, status, kind, field, value, allowed);
    }

    [Theory]
    [InlineData("/api/v1/log/watch?stream=seal", 400, "stream")]
    [InlineData("/api/v1/alarms?since=2999-01-01", 400, "since")]
    [InlineData("/api/v1/twins?model=no-such", 404, "model")]
    [InlineData("/api/v1/assets?model=no-such", 404, "model")]
    [InlineData("/api/v1/graph?model=no-such", 404, "model")]
    public async Task A_filter_by_what_there_is_not_says_what_there_is(string path, int status, string field)
    {
        using var answer = await QueryApi.Default.Http.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        var problem = await QueryApi.Json(answer);
        Assert.Equal((status, field), ((int)answer.StatusCode, (string?)problem["field"]));
        Assert.True(((string)problem["allowed"]!).Length > 5);
    }

    [Fact]
    public void What_a_library_refuses_is_a_fault_of_ours()
    {
        Dictionary<string, int> twice = new() { ["a"] = 1 };
        Assert.Equal(ProblemKind.Internal, Errors.Meaning(Assert.Throws<ArgumentException>(() => twice.Add("a", 2))).Kind);
        Assert.Equal(ProblemKind.InvalidInput, Errors.Meaning(Assert.Throws<InvalidInputException>(
            () => Query.Api.Input.Position("after", -1))).Kind);
    }

    [Theory]
    [InlineData("PUT", "/api/v1/assets/line-9")]
    [InlineData("POST", "/api/v1/scenarios")]
    public async Task A_body_that_is_no_json_is_refused_by_its_type(string method, string path)
    {
        using var request = new HttpRequestMessage(new(method), path) { Content = new StringContent("a", Encoding.UTF8, "text/plain") };
        await AssertProblem(request, 415, "unsupported-media-type", "Content-Type", "text/plain; charset=utf-8", "application/json");
    }

    [Theory, InlineData("/"), InlineData(""), InlineData("application/yaml; charset=latin1")]
    public async Task A_type_that_is_none_is_refused_like_any_other(string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/models/press") { Content = new ByteArrayContent([97]) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var answer = await QueryApi.Default.Http.SendAsync(request, Cancel);
        Assert.Equal((415, "Content-Type"), ((int)answer.StatusCode, (string?)(await QueryApi.Json(answer))["field"]));
    }

    [Fact]
    public async Task A_body_that_is_too_large_names_the_limit()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/decisions")
        {
            Content = new StringContent($"\"{new string('a', 70_000)}\"", Encoding.UTF8, "application/json"),
        };
        await AssertProblem(request, 413, "too-large", "body", null, "at most 65536 bytes");
    }

    [Fact]
    public async Task A_member_of_another_type_is_named()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/decisions")
        {
            Content = new StringContent("""{"asset":"a","horizonDays":"long"}""", Encoding.UTF8, "application/json"),
        };
        await AssertProblem(request, 400, "invalid-input", "horizonDays", null, "members and types as in the API reference");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/scalar")]
    [InlineData("/openapi/v1.json")]
    public async Task Head_is_answered_wherever_get_is(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var answer = await QueryApi.Default.Http.SendAsync(request, Cancel);
        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Fact]
    public void A_time_in_a_problem_is_in_iso_8601() =>
        Assert.Equal("2026-03-01T12:00:00+01:00",
            new InvalidInputException("from", new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(1)), "x").Value);

    [Fact]
    public async Task An_error_is_sent_even_to_who_accepts_only_csv()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/twins?limit=0")
        {
            Headers = { Accept = { new MediaTypeWithQualityHeaderValue("text/csv") } },
        };
        await AssertProblem(request, 400, "invalid-input", "limit", "0", "1 to 500");
    }

    [Fact]
    public async Task Too_many_requests_are_told_when_to_come_back()
    {
        // Uses a service of its own, since the limit is per address.
        for (var i = 0; i <= QueryApi.Permits; i++)
        {
            using var answer = await QueryApi.ForBrowsers.Http.GetAsync("/api/v1/twins/nobody/history?sensor=x", Cancel);
            if ((int)answer.StatusCode == 404) continue;
            Assert.Equal((429, "10"), ((int)answer.StatusCode, answer.Headers.RetryAfter?.ToString()));
            Assert.Equal("urn:pollux:problem:busy", (string)(await QueryApi.Json(answer))["type"]!);
            return;
        }
        Assert.Fail("no limit");
    }

    [Fact]
    public async Task Too_many_calls_over_grpc_are_told_when_to_come_back()
    {
        using var channel = GrpcChannel.ForAddress(QueryApi.ForLimits.Grpc);
        var histories = new HistoryService.HistoryServiceClient(channel);
        RpcException refused;
        var calls = 0;
        do
        {
            refused = await Assert.ThrowsAsync<RpcException>(
                async () => await histories.GetHistoryAsync(new() { AssetId = "nobody" }, cancellationToken: Cancel));
        }
        while (refused.StatusCode == StatusCode.NotFound && ++calls <= QueryApi.Permits);
        Assert.Equal((StatusCode.ResourceExhausted, "Too many requests; RetryInfo says when to try again."),
            (refused.StatusCode, refused.Status.Detail));
        Assert.Equal(TimeSpan.FromSeconds(10), refused.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());
        Assert.Equal("BUSY", refused.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);

        using var emptyMessage = new ByteArrayContent(new byte[5]) { Headers = { ContentType = new("application/grpc-web+proto") } };
        using var web = await QueryApi.ForLimits.Http.PostAsync("/pollux.query.v1.HistoryService/GetHistory", emptyMessage, Cancel);
        Assert.Equal((200, "application/grpc-web+proto"), ((int)web.StatusCode, web.Content.Headers.ContentType?.MediaType));
        Assert.Equal("8", Assert.Single(web.Headers.GetValues("grpc-status")));
        var details = Assert.Single(web.Headers.GetValues("grpc-status-details-bin"));
        var status = Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '=')));
        Assert.Equal(10, status.GetDetail<RetryInfo>()!.RetryDelay.Seconds);
    }

    static async Task AssertProblem(HttpRequestMessage request, int status, string kind, string? field, string? value, string? allowed)
    {
        using var answer = await QueryApi.Default.Http.SendAsync(request, Cancel);
        Assert.Equal((status, Problem.MediaType), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var problem = await QueryApi.Json(answer);
        Assert.Equal(($"urn:pollux:problem:{kind}", status), ((string)problem["type"]!, (int)problem["status"]!));
        Assert.Equal((field, value, allowed), ((string?)problem["field"], (string?)problem["value"], (string?)problem["allowed"]));
        Assert.Equal(ProblemKind.All.Single(k => k.Name == kind).Title, (string)problem["title"]!);
        Assert.Equal(request.RequestUri!.AbsolutePath, (string)problem["instance"]!);
        Assert.Matches("^[0-9a-f]{32}$", (string)problem["traceId"]!);
        Assert.NotEqual("", (string)problem["detail"]!);
    }

    [Fact]
    public async Task The_trace_id_is_that_of_the_callers_trace()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nothing")
        {
            Headers = { { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } },
        };
        using var answer = await QueryApi.Default.Http.SendAsync(request, Cancel);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", (string)(await QueryApi.Json(answer))["traceId"]!);
    }

    [Fact]
    public async Task A_grpc_error_names_kind_and_field_in_its_details()
    {
        using var channel = GrpcChannel.ForAddress(QueryApi.Default.Grpc);
        var twins = new TwinService.TwinServiceClient(channel);
        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await twins.ListTwinsAsync(new() { Limit = 501 }, cancellationToken: Cancel));
        var status = refused.GetRpcStatus()!;
        Assert.Equal(((int)StatusCode.InvalidArgument, refused.Status.Detail), (status.Code, status.Message));
        Assert.Equal(("INVALID_INPUT", "pollux"), (status.GetDetail<ErrorInfo>()!.Reason, status.GetDetail<ErrorInfo>()!.Domain));
        Assert.Equal("urn:pollux:problem:invalid-input", status.GetDetail<ErrorInfo>()!.Metadata["type"]);
        Assert.Matches("^[0-9a-f]{32}$", status.GetDetail<RequestInfo>()!.RequestId);
        var violation = Assert.Single(status.GetDetail<BadRequest>()!.FieldViolations);
        Assert.Equal(("limit", "'501'; allowed: 1 to 500"), (violation.Field, violation.Description));

        var missing = await Assert.ThrowsAsync<RpcException>(
            async () => await twins.GetTwinAsync(new() { AssetId = "nobody" }, cancellationToken: Cancel));
        Assert.Equal("NOT_FOUND", missing.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        Assert.Null(missing.GetRpcStatus()!.GetDetail<BadRequest>());

        // A stream fails the same way.
        using var watch = twins.WatchTwins(new(), cancellationToken: Cancel);
        var empty = await Assert.ThrowsAsync<RpcException>(async () => await watch.ResponseStream.MoveNext(Cancel));
        Assert.Equal("assets", Assert.Single(empty.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations).Field);
    }

    [Theory]
    [InlineData("GetTwin", "FFFFFF")]
    [InlineData("GetTwin", "0A01FF")] // a text that is not UTF-8
    [InlineData("WatchTwins", "FFFFFF")]
    public async Task Bytes_that_are_no_message_are_refused_over_grpc(string method, string hex)
    {
        var bytes = Convert.FromHexString(hex);
        using var channel = GrpcChannel.ForAddress(QueryApi.Default.Grpc);
        var plain = Marshallers.Create<byte[]>(b => b, b => b);
        using var call = channel.CreateCallInvoker().AsyncServerStreamingCall(
            new Method<byte[], byte[]>(MethodType.ServerStreaming, "pollux.query.v1.TwinService", method, plain, plain), null,
            new(cancellationToken: Cancel), bytes);
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancel));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        var violation = Assert.Single(refused.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations);
        Assert.Equal(("request", $"'bytes that cannot be read'; allowed: one whole {method}Request message with text in UTF-8"),
            (violation.Field, violation.Description));

        using var frame = new ByteArrayContent([0, 0, 0, 0, (byte)bytes.Length, .. bytes])
        {
            Headers = { ContentType = new("application/grpc-web+proto") },
        };
        using var web = await QueryApi.Default.Http.PostAsync($"/pollux.query.v1.TwinService/{method}", frame, Cancel);
        Assert.Equal("3", Assert.Single(web.Headers.GetValues("grpc-status")));
    }

    [Fact]
    public void The_kinds_of_errors_are_listed_in_the_readme()
    {
        var repository = typeof(ProblemTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(m => m.Key == "Repository").Value!;
        Assert.Equal(
            ProblemKind.All.Select(k => (k.Type, k.Title, k.Status)),
            KindInReadme().Matches(File.ReadAllText(Path.Combine(repository, "services", "query", "README.md")))
                .Select(m => (m.Groups["type"].Value, m.Groups["title"].Value,
                    int.Parse(m.Groups["status"].Value, System.Globalization.CultureInfo.InvariantCulture))));
    }

    [GeneratedRegex(@"^\| `(?<type>urn:pollux:problem:[a-z-]+)` \| (?<status>\d+) \| (?<title>[^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex KindInReadme();
}
