using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Contracts.Query.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Integration.Tests.Running;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>The guarantees of the API, over REST and gRPC.</summary>
[Collection<OnOneEstimatingSystem>]
public class QueryTests(EstimatingSystem system) : SystemTest<EstimatingSystem>(system)
{
    const ushort Sensor = 6;
    const string SensorId = "melt-temperature";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    HttpClient Api => Pollux.Query.Http;

    [Fact]
    public async Task An_unchanged_twin_is_not_sent_again()
    {
        var asset = Pollux.NextAsset();
        await Publish(asset, new Reading(Sensor, Samples.Now, 200));
        using var first = await Eventually.Get(
            "the reading is shown", () => Api.GetAsync($"/api/v1/twins/{asset}", Cancel), answer =>
                answer.Content.ReadAsStringAsync(Cancel).Result.Contains("200", StringComparison.Ordinal));
        // The alarm for the sensor's silence would change the twin, but not this soon.
        var tag = await Eventually.Get("the twin is at rest", () => TagOf(asset), t => TagOf(asset).Result == t);
        Assert.Equal(HttpStatusCode.NotModified, await StatusWithTag(asset, tag));

        await Publish(asset, new Reading(Sensor, Samples.Now, 201));
        await Eventually.Is("another reading changes the tag", async () => await StatusWithTag(asset, tag) == HttpStatusCode.OK);
    }

    async Task<string> TagOf(string asset)
    {
        using var answer = await Api.GetAsync($"/api/v1/twins/{asset}", Cancel);
        return answer.Headers.ETag!.ToString();
    }

    async Task<HttpStatusCode> StatusWithTag(string asset, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/twins/{asset}");
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        using var answer = await Api.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    [Fact]
    public async Task A_late_reading_changes_what_was_true_but_not_what_was_known()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now - 100 * Micros.PerSecond);
        var before = await Store(asset, new Reading(Sensor, at, 200));
        var newest = await Store(asset, new Reading(Sensor, at + 20_000_000, 220));
        var late = await Store(asset, new Reading(Sensor, at + 10_000_000, 210));

        var then = Time(at + 15_000_000);
        Assert.Equal((210, at + 10_000_000), await ValueAt(asset, $"validAt={then}"));
        Assert.Equal((210, at + 10_000_000), await ValueAt(asset, $"validAt={then}&knownAt={late}"));
        Assert.Equal((200, at), await ValueAt(asset, $"validAt={then}&knownAt={newest}"));
        Assert.Equal((220, at + 20_000_000), await ValueAt(asset, $"knownAt={newest}"));
        Assert.Equal((200, at), await ValueAt(asset, $"knownAt={before}"));
        Assert.Equal((220, at + 20_000_000), await ValueAt(asset, $"minPosition={late}"));
        // Folded from the log up to its end, the twin is bit-identical to the live one.
        Assert.Equal((string)(await Pollux.Get($"/api/v1/twins/{asset}?minPosition={late}"))["stateHash"]!,
            (string)(await Pollux.Get($"/api/v1/twins/{asset}?knownAt={late}&validAt={Time(Samples.Now)}"))["stateHash"]!);
    }

    async Task<(double Value, long At)> ValueAt(string asset, string query)
    {
        var sensor = (await Pollux.Get($"/api/v1/twins/{asset}?{query}"))["sensors"]!.AsArray().Single(s => (string)s!["id"]! == SensorId)!;
        return ((double)sensor["value"]!, Micros.From((DateTimeOffset)sensor["sampledAt"]!));
    }

    [Fact]
    public async Task A_reader_who_names_a_position_sees_what_was_written_up_to_it()
    {
        var asset = Pollux.NextAsset();
        for (var i = 1; i <= 10; i++)
        {
            var position = await Store(asset, new Reading(Sensor, Samples.Now, 200 + i));
            var twin = await Pollux.Get($"/api/v1/twins/{asset}?minPosition={position}");
            Assert.Equal(i, (long)twin["readings"]!);
            Assert.True((long)twin["position"]! >= position);
        }
    }

    [Theory]
    [InlineData(1200, 600, "raw")]
    [InlineData(1200, 200, "1s")]
    [InlineData(1200, 20, "1m")]
    public async Task History_keeps_the_peak_of_one_sample_and_equals_the_readings(int seconds, int points, string source)
    {
        var asset = await HistoryAsset();
        var from = historyStart;
        var answer = await Pollux.Get(
            $"/api/v1/twins/{asset}/history?sensor={SensorId}&from={Time(from)}&to={Time(from + seconds * Micros.PerSecond)}&points="
                + $"{points}");
        var series = answer["series"]!.AsArray().Single()!;
        Assert.Equal((SensorId, "degC", source), ((string)series["sensorId"]!, (string)series["unit"]!, (string)series["source"]!));

        var width = seconds * Micros.PerSecond / points;
        var expected = historyReadings!.Where(r => r.SampledAt >= from && r.SampledAt < from + seconds * Micros.PerSecond)
            .GroupBy(r => (r.SampledAt - from) / width).OrderBy(g => g.Key)
            .Select(g => (
                Start: from + g.Key * width, Count: (long)g.Count(), Min: g.Min(r => r.Value), Max: g.Max(r => r.Value),
                First: g.MinBy(r => r.SampledAt).Value, Last: g.MaxBy(r => r.SampledAt).Value,
                Mean: Math.Round(g.Average(r => r.Value), 9)));
        Assert.Equal(expected, series["points"]!.AsArray().Select(p => (
            Micros.From((DateTimeOffset)p!["start"]!), (long)p["count"]!, (double)p["min"]!, (double)p["max"]!, (double)p["first"]!,
            (double)p["last"]!, Math.Round((double)p["mean"]!, 9))));
        Assert.Equal(249.875, series["points"]!.AsArray().Max(p => (double)p!["max"]!));
    }

    [Fact]
    public async Task The_health_check_of_a_container_finds_running_services_ready()
    {
        Assert.Equal(0, await Pollux.Query.AskHealth());
        Assert.Equal(0, await Pollux.Ingest.AskHealth());
        Assert.Equal(0, await Pollux.TwinState.AskHealth());
    }

    [Fact]
    public async Task A_history_says_what_the_quantity_was_when_asked_the_same_by_rest_csv_and_grpc()
    {
        var asset = await HistoryAsset();
        var (from, to) = (historyStart, historyStart + 300 * Micros.PerSecond);
        var address = $"/api/v1/twins/{asset}/history?sensor={SensorId}&sensor=zone-1-set-point&from={Time(from)}&to={Time(to)}&points=300";
        var plain = (await Pollux.Get(address))["series"]![0]!["points"]!.AsArray();
        var points = (await Pollux.Get($"{address}&estimate=true"))["series"]![0]!["points"]!.AsArray();
        Assert.All(plain, p => Assert.Null(p!["estimate"]));
        Assert.Equal(300, points.Count);
        // Readings step between 200 and 201.5 every second; noise of 0.3 degC explains some of that, but not all.
        Assert.All(points, p => Assert.InRange((double)p!["estimate"]!, 199.5, 202));
        Assert.All(points, p => Assert.InRange((double)p!["estimateStandardDeviation"]!, 0.05, 0.3));
        Assert.True(points.Zip(points.Skip(1), (a, b) => Math.Abs((double)b!["estimate"]! - (double)a!["estimate"]!))
            .Sum() < plain.Zip(plain.Skip(1), (a, b) => Math.Abs((double)b!["mean"]! - (double)a!["mean"]!)).Sum());

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var answer = await new Contracts.Query.V1.HistoryService.HistoryServiceClient(channel).GetHistoryAsync(
            new()
            {
                AssetId = asset,
                SensorIds = { SensorId },
                Points = 300,
                Estimate = true,
                From = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(Micros.ToTime(from)),
                To = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(Micros.ToTime(to)),
            },
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(points.Select(p => ((double)p!["estimate"]!, (double)p["estimateStandardDeviation"]!)),
            answer.Series.Single().Points.Select(p => (p.Estimate, p.EstimateStandardDeviation)));
        var csv = (await Pollux.Query.Http.GetStringAsync($"{address}&estimate=true&format=csv", TestContext.Current.CancellationToken))
            .Split("\r\n");
        Assert.EndsWith(",lastAt,estimate,estimateStandardDeviation", csv[0], StringComparison.Ordinal);
        Assert.Equal(points.Select(p => (double)p!["estimate"]!),
            csv.Skip(1).Where(l => l.StartsWith(SensorId, StringComparison.Ordinal))
                .Select(l => double.Parse(l.Split(',')[11], System.Globalization.CultureInfo.InvariantCulture)));
    }

    static string? historyAsset;
    static long historyStart;
    static List<Reading>? historyReadings;

    // Twenty minutes at 1 Hz up to now, so that the newest range is not rolled up yet; one sample is a peak; some come late.
    async Task<string> HistoryAsset()
    {
        if (historyAsset is not null) return historyAsset;
        var asset = Pollux.NextAsset();
        var now = Samples.Now;
        historyStart = now - 1190 * Micros.PerSecond;
        historyStart -= historyStart % (60 * Micros.PerSecond);
        historyReadings = [
            .. Enumerable.Range(0, (int)((now - historyStart) / Micros.PerSecond))
                .Select(i => new Reading(Sensor, historyStart + i * Micros.PerSecond + 123_456, i == 777 ? 249.875 : 200 + i % 7 * 0.25))];
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        foreach (var pack in historyReadings.Where((_, i) => i % 50 != 3).Chunk(50))
            await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, pack));
        await Eventually.Get("the history is in the twin", () => Pollux.Twins.View(asset), twin => twin?.Readings > 1000);
        await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, historyReadings.Where((_, i) => i % 50 == 3)));
        await Eventually.Get(
            "the late readings are in the log", async () => (await Pollux.Log.Readings(asset)).Count, count =>
                count == historyReadings.Count);
        return historyAsset = asset;
    }

    [Fact]
    public async Task A_watcher_resumes_where_it_left_off()
    {
        var asset = Pollux.NextAsset();
        await Store(asset, new Reading(Sensor, Samples.Now, 200));
        var (id, readings) = await Eventually.Get(
            "the watcher sees the first reading", () => NextView(asset, null), view => view.Readings == 1);
        Assert.Equal(1, readings);
        await Store(asset, new Reading(Sensor, Samples.Now, 201));
        var (next, later) = await Eventually.Get(
            "the watcher sees the second reading", () => NextView(asset, id), view => view.Readings == 2);
        Assert.Equal(2, later);
        Assert.True(Ids(next).CompareTo(Ids(id)) > 0);
    }

    static (long, long) Ids(string id) =>
        (long.Parse(id.Split('.')[0], CultureInfo.InvariantCulture), long.Parse(id.Split('.')[1], CultureInfo.InvariantCulture));

    async Task<(string Id, long Readings)> NextView(string asset, string? after)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(Eventually.PatienceSeconds));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/twins/{asset}/watch");
        if (after is not null) request.Headers.Add("Last-Event-ID", after);
        using var answer = await Api.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(limit.Token));
        var id = "";
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith("id:", StringComparison.Ordinal)) id = line[3..].Trim();
            if (line.StartsWith("data:", StringComparison.Ordinal)) return (id, (long)JsonNode.Parse(line[5..])!["readings"]!);
        }
        throw new IOException("The stream ended.");
    }

    [Fact]
    public async Task An_alarm_can_be_found_and_acknowledged()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now - 10 * Micros.PerSecond);
        await Publish(asset, new Reading(7, at, 210));
        var alarm = (await Eventually.Get(
            "the alarm is listed", async () =>
                (await Pollux.Get($"/api/v1/alarms?asset={asset}&state=active&severity=critical"))["items"]!.AsArray(), alarms =>
                    alarms.Count == 1))[0]!;
        Assert.Equal("melt-pressure-high", (string)alarm["limitId"]!);

        using var answer = await Api.PostAsJsonAsync($"/api/v1/alarms/{alarm["id"]}:acknowledge", new
        {
            by = "eve",
            comment = "on my way",
        }, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var shown = await Pollux.Get($"/api/v1/alarms/{alarm["id"]}");
        Assert.Equal(("active-acknowledged", "eve", "on my way"),
            ((string)shown["state"]!, (string)shown["acknowledgedBy"]!, (string)shown["comment"]!));
    }

    [Fact]
    public async Task A_rejected_payload_can_be_replayed_once_its_asset_is_registered()
    {
        var asset = Pollux.UnregisteredAsset("late-comer");
        var reading = new Reading(Sensor, Samples.Now, 200.5);
        await Publish(asset, reading);
        var rejection = (
            await Eventually.Get(
                "the rejection is listed", async () => (await Pollux.Get($"/api/v1/rejected?asset={asset}"))["items"]!.AsArray(), items =>
                    items.Count == 1))[0]!;
        Assert.Equal("unknown-asset", (string)rejection["reasons"]![0]!["code"]!);

        using var registered = await Api.PutAsJsonAsync($"/api/v1/assets/{asset}", new
        {
            model = "extrusion-line",
            name = "Late comer",
        }, Cancel);
        Assert.Equal(HttpStatusCode.OK, registered.StatusCode);
        await Eventually.Is("the payload is taken after all", async () =>
        {
            using var replayed = await Api.PostAsync($"/api/v1/rejected/{rejection["id"]}:replay", null, Cancel);
            return (int)(await replayed.Content.ReadFromJsonAsync<JsonNode>(Cancel))!["stored"]! == 1;
        });
        Assert.Equal([reading], await Pollux.Log.Readings(asset));
        Assert.Equal(1, (int)(await Pollux.Get($"/api/v1/rejected/{rejection["id"]}"))["lastReplay"]!["stored"]!);
    }

    [Fact]
    public async Task Grpc_gives_the_answers_of_rest()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now);
        var position = await Store(asset, [.. Samples.Frame(Pollux.Model, at, 5)]);
        using var channel = Channel();
        var twins = new TwinService.TwinServiceClient(channel);
        var rest = await Pollux.Get($"/api/v1/twins/{asset}?minPosition={position}");
        var twin = (await twins.GetTwinAsync(new() { AssetId = asset, MinPosition = position }, cancellationToken: Cancel)).Twin;
        Assert.Equal(((string)rest["stateHash"]!, (long)rest["position"]!, (long)rest["readings"]!),
            (twin.StateHash, twin.Position, twin.Readings));
        Assert.Equal(
            rest["sensors"]!.AsArray()
                .Select(s => ((string)s!["id"]!, (double?)s["value"], (string)s["quality"]!, (DateTimeOffset?)s["sampledAt"])),
            twin.Sensors.Select(s => (s.Id, s.HasValue ? s.Value : (double?)null, s.Quality, s.SampledAt?.ToDateTimeOffset())));

        using var watch = twins.WatchTwin(new() { AssetId = asset }, cancellationToken: Cancel);
        Assert.True(await watch.ResponseStream.MoveNext(Cancel));
        Assert.Equal(twin.StateHash, watch.ResponseStream.Current.Twin.StateHash);
        Assert.Equal(
            (await Pollux.Get("/api/v1/assets"))["items"]!.AsArray().Select(a => (string)a!["id"]!),
            (await new AssetService.AssetServiceClient(channel).ListAssetsAsync(new(), cancellationToken: Cancel)).Assets.Select(
                a => a.Id));
        Assert.Equal(StatusCode.NotFound,
            (await Assert.ThrowsAsync<RpcException>(
                async () => await twins.GetTwinAsync(new() { AssetId = "nobody" }, cancellationToken: Cancel))).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument,
            (await Assert.ThrowsAsync<RpcException>(
                async () => await twins.ListTwinsAsync(new() { Limit = 100_000 }, cancellationToken: Cancel))).StatusCode);
    }

    [Fact]
    public async Task Grpc_tells_its_health_and_services()
    {
        using var channel = Channel();
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving,
            (await new Health.HealthClient(channel).CheckAsync(new(), cancellationToken: Cancel)).Status);
        using var reflection = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo(cancellationToken: Cancel);
        await reflection.RequestStream.WriteAsync(new() { ListServices = "" }, Cancel);
        Assert.True(await reflection.ResponseStream.MoveNext(Cancel));
        Assert.Superset(
            new HashSet<string>
            {
                "AlarmService", "AssetService", "HistoryService", "LogService", "RejectionService", "TwinService",
            }.Select(s => $"pollux.query.v1.{s}").ToHashSet(),
            reflection.ResponseStream.Current.ListServicesResponse.Service.Select(s => s.Name).ToHashSet());
    }

    GrpcChannel Channel() =>
        GrpcChannel.ForAddress(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Pollux.Query.GrpcPort}"));

    static string Time(long micros) => Uri.EscapeDataString(Micros.ToTime(micros).ToString("O", CultureInfo.InvariantCulture));

    async Task Publish(string asset, params Reading[] readings)
    {
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, readings));
    }

    /// <summary>Publishes readings and returns the position of the event that holds them.</summary>
    async Task<long> Store(string asset, params Reading[] readings)
    {
        var before = (await Positions(asset)).Count;
        await Publish(asset, readings);
        return (await Eventually.Get("the reading is in the log", () => Positions(asset), positions => positions.Count > before))[^1];
    }

    async Task<List<long>> Positions(string asset)
    {
        List<long> positions = [];
        await foreach (var (position, _) in Pollux.Log.Batches(asset)) positions.Add(position);
        return positions;
    }
}
