using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Contracts.Query.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using TwinModel.Telemetry;

namespace Benchmarks.Load;

/// <summary>Cost of the API relative to a bare endpoint sending the same bytes, and the time to query a million readings.</summary>
static class QueryBenchmark
{
    const int Connections = 16;

    public static async Task Run(Settings settings, CancellationToken cancel)
    {
        await using var system = await RunningSystem.Start(settings, cancel);
        await system.Register(["bench-query"], cancel);
        await using (var publisher = await Publisher.Connect(settings.Mqtt, cancel))
        {
            var noise = new Random(4);
            for (var i = 60; i > 0; i--)
                await publisher.Publish(
                    "pollux/bench-query/senml", 0, Publisher.Frame(Micros.From(DateTimeOffset.UtcNow.AddSeconds(-i)), noise), cancel);
            await publisher.Drain(cancel);
        }
        while (await system.ReadingsFolded("bench-query", cancel) < 60 * Publisher.ReadingsPerFrame) await Task.Delay(50, cancel);
        Report.Title($"query: one twin, {Connections} connections, against a bare Kestrel endpoint in a process of its own");
        await Rest(settings, system, cancel);
        await Grpc(settings, system, cancel);
        await Tokens(settings, system, cancel);
        await History(settings, system, cancel);
    }

    static async Task Rest(Settings settings, RunningSystem system, CancellationToken cancel)
    {
        var bytes = await system.Query.GetByteArrayAsync("/api/v1/twins/bench-query", cancel);
        await using var bare = await BareEndpoint.Start(bytes, "application/json", cancel);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections });
        async Task Get(string uri)
        {
            using var answer = await client.GetAsync(uri, HttpCompletionOption.ResponseContentRead, cancel);
            answer.EnsureSuccessStatusCode();
        }
        var (own, baseline) = await Alternate(
            settings, () => Get($"{system.Query.BaseAddress}api/v1/twins/bench-query"), () => Get(bare.HttpAddress), cancel);
        Report.Figure($"bare Kestrel over HTTP/1.1, {bytes.Length} bytes", baseline, "requests/s");
        Report.Figure("GET /api/v1/twins/{id}", own, "requests/s");
        Report.Goal("  share of bare", own / baseline * 100, "%", 50, isAtLeast: true, "N0");
    }

    static async Task Grpc(Settings settings, RunningSystem system, CancellationToken cancel)
    {
        using var channel = GrpcChannel.ForAddress(system.GrpcAddress, new()
        {
            HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true },
        });
        var client = new TwinService.TwinServiceClient(channel);
        var request = new GetTwinRequest { AssetId = "bench-query" };
        var message = (await client.GetTwinAsync(request, cancellationToken: cancel)).ToByteArray();
        byte[] frame = [0, (byte)(message.Length >> 24), (byte)(message.Length >> 16), (byte)(message.Length >> 8), (byte)message.Length,
            .. message];
        await using var bare = await BareEndpoint.Start(frame, "application/grpc", cancel);
        using var bareChannel = GrpcChannel.ForAddress(bare.Http2Address, new()
        {
            HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true },
        });
        var bareClient = new TwinService.TwinServiceClient(bareChannel);
        var (own, baseline) = await Alternate(
            settings, async () => await client.GetTwinAsync(request, cancellationToken: cancel), async () =>
                await bareClient.GetTwinAsync(request, cancellationToken: cancel), cancel);
        Report.Figure($"bare Kestrel over HTTP/2 with the same gRPC frame, {frame.Length} bytes", baseline, "calls/s");
        Report.Figure("gRPC TwinService/GetTwin", own, "calls/s");
        Report.Goal("  share of bare", own / baseline * 100, "%", 50, isAtLeast: true, "N0");
    }

    static async Task Tokens(Settings settings, RunningSystem system, CancellationToken cancel)
    {
        await using var guarded = await GuardedQuery.Start(settings, cancel);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections });
        async Task Get(string address, string? token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{address}api/v1/twins/bench-query");
            if (token is not null) request.Headers.Authorization = new("Bearer", token);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancel);
            answer.EnsureSuccessStatusCode();
        }
        var (own, baseline) = await Alternate(
            settings, () => Get($"{guarded.HttpAddress}/", guarded.Token), () => Get($"{system.Query.BaseAddress}", null), cancel);
        Report.Figure("GET /api/v1/twins/{id} where nobody is asked", baseline, "requests/s");
        Report.Figure("  with a token", own, "requests/s");
        Report.Goal("  share", own / baseline * 100, "%", 85, isAtLeast: true, "N0");

        using var asked = GrpcChannel.ForAddress(guarded.GrpcAddress, new()
        {
            HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true },
        });
        using var open = GrpcChannel.ForAddress(system.GrpcAddress, new()
        {
            HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true },
        });
        var (withToken, without) = (new TwinService.TwinServiceClient(asked), new TwinService.TwinServiceClient(open));
        var request = new GetTwinRequest { AssetId = "bench-query" };
        Metadata headers = [new("authorization", $"Bearer {guarded.Token}")];
        (own, baseline) = await Alternate(
            settings, async () => await withToken.GetTwinAsync(request, headers, cancellationToken: cancel),
            async () => await without.GetTwinAsync(request, cancellationToken: cancel), cancel);
        Report.Figure("gRPC TwinService/GetTwin where nobody is asked", baseline, "calls/s");
        Report.Figure("  with a token", own, "calls/s");
        Report.Goal("  share", own / baseline * 100, "%", 85, isAtLeast: true, "N0");
    }

    /// <summary>Requests per second of both, measured alternately so that fluctuations of the machine affect both alike.</summary>
    static async Task<(double Own, double Baseline)> Alternate(
        Settings settings, Func<Task> own, Func<Task> baseline, CancellationToken cancel)
    {
        List<double> owns = [], baselines = [];
        for (var round = 0; round < 6; round++)
        {
            var seconds = round == 0 ? 2 : 3 * settings.Scale;
            var (a, b) = (await Rate(own, seconds, cancel), await Rate(baseline, seconds, cancel));
            if (round == 0) continue;
            owns.Add(a);
            baselines.Add(b);
        }
        return (Report.Percentile(owns, 0.5), Report.Percentile(baselines, 0.5));
    }

    static async Task<double> Rate(Func<Task> call, double seconds, CancellationToken cancel)
    {
        var count = 0;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(
            async () =>
            {
                while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
                {
                    await call();
                    Interlocked.Increment(ref count);
                }
            },
            cancel)));
        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    static async Task History(Settings settings, RunningSystem system, CancellationToken cancel)
    {
        var readings = (int)(1_000_000 * settings.Scale);
        await system.Register(["bench-history"], cancel);
        var to = DateTimeOffset.UtcNow.AddMinutes(-5);
        var from = to.AddSeconds(-readings);
        var csv = new StringBuilder("time,melt-temperature\n", readings * 40);
        var noise = new Random(5);
        for (var i = 0; i < readings; i++)
            csv.Append(CultureInfo.InvariantCulture,
                $"{from.AddSeconds(i):yyyy-MM-ddTHH:mm:ss.ffffffZ},{238 + noise.Next(-20, 21) * 0.1:0.0}\n");
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(csv.ToString()))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("text/csv") },
        };
        var started = Stopwatch.GetTimestamp();
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
        using var answer = await client.PostAsync($"{system.IngestAddress}/api/v1/assets/bench-history/telemetry:import", content, cancel);
        answer.EnsureSuccessStatusCode();
        Report.Figure("import of CSV, until committed", readings / Stopwatch.GetElapsedTime(started).TotalSeconds, "readings/s");
        while (await system.ReadingsFolded("bench-history", cancel) < readings) await Task.Delay(100, cancel);
        Report.Figure("  until in the twin", readings / Stopwatch.GetElapsedTime(started).TotalSeconds, "readings/s");
        await Task.Delay(TimeSpan.FromSeconds(12), cancel);

        var uri = $"/api/v1/twins/bench-history/history?sensor=melt-temperature&from={from:yyyy-MM-ddTHH:mm:ssZ}&to="
            + $"{to:yyyy-MM-ddTHH:mm:ssZ}&points=1000";
        List<double> milliseconds = [];
        JsonObject? body = null;
        for (var i = 0; i < 12; i++)
        {
            started = Stopwatch.GetTimestamp();
            body = await system.Query.GetFromJsonAsync<JsonObject>(uri, cancel);
            if (i > 1) milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        var counted = Counts(body!).Sum();
        Report.Figure("history: readings counted in the answer", counted, $"of {readings:N0}");
        Report.Goal($"history: {readings:N0} readings to 1 000 points, median", Report.Percentile(milliseconds, 0.5), "ms", 150,
            isAtLeast: false, "N0");
    }

    static IEnumerable<long> Counts(JsonNode node) => node switch
    {
        JsonObject o => o.SelectMany(p => p.Key == "count" && p.Value is JsonValue v ? [(long)v] : p.Value is null ? [] : Counts(p.Value)),
        JsonArray a => a.SelectMany(e => e is null ? [] : Counts(e)),
        _ => [],
    };
}
