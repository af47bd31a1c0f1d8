using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Contracts.Query.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Integration.Tests.Running;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>The feed of the log: everything after a position, in order, also for a reader who comes back.</summary>
[Collection<OnOneSystem>]
public class FeedTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    const ushort MeltPressure = 7;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reader_gets_what_was_and_what_comes_and_goes_on_where_it_was_cut()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now - 900 * Micros.PerSecond);
        var begin = await Pollux.Log.Position();
        await Pollux.Store(asset, new Reading(MeltPressure, at, 82));
        await Pollux.Store(asset, new Reading(MeltPressure, at + 1_000_000, 83));
        var path = $"/api/v1/log/watch?after={begin}&asset={asset}&type=readings_recorded&type=alarm_raised";
        var (first, comes) = (await Read(path, null, 2), Read(path, null, 4));
        await Pollux.Store(asset, new Reading(MeltPressure, at + 2_000_000, 210));
        var all = await comes;
        Assert.Equal(first.Select(e => e.Id), all.Take(2).Select(e => e.Id));
        Assert.Equal(all.Select(e => e.Id).Order(), all.Select(e => e.Id));
        Assert.Equal(["readings_recorded", "readings_recorded", "readings_recorded", "alarm_raised"], all.Select(e => e.Type));
        Assert.All(all, e => Assert.Equal((e.Id, e.Type), ((long)e.Event["position"]!, (string)e.Event["type"]!)));
        Assert.Equal(82, (double)all[0].Event["data"]!["sensors"]![0]!["values"]![0]!);

        var rest = await Read(path, all[1].Id, 2);
        Assert.Equal(all.Skip(2).Select(e => e.Id), rest.Select(e => e.Id));
        var stream = Assert.Single(await Read($"/api/v1/log/watch?after={begin}&stream=twin/{asset}&type=alarm_raised", null, 1));
        Assert.Equal(all[3].Id, stream.Id);
        Assert.Equal(all[0].Id, (await Read($"/api/v1/log/watch?after={begin}&stream=telemetry/{asset}/*", null, 1)).Single().Id);

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = new LogService.LogServiceClient(channel);
        using var watch = rpc.WatchEvents(new() { After = begin, AssetId = asset, Types_ = { "alarm_raised" } }, cancellationToken: Cancel);
        while (await watch.ResponseStream.MoveNext(Cancel) && watch.ResponseStream.Current.Position < all[3].Id) { }
        Assert.Equal((all[3].Id, "alarm_raised"), (watch.ResponseStream.Current.Position, watch.ResponseStream.Current.Event.Type));
        using var beyond = rpc.WatchEvents(new() { After = long.MaxValue }, cancellationToken: Cancel);
        var refused = await Assert.ThrowsAsync<RpcException>(() => beyond.ResponseStream.MoveNext(Cancel));
        Assert.Equal((StatusCode.InvalidArgument, "after"), (refused.StatusCode, refused.Trailers.GetValue("field")));
    }

    [Fact]
    public async Task What_is_no_place_in_the_log_is_refused_before_the_feed_begins()
    {
        foreach (var (path, last, field) in new (string, string?, string)[]
        {
            ("watch?after=999999999", null, "after"), ("watch?after=-1", null, "after"), ("watch?type=rumour", null, "type"),
            ("watch", "12.3", "Last-Event-ID"), ("events?after=999999999", null, "after"),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/log/{path}");
            if (last is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", last);
            using var answer = await Pollux.Query.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
            var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
            Assert.Equal((HttpStatusCode.BadRequest, field), (answer.StatusCode, (string?)problem["field"]));
        }
    }

    [Fact]
    public async Task Who_asks_and_does_not_read_is_cut()
    {
        var (asset, from) = (Pollux.NextAsset(), Samples.Now - 100_000 * Micros.PerSecond);
        var begin = await Pollux.Log.Position();
        // More than what lies between two sockets.
        using (var rows = new StringContent("time,melt-pressure\n" + string.Concat(Enumerable.Range(0, 100_000)
            .Select(i => $"{Micros.ToTime(from + (i * Micros.PerSecond)):O},{80 + (i % 7)}\n")), System.Text.Encoding.UTF8, "text/csv"))
        using (var answer = await Pollux.Ingest.Http.PostAsync(
            new Uri($"/api/v1/assets/{asset}/telemetry:import", UriKind.Relative), rows, Cancel))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Task<double> Feeds() => Pollux.Query.Metric("pollux_query_feeds");
        var before = await Feeds();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        var address = Pollux.Query.Http.BaseAddress!;
        await socket.ConnectAsync(address.Host, address.Port, Cancel);
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET /api/v1/log/watch?after={begin}&asset={asset} HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n"), Cancel);
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        using var watch = new LogService.LogServiceClient(channel).WatchEvents(
            new() { After = begin, AssetId = asset }, cancellationToken: Cancel);
        await Eventually.Get("both are served", Feeds, feeds => feeds > before + 1);
        await Eventually.Get("both are cut", Feeds, feeds => feeds <= before);
    }

    async Task<List<(long Id, string Type, JsonNode Event)>> Read(string path, long? last, int count)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (last is { } id) request.Headers.TryAddWithoutValidation("Last-Event-ID", id.ToString(CultureInfo.InvariantCulture));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        using var answer = await Pollux.Query.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(limit.Token));
        List<(long, string, JsonNode)> events = [];
        var (type, position) = ("", 0L);
        while (events.Count < count && await reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) type = line[7..];
            if (line.StartsWith("id: ", StringComparison.Ordinal)) position = long.Parse(line[4..], CultureInfo.InvariantCulture);
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            var e = JsonNode.Parse(line[6..])!;
            // The asset counts as silent between two messages on a busy machine; that alarm is none of the test's.
            if (type != "alarm_raised" || e["data"]!["sensorId"] is not null) events.Add((position, type, e));
        }
        return events;
    }
}
