using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Text;
using Contracts.Query.V1;
using Google.Protobuf;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Query.Twins;
using ServiceDefaults;

namespace Query.Tests;

/// <summary>What browsers need: cross-origin requests, HEAD, compression, gRPC-Web, streams that resume where they broke off.</summary>
public class BrowserTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("PUT", "/api/v1/assets/line-9")]
    [InlineData("DELETE", "/api/v1/scenarios/x")]
    [InlineData("POST", "/pollux.query.v1.TwinService/GetTwin")]
    public async Task A_page_of_a_known_origin_may_write(string method, string path)
    {
        using var answer = await Preflight(QueryApi.ForBrowsers, QueryApi.Origin, method, path);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(QueryApi.Origin, answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains(method, answer.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
        Assert.Equal("content-type,x-grpc-web", answer.Headers.GetValues("Access-Control-Allow-Headers").Single());
    }

    [Fact]
    public async Task A_page_of_another_origin_may_nothing_and_by_default_none_may()
    {
        using var other = await Preflight(QueryApi.ForBrowsers, "https://evil.example.com", "PUT", "/api/v1/assets/line-9");
        Assert.False(other.Headers.Contains("Access-Control-Allow-Origin"));
        using var off = await Preflight(QueryApi.Default, QueryApi.Origin, "GET", "/api/v1/twins");
        Assert.False(off.Headers.Contains("Access-Control-Allow-Origin"));
    }

    static Task<HttpResponseMessage> Preflight(QueryApi api, string origin, string method, string path) => api.Http.SendAsync(
        new(HttpMethod.Options, path)
        {
            Headers =
            {
                { "Origin", origin }, { "Access-Control-Request-Method", method },
                { "Access-Control-Request-Headers", "content-type,x-grpc-web" },
            },
        },
        Cancel);

    [Theory]
    [InlineData("/api/v1/twins")]
    [InlineData("/api/v1/twins?limit=0")]
    [InlineData("/nothing")]
    public async Task Scripts_may_read_the_headers_they_need_also_of_errors(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Origin", QueryApi.Origin } } };
        using var answer = await QueryApi.ForBrowsers.Http.SendAsync(request, Cancel);
        Assert.Equal(QueryApi.Origin, answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        var exposed = answer.Headers.GetValues("Access-Control-Expose-Headers").SelectMany(v => v.Split(','));
        Assert.Superset(new HashSet<string> { "ETag", "Retry-After", "grpc-status", "grpc-message" }, exposed.ToHashSet());
    }

    [Theory]
    [InlineData("Cors:Origins", "https://app.example.com/")]
    [InlineData("Cors:Origins", "app.example.com")]
    [InlineData("Cors:Methods", "TEACH")]
    [InlineData("Cors:Headers", "a b")]
    public void A_setting_that_no_browser_would_match_stops_the_start(string name, string value)
    {
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { [name] = value });
        Assert.Contains(name, Assert.Throws<InvalidSettingException>(builder.AddCrossOrigin).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/twins")]
    [InlineData("/api/v1/twins/pump-loop")]
    [InlineData("/api/v1/twins/nobody")]
    [InlineData("/api/v1/assets")]
    [InlineData("/openapi/v1.json")]
    public async Task Head_has_the_headers_of_get_and_no_body(string path)
    {
        using var get = await QueryApi.Default.Http.GetAsync(path, Cancel);
        using var head = await QueryApi.Default.Http.SendAsync(new(HttpMethod.Head, path), Cancel);
        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Head_of_a_stream_ends_at_once_and_of_a_command_is_refused()
    {
        using var stream = await QueryApi.Default.Http.SendAsync(new(HttpMethod.Head, "/api/v1/twins/pump-loop/watch"), Cancel);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (stream.StatusCode, stream.Content.Headers.ContentType?.MediaType));
        using var command = await QueryApi.Default.Http.SendAsync(new(HttpMethod.Head, "/api/v1/backtests"), Cancel);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, command.StatusCode);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Json_is_compressed_for_who_asks(string encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/twins") { Headers = { { "Accept-Encoding", encoding } } };
        using var answer = await QueryApi.Default.Http.SendAsync(request, Cancel);
        Assert.Equal((encoding, "Accept-Encoding"), (answer.Content.Headers.ContentEncoding.Single(), answer.Headers.Vary.Single()));
        Assert.True(answer.Headers.ETag!.IsWeak);
        var packed = await answer.Content.ReadAsStreamAsync(Cancel);
        await using Stream plain = encoding == "br"
            ? new BrotliStream(packed, CompressionMode.Decompress)
            : new GZipStream(packed, CompressionMode.Decompress);
        Assert.StartsWith("{\"items\":[", await new StreamReader(plain).ReadToEndAsync(Cancel), StringComparison.Ordinal);

        using var usual = await QueryApi.Default.Http.GetAsync("/api/v1/twins", Cancel);
        Assert.Empty(usual.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task A_stream_of_several_twins_goes_on_where_it_broke_off_and_is_never_compressed()
    {
        const string path = "/api/v1/twins/watch?assets=line-a,line-b";
        var live = QueryApi.Default.Services.GetRequiredService<LiveTwins>();
        live.Offer(Given.A_view(position: 7, asset: "line-a"));
        live.Offer(Given.A_view(position: 3, asset: "line-b"));
        string id;
        using (var first = await Open(path))
        {
            Assert.Empty(first.Content.Headers.ContentEncoding);
            using var events = new StreamReader(await first.Content.ReadAsStreamAsync(Cancel));
            Assert.Equal(("7.1,-", "line-a"), await Next(events));
            (id, var second) = await Next(events);
            Assert.Equal(("7.1,3.1", "line-b"), (id, second));
        }

        live.Offer(Given.A_view(position: 5, asset: "line-b"));
        using var again = await Open(path, id);
        using var rest = new StreamReader(await again.Content.ReadAsStreamAsync(Cancel));
        Assert.Equal(("7.1,5.1", "line-b"), await Next(rest));

        using var wrong = await Open(path, "7.1");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal("after", (string)(await QueryApi.Json(wrong))["field"]!);
    }

    static async Task<HttpResponseMessage> Open(string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept-Encoding", "br" } } };
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        return await QueryApi.Default.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    static async Task<(string Id, string Asset)> Next(StreamReader events)
    {
        var id = "";
        while (await events.ReadLineAsync(Cancel) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                return (id, (string)System.Text.Json.Nodes.JsonNode.Parse(line[6..])!["assetId"]!);
        }
        throw new EndOfStreamException();
    }

    [Theory]
    [InlineData("application/grpc-web+proto")]
    [InlineData("application/grpc-web-text")]
    public async Task A_browser_reads_a_twin_over_grpc_web(string contentType)
    {
        var (answer, frames) = await GrpcWeb("GetTwin", new GetTwinRequest { AssetId = "pump-loop" }, contentType);
        using var _ = answer;
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version11), (answer.StatusCode, answer.Version));
        Assert.Equal("pump-loop", GetTwinResponse.Parser.ParseFrom(frames.Single(f => f.Flag == 0).Bytes).Twin.AssetId);
        Assert.Contains("grpc-status: 0", Encoding.ASCII.GetString(frames.Single(f => f.Flag == 0x80).Bytes),
            StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_browser_is_told_what_is_wrong_over_grpc_web()
    {
        var (answer, frames) = await GrpcWeb("GetTwin", new GetTwinRequest { AssetId = "nobody" }, "application/grpc-web+proto");
        using var _ = answer;
        // Without a message, trailers may be sent as headers.
        var trailers = string.Concat(answer.Headers.Select(h => $"{h.Key}: {h.Value.First()}\r\n"))
            + string.Concat(frames.Where(f => f.Flag == 0x80).Select(f => Encoding.ASCII.GetString(f.Bytes)));
        Assert.Contains("grpc-status: 5", trailers, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("grpc-status-details-bin", trailers, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(QueryApi.Origin, answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    static async Task<(HttpResponseMessage Answer, List<(byte Flag, byte[] Bytes)> Frames)> GrpcWeb(
        string method, IMessage message, string contentType)
    {
        var isText = contentType.EndsWith("text", StringComparison.Ordinal);
        var body = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), body.Length - 5);
        message.WriteTo(body.AsSpan(5));
        using var content = new ByteArrayContent(isText ? Encoding.ASCII.GetBytes(Convert.ToBase64String(body)) : body);
        content.Headers.ContentType = new(contentType);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/pollux.query.v1.TwinService/{method}")
        {
            Content = content,
            Headers = { { "X-Grpc-Web", "1" }, { "Accept", contentType }, { "Origin", QueryApi.Origin } },
        };
        var answer = await QueryApi.ForBrowsers.Http.SendAsync(request, Cancel);
        var bytes = await answer.Content.ReadAsByteArrayAsync(Cancel);
        if (isText)
            bytes = [.. Encoding.ASCII.GetString(bytes).Split('=', StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(part => Convert.FromBase64String(part.PadRight((part.Length + 3) / 4 * 4, '=')))];
        List<(byte, byte[])> frames = [];
        for (var at = 0; at < bytes.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 1));
            frames.Add((bytes[at], bytes[(at + 5)..(at + 5 + length)]));
            at += 5 + length;
        }
        return (answer, frames);
    }
}
