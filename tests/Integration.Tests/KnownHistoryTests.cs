using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Contracts.Query.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Integration.Tests.Running;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>A query with a low limit of readings from the log per answer.</summary>
public sealed class FrugalSystem(Infrastructure infrastructure) : RunningSystem(infrastructure)
{
    public const int MostReadings = 1_000;

    protected override IReadOnlyDictionary<string, string> SettingsOf(string service) =>
        service == "query" ? new Dictionary<string, string> { ["Limits__ReadingsFromLog"] = $"{MostReadings}" } : base.SettingsOf(service);
}

/// <summary>History as it was known at some time, without what came later.</summary>
public class KnownHistoryTests(FrugalSystem system) : SystemTest<FrugalSystem>(system), IClassFixture<FrugalSystem>
{
    const ushort Sensor = 6;
    const string SensorId = "melt-temperature";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    HttpClient Api => Pollux.Query.Http;

    [Fact]
    public async Task A_late_reading_is_in_the_history_now_but_not_in_the_history_known_before()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now - 600 * Micros.PerSecond);
        // Includes a sample from two hours ago, received long before the late one.
        var before = await Pollux.Store(asset, new Reading(Sensor, at - 7_200 * Micros.PerSecond, 190), new Reading(Sensor, at, 200));
        var between = await Eventually.NextMillisecond();
        var late = await Pollux.Store(asset, new Reading(Sensor, at + 10 * Micros.PerSecond, 240));

        var range = $"from={Time(at - 60 * Micros.PerSecond)}&to={Time(at + 60 * Micros.PerSecond)}&points=12";
        Assert.Equal([200, 240], await Values(asset, range));
        Assert.Equal([200, 240], await Values(asset, $"{range}&knownAt={late}"));
        Assert.Equal([200], await Values(asset, $"{range}&knownAt={before}"));
        Assert.Equal([200], await Values(asset, $"{range}&knownAt={Escape(between)}"));
        Assert.Empty(await Values(asset, $"{range}&knownAt={before - 1}"));
        // The asset was not registered yet.
        foreach (var earlier in new[] { "0", "2020-01-01T00:00:00Z" })
        {
            using var unknown = await Api.GetAsync(
                $"/api/v1/twins/{asset}/history?sensor={SensorId}&{range}&knownAt={earlier}", Cancel);
            Assert.Equal(System.Net.HttpStatusCode.NotFound, unknown.StatusCode);
        }
        // The log has not reached this position, so its content is unknown.
        using var ahead = await Api.GetAsync($"/api/v1/twins/{asset}/history?sensor={SensorId}&{range}&knownAt={long.MaxValue}", Cancel);
        Assert.Equal((System.Net.HttpStatusCode.BadRequest, "knownAt"),
            (ahead.StatusCode, (string?)System.Text.Json.Nodes.JsonNode.Parse(await ahead.Content.ReadAsStringAsync(Cancel))!["field"]));
        // Where the present comes from rollups, the past is read from raw readings: one bucket of three hours.
        var wide = $"from={Time(at - 7_300 * Micros.PerSecond)}&to={Time(at + 60 * Micros.PerSecond)}&points=2";
        var answer = await History(asset, $"{wide}&knownAt={before}");
        Assert.Equal(("raw", 2L, before),
            ((string)answer["series"]![0]!["source"]!, answer["series"]![0]!["points"]!.AsArray().Sum(p => (long)p!["count"]!),
                (long)answer["knownAtPosition"]!));
        // By default the range ends when the known position was appended.
        var open = await History(asset, $"knownAt={before}");
        Assert.Equal((DateTimeOffset)open["knownAt"]!, (DateTimeOffset)open["to"]!);
        Assert.True((DateTimeOffset)open["to"]! <= between);
        Assert.Null((await History(asset, range))["knownAtPosition"]);
    }

    [Fact]
    public async Task Grpc_and_csv_tell_the_same_past()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now - 600 * Micros.PerSecond);
        var before = await Pollux.Store(asset, [.. Samples.Frame(Pollux.Model, at, 1)]);
        await Pollux.Store(asset, [.. Samples.Frame(Pollux.Model, at + 1_000_000, 2)]);
        var (from, to) = (at - Micros.PerSecond, at + 60 * Micros.PerSecond);

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = new HistoryService.HistoryServiceClient(channel);
        GetHistoryRequest Request() => new()
        {
            AssetId = asset,
            SensorIds = { SensorId, "melt-pressure" },
            Points = 60,
            From = Timestamp.FromDateTimeOffset(Micros.ToTime(from)),
            To = Timestamp.FromDateTimeOffset(Micros.ToTime(to)),
        };
        var asked = Request();
        asked.KnownAtPosition = before;
        var known = await rpc.GetHistoryAsync(asked, cancellationToken: Cancel);
        Assert.Equal((true, before), (known.HasKnownAtPosition, known.KnownAtPosition));
        var rest = await History(asset, $"sensor=melt-pressure&from={Time(from)}&to={Time(to)}&points=60&knownAt={before}");
        Assert.Equal(
            rest["series"]!.AsArray()
                .SelectMany(s => s!["points"]!.AsArray()
                    .Select(p => ((string)s["sensorId"]!, (double)p!["mean"]!, (long)p["count"]!, (DateTimeOffset)p["firstAt"]!))),
            known.Series.SelectMany(s => s.Points.Select(p => (s.SensorId, p.Mean, p.Count, p.FirstAt.ToDateTimeOffset()))));
        Assert.Equal(2, known.Series.Sum(s => s.Points.Sum(p => p.Count)));
        asked = Request();
        asked.KnownAtTime = known.KnownAtTime;
        Assert.Equal(known.Series, (await rpc.GetHistoryAsync(asked, cancellationToken: Cancel)).Series);
        Assert.Equal(4, (await rpc.GetHistoryAsync(Request(), cancellationToken: Cancel)).Series.Sum(s => s.Points.Sum(p => p.Count)));

        var csv = await Api.GetStringAsync(
            $"/api/v1/twins/{asset}/history?sensor={SensorId}&from={Time(from)}&to={Time(to)}&points=60&format=csv&knownAt={before}",
            Cancel);
        Assert.Equal(2, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        using var accepting = new HttpRequestMessage(
            HttpMethod.Get, $"/api/v1/twins/{asset}/history?sensor={SensorId}&from={Time(from)}&to={Time(to)}&points=60&knownAt={before}");
        accepting.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        using var answered = await Api.SendAsync(accepting, Cancel);
        Assert.Equal(csv, await answered.Content.ReadAsStringAsync(Cancel));

        asked = Request();
        asked.KnownAtPosition = -1;
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await rpc.GetHistoryAsync(asked, cancellationToken: Cancel));
        Assert.Equal((StatusCode.InvalidArgument, "known_at_position"), (refused.StatusCode, refused.Trailers.GetValue("field")));
    }

    [Fact]
    public async Task A_past_of_too_many_readings_is_refused_with_field_and_limit()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now - 1_300 * Micros.PerSecond);
        var known = await Pollux.Store(
            asset, [.. Enumerable.Range(0, FrugalSystem.MostReadings + 1)
                .Select(i => new Reading(Sensor, at + i * Micros.PerSecond, 200 + i % 5))]);
        var to = Time(at + 1_200 * Micros.PerSecond);
        using var answer = await Api.GetAsync(
            $"/api/v1/twins/{asset}/history?sensor={SensorId}&from={Time(at)}&to={to}&points=10&knownAt={known}", Cancel);
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel);
        Assert.Equal((413, "from", "at most 1000 readings"),
            ((int)answer.StatusCode, (string)problem!["field"]!, (string)problem["allowed"]!));
        Assert.Contains(Micros.ToTime(at).ToString("O", CultureInfo.InvariantCulture), (string)problem["detail"]!,
            StringComparison.Ordinal);
        // The remedy that the answer names works: a later start.
        var later = await History(asset, $"from={Time(at + 900 * Micros.PerSecond)}&to={to}&points=10&knownAt={known}");
        Assert.Equal(101, later["series"]![0]!["points"]!.AsArray().Sum(p => (long)p!["count"]!));

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await new HistoryService.HistoryServiceClient(channel).GetHistoryAsync(
            new()
            {
                AssetId = asset,
                SensorIds = { SensorId },
                From = Timestamp.FromDateTimeOffset(Micros.ToTime(at)),
                KnownAtPosition = known,
            }, cancellationToken: Cancel));
        Assert.Equal((StatusCode.ResourceExhausted, "from"), (refused.StatusCode, refused.Trailers.GetValue("field")));
        Assert.Equal("at most 1000 readings"u8.ToArray(), refused.Trailers.GetValueBytes("allowed-bin"));
        // The same limit applies to a condition in the past, which is folded from the first reading (a twin may begin at a checkpoint).
        using var health = await Api.GetAsync($"/api/v1/twins/{asset}/health?knownAt={known}", Cancel);
        Assert.Equal(413, (int)health.StatusCode);

        var sensors = string.Join('&', Pollux.Model.Sensors.Take(11).Select(s => $"sensor={s.Id}"));
        using var points = await Api.GetAsync($"/api/v1/twins/{asset}/history?{sensors}&points=10000&knownAt={known}", Cancel);
        problem = await points.Content.ReadFromJsonAsync<JsonNode>(Cancel);
        Assert.Equal((413, "points", "at most 100000 points"),
            ((int)points.StatusCode, (string)problem!["field"]!, (string)problem["allowed"]!));
    }

    Task<JsonNode> History(string asset, string query) => Pollux.Get($"/api/v1/twins/{asset}/history?sensor={SensorId}&{query}");

    async Task<IEnumerable<double>> Values(string asset, string query) =>
        (await History(asset, query))["series"]![0]!["points"]!.AsArray().Select(p => (double)p!["mean"]!);

    static string Time(long micros) => Escape(Micros.ToTime(micros));

    static string Escape(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O", CultureInfo.InvariantCulture));
}
