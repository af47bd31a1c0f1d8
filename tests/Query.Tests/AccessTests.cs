using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults;
using ServiceDefaults.Access;

namespace Query.Tests;

/// <summary>
/// Every operation of REST and gRPC, as nobody, with bad tokens and with each role. Requests that get through are recognised by the refusal
/// of a parameter that does not exist, or of bytes that are no message.
/// </summary>
public sealed partial class AccessTests : IAsyncLifetime
{
    static readonly Roles[] Each = [Roles.Viewer, Roles.Operator, Roles.Engineer, Roles.Auditor, Roles.Admin];

    Issuer issuer = null!;
    QueryApi api = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => api = QueryApi.Guarded((issuer = await Issuer.Start()).Address);

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        await issuer.DisposeAsync();
    }

    [Fact]
    public void Every_operation_is_in_the_table_and_nothing_else_is()
    {
        var operations = api.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Where(e => e.Metadata.GetMetadata<GrpcMethodMetadata>() is not null
                || (e as RouteEndpoint)?.RoutePattern.RawText?.StartsWith("/api/v1", StringComparison.Ordinal) == true)
            .Select(CheckAccess.OperationOf).OfType<string>().Select(o => o.ToUpperInvariant()).ToHashSet();
        Assert.True(operations.Count > 60);
        // Of ingest and the plant.
        operations.UnionWith(
            ["IMPORTTELEMETRY", "LISTFAULTS", "GETPLANT", "SETOPERATION", "SWITCHONFAULT", "SWITCHOFFFAULT", "PACETIMELAPSE"]);
        var inTable = AccessTable.Operations.Select(o => o.ToUpperInvariant()).ToHashSet();
        Assert.Equal(([], []), (operations.Except(inTable).Order().ToArray(), inTable.Except(operations).Order().ToArray()));
    }

    [Fact]
    public async Task Each_rest_operation_answers_as_the_table_says()
    {
        var operations = await RestOperations();
        Assert.True(operations.Count > 60);
        List<string> wrong = [];
        foreach (var (name, method, path) in operations)
        {
            foreach (var (what, token) in BadTokens()) await Expect(name, what, method, path, token, HttpStatusCode.Unauthorized);
            foreach (var role in Each)
                await Expect(
                    name, $"{role}", method, path, issuer.Token(roles: [.. AccessTable.Names(role)]),
                    AccessTable.Of(name).HasFlag(role) ? HttpStatusCode.BadRequest : HttpStatusCode.Forbidden);
        }
        Assert.Empty(wrong);

        async Task Expect(string name, string what, string method, string path, string? token, HttpStatusCode expected)
        {
            var (status, body, _) = await Rest(method, path, token);
            if (status != expected || (status == HttpStatusCode.BadRequest && (string?)body["field"] != "no-such-parameter"))
                wrong.Add($"{name} as {what}: {status} {body}");
        }
    }

    [Fact]
    public async Task Each_grpc_method_answers_as_the_table_says()
    {
        var methods = api.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(e => e.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method).OfType<IMethod>()
            .Where(m => m.ServiceName.StartsWith("pollux.", StringComparison.Ordinal)).DistinctBy(m => m.FullName).ToList();
        Assert.True(methods.Count > 50);
        using var channel = GrpcChannel.ForAddress(api.Grpc);
        List<string> wrong = [];
        foreach (var method in methods)
        {
            foreach (var (what, token) in BadTokens()) await Expect(method, what, token, StatusCode.Unauthenticated);
            foreach (var role in Each)
                await Expect(
                    method, $"{role}", issuer.Token(roles: [.. AccessTable.Names(role)]),
                    AccessTable.Of(method.Name).HasFlag(role) ? StatusCode.InvalidArgument : StatusCode.PermissionDenied);
        }
        Assert.Empty(wrong);

        async Task Expect(IMethod method, string what, string? token, StatusCode expected)
        {
            var bytes = Marshallers.Create<byte[]>(b => b, b => b);
            Metadata headers = [];
            if (token is not null) headers.Add("authorization", $"Bearer {token}");
            var call = channel.CreateCallInvoker().AsyncServerStreamingCall(
                new Method<byte[], byte[]>(MethodType.ServerStreaming, method.ServiceName, method.Name, bytes, bytes), null,
                new CallOptions(headers, cancellationToken: Cancel), [0xff]);
            var status = (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancel))).StatusCode;
            if (status != expected) wrong.Add($"{method.FullName} as {what}: {status}");
        }
    }

    [Fact]
    public async Task A_refusal_says_why_and_what_to_do()
    {
        foreach (var (token, challenge, says) in new (string?, string, string)[]
        {
            (null, "Bearer", "send 'Authorization: Bearer"),
            (issuer.Token(minutes: -60), "Bearer error=\"invalid_token\"", "The token expired at"),
            (issuer.Token(audience: "other"), "Bearer error=\"invalid_token\"", "for another audience"),
            (issuer.Token(issuer: "http://elsewhere"), "Bearer error=\"invalid_token\"", "from 'http://elsewhere'"),
            (issuer.Token(isForged: true), "Bearer error=\"invalid_token\"", "not signed with a key of the issuer"),
            ("not-a-token", "Bearer error=\"invalid_token\"", "not understood"),
            (issuer.Token(name: null), "Bearer error=\"invalid_token\"", "no claim preferred_username"),
            (issuer.Token(roles: []), "Bearer error=\"insufficient_scope\"",
                "listTwins is for viewer, operator, engineer, auditor, admin; the token of ada has no role"),
            (issuer.Token(roles: ["boss"]), "Bearer error=\"insufficient_scope\"", "has the roles boss"),
        })
        {
            var (_, body, headers) = await Rest("GET", "/api/v1/twins", token);
            Assert.Contains(says, (string)body["detail"]!, StringComparison.Ordinal);
            Assert.Equal(challenge, headers.WwwAuthenticate.ToString());
        }
    }

    [Fact]
    public async Task A_tenant_is_asked_for_nothing_of_the_whole_system()
    {
        List<string> wrong = [];
        foreach (var (name, method, path) in await RestOperations())
        {
            var (status, body, _) = await Rest(method, path, issuer.Token(roles: ["admin", "auditor", "engineer"], tenant: "north"));
            if (status == HttpStatusCode.Forbidden != AccessTable.IsOfSystem(name)) wrong.Add($"{name}: {status} {body}");
        }
        Assert.Empty(wrong);
        var (refused, why, _) = await Rest("GET", "/api/v1/replicas", issuer.Token(roles: ["admin"], tenant: "north"));
        Assert.Equal(HttpStatusCode.Forbidden, refused);
        Assert.Contains("for callers without a tenant; the token of ada is of north", (string)why["detail"]!, StringComparison.Ordinal);
        (refused, why, _) = await Rest("GET", "/api/v1/twins", issuer.Token(tenant: "North Sea"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused);
        Assert.Contains("claim tenant is 'North Sea'; allowed: kebab-case", (string)why["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reference_says_that_each_operation_needs_a_token_and_for_whom_it_is()
    {
        var document = JsonNode.Parse(await api.Http.GetStringAsync("/openapi/v1.json", Cancel))!;
        Assert.Equal("bearer", (string)document["components"]!["securitySchemes"]!["bearer"]!["scheme"]!);
        const string needed = "[{\"bearer\":[]}]";
        Assert.Equal(needed, document["security"]!.ToJsonString());
        var operations = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()).Select(o => o.Value!).ToList();
        Assert.True(operations.Count > 60);
        Assert.All(operations, operation =>
        {
            Assert.Equal(needed, operation["security"]!.ToJsonString());
            Assert.EndsWith(
                $"For {string.Join(", ", AccessTable.Names(AccessTable.Of((string)operation["operationId"]!)))}.",
                (string)operation["description"]!, StringComparison.Ordinal);
            Assert.Superset(
                new HashSet<string> { "401", "403" }, operation["responses"]!.AsObject().Select(r => r.Key).ToHashSet());
        });
        Assert.Equal("[{\"bearer\":[]},{}]", JsonNode.Parse(
            await QueryApi.Default.Http.GetStringAsync("/openapi/v1.json", Cancel))!["security"]!.ToJsonString());
    }

    [Fact]
    public async Task Nothing_that_somebody_who_signed_in_is_shown_is_kept()
    {
        foreach (var (path, status) in new[]
        {
            ("/api/v1/twins", HttpStatusCode.OK), ("/api/v1/twins?limit=0", HttpStatusCode.BadRequest),
            ("/api/v1/twins/nobody", HttpStatusCode.NotFound),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = new("Bearer", issuer.Token());
            using var answer = await api.Http.SendAsync(request, Cancel);
            Assert.Equal((path, status, true), (path, answer.StatusCode, answer.Headers.CacheControl?.NoStore));
        }
    }

    [Fact]
    public async Task Open_are_only_health_metrics_and_the_reference()
    {
        foreach (var path in new[] { "/health/live", "/metrics", "/openapi/v1.json", "/scalar" })
            Assert.Equal(HttpStatusCode.OK, (await api.Http.GetAsync(path, Cancel)).StatusCode);
    }

    [Fact]
    public async Task The_name_of_the_caller_is_the_token_s_and_no_other()
    {
        var token = issuer.Token(roles: ["operator"]);
        async Task<JsonNode> Acknowledge(string? actor, string body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/alarms/no-such-alarm:acknowledge")
            {
                Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
            };
            request.Headers.Authorization = new("Bearer", token);
            if (actor is not null) request.Headers.Add(Caller.ActorHeader, actor);
            using var answer = await api.Http.SendAsync(request, Cancel);
            return await QueryApi.Json(answer);
        }

        Assert.Equal((Caller.ActorHeader, "eve"), Of(await Acknowledge("eve", "{}")));
        Assert.Equal(("by", "eve"), Of(await Acknowledge(null, """{"by":"eve"}""")));
        // Then the alarm is looked for, in a log that is not there.
        foreach (var (actor, body) in new[] { ((string?)null, "{}"), ("ada", """{"by":"ada"}""") })
            Assert.Equal((null, null), Of(await Acknowledge(actor, body)));

        static (string?, string?) Of(JsonNode body) => ((string?)body["field"], (string?)body["value"]);
    }

    [Fact]
    public async Task A_key_that_was_rotated_is_found_and_the_old_one_is_not_accepted_for_ever()
    {
        var old = issuer.Token();
        Assert.Equal(HttpStatusCode.BadRequest, (await Rest("GET", "/api/v1/twins", old)).Status);
        issuer.Rotate();
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 100 && statuses.LastOrDefault() != HttpStatusCode.BadRequest; i++)
        {
            statuses.Add((await Rest("GET", "/api/v1/twins", issuer.Token())).Status);
            await Task.Delay(100, Cancel);
        }
        Assert.Equal(HttpStatusCode.BadRequest, statuses[^1]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Rest("GET", "/api/v1/twins", old)).Status);
    }

    [Fact]
    public async Task A_stream_ends_with_its_token()
    {
        // The first request reads the keys.
        await Rest("GET", "/api/v1/twins", issuer.Token());
        // It has expired, and clocks may differ by ten seconds more.
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/twins/pump-loop/watch");
        request.Headers.Authorization = new("Bearer", issuer.Token(minutes: -20 / 60.0));
        using var answer = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.StartsWith("event: twin\n", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_issuer_it_says_that_and_lets_nobody_in()
    {
        await using var alone = QueryApi.Guarded("http://127.0.0.1:1");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/twins");
        request.Headers.Authorization = new("Bearer", issuer.Token(roles: ["admin"], issuer: "http://127.0.0.1:1"));
        using var answer = await alone.Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("issuer", (string)(await QueryApi.Json(answer))["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void An_issuer_that_would_send_its_keys_unprotected_is_refused_at_the_start() =>
        Assert.Contains("https", Assert.ThrowsAny<InvalidSettingException>(() => QueryApi.Guarded("http://issuer.example.com")).Message);

    List<(string What, string? Token)> BadTokens() =>
    [
        ("nobody", null), ("yesterday", issuer.Token(roles: ["admin"], minutes: -60)),
        ("for another audience", issuer.Token(roles: ["admin"], audience: "other")),
        ("forged", issuer.Token(roles: ["admin"], isForged: true)),
    ];

    async Task<(HttpStatusCode Status, JsonNode Body, HttpResponseHeaders Headers)> Rest(string method, string path, string? token)
    {
        using var request = new HttpRequestMessage(new(method), $"{path}?no-such-parameter=1");
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        using var answer = await api.Http.SendAsync(request, Cancel);
        return (answer.StatusCode, await QueryApi.Json(answer), answer.Headers);
    }

    static async Task<List<(string Name, string Method, string Path)>> RestOperations() =>
        [.. JsonNode.Parse(await QueryApi.Default.Http.GetStringAsync("/openapi/v1.json", Cancel))!["paths"]!.AsObject()
            .SelectMany(p => p.Value!.AsObject().Select(
                o => ((string)o.Value!["operationId"]!, o.Key.ToUpperInvariant(), Parameter().Replace(p.Key, "1"))))];

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();
}
