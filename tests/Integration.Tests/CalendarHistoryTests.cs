using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Contracts.Query.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Integration.Tests.Running;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>History in calendar buckets, around the night in which clocks are set back.</summary>
[Collection<OnOneSystem>]
public class CalendarHistoryTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    const ushort Sensor = 6;
    const string SensorId = "melt-temperature";
    const string From = "2025-10-24T05:30:30Z", To = "2025-10-28T12:15:15Z", Range = $"from={From}&to={To}";

    static string? asset;
    static List<Reading>? readings;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1w", "Europe/Berlin", "1h", 2)]
    [InlineData("1d", "Europe/Berlin", "1h", 5)]
    [InlineData("1d", "Asia/Kathmandu", "1h", 5)]
    [InlineData("1h", "Europe/Berlin", "1h", 104)]
    [InlineData("1h", "Asia/Kathmandu", "1m", 104)]
    [InlineData("15m", "Australia/Lord_Howe", "1m", 412)]
    public async Task Buckets_hold_what_one_computes_from_the_readings(string bucket, string zone, string source, int count)
    {
        await Prepare();
        var answer = await History($"{Range}&bucket={bucket}&timeZone={Uri.EscapeDataString(zone)}&fill=null");
        Assert.Equal(
            (bucket, zone, "null", count, null),
            ((string)answer["bucket"]!, (string)answer["timeZone"]!, (string)answer["fill"]!, (int)answer["points"]!,
                (double?)answer["bucketSeconds"]));
        var series = answer["series"]![0]!;
        Assert.Equal(source, (string)series["source"]!);
        var points = series["points"]!.AsArray();
        Assert.Equal(count, points.Count);
        Assert.Equal((Time(From), Time(To)), ((DateTimeOffset)points[0]!["start"]!, (DateTimeOffset)points[^1]!["end"]!));
        Assert.Equal(points.Skip(1).Select(p => (DateTimeOffset)p!["start"]!), points.SkipLast(1).Select(p => (DateTimeOffset)p!["end"]!));
        Assert.Equal(points.Select((_, i) => i == 0 || i == count - 1), points.Select(p => (bool)p!["cut"]!));
        Assert.Equal(
            points.Select(p => Expected(Micros.From((DateTimeOffset)p!["start"]!), Micros.From((DateTimeOffset)p["end"]!))),
            points.Select(p => (
                (long)p!["count"]!, (double?)p["min"], (double?)p["max"],
                p["mean"] is { } mean ? Math.Round((double)mean, 9) : (double?)null,
                (double?)p["first"], (double?)p["last"], (DateTimeOffset?)p["firstAt"], (DateTimeOffset?)p["lastAt"])));
        // Without fill, empty buckets are left out; raw readings from the log give the same.
        var held = (await History($"{Range}&bucket={bucket}&timeZone={Uri.EscapeDataString(zone)}"))["series"]![0]!["points"]!;
        Assert.Equal(new JsonArray([.. points.Where(p => (long)p!["count"]! > 0).Select(p => p!.DeepClone())]).ToJsonString(),
            held.ToJsonString());
        var known = await History(
            $"{Range}&bucket={bucket}&timeZone={Uri.EscapeDataString(zone)}&knownAt="
                + $"{Uri.EscapeDataString(TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture))}");
        Assert.Equal(("raw", held.ToJsonString()),
            ((string)known["series"]![0]!["source"]!, known["series"]![0]!["points"]!.ToJsonString()));
    }

    [Fact]
    public async Task A_day_of_25_hours_and_its_hour_that_comes_twice_are_seen()
    {
        await Prepare();
        var days = (await History(
            "from=2025-10-24T22:00:00Z&to=2025-10-27T23:00:00Z&bucket=1d&timeZone=Europe/Berlin&"
                + "fill=previous"))["series"]![0]!["points"]!.AsArray();
        Assert.Equal(
            [("2025-10-24T22:00:00Z", 24.0, 720L, false), ("2025-10-25T22:00:00Z", 25.0, 750L, false),
                ("2025-10-26T23:00:00Z", 24.0, 0L, false)],
            days.Select(d => (
                (string)d!["start"]!, ((DateTimeOffset)d["end"]! - (DateTimeOffset)d["start"]!).TotalHours, (long)d["count"]!,
                (bool)d["cut"]!)));
        Assert.Equal((double)days[1]!["last"]!, (double)days[2]!["mean"]!);
        Assert.Null(days[2]!["last"]);
        // Two hours with the local time 02:00.
        var hours = (await History(
            "from=2025-10-25T23:00:00Z&to=2025-10-26T02:00:00Z&bucket=1h&timeZone=Europe/Berlin"))["series"]![0]!["points"]!.AsArray();
        Assert.Equal(["2025-10-25T23:00:00Z", "2025-10-26T00:00:00Z", "2025-10-26T01:00:00Z"], hours.Select(h => (string)h!["start"]!));
        Assert.All(hours, h => Assert.Equal(30, (long)h!["count"]!));

        var line = (await History(
            "from=2025-10-25T22:00:00Z&to=2025-10-28T23:00:00Z&bucket=1d&timeZone=Europe/Berlin&"
                + "fill=linear"))["series"]![0]!["points"]!.AsArray();
        Assert.Equal([750, 0, 330], line.Select(d => (long)d!["count"]!));
        Assert.InRange((double)line[1]!["mean"]!, Math.Min((double)line[0]!["mean"]!, (double)line[2]!["mean"]!),
            Math.Max((double)line[0]!["mean"]!, (double)line[2]!["mean"]!));
    }

    [Fact]
    public async Task Grpc_and_csv_give_the_same_buckets()
    {
        await Prepare();
        var query = $"{Range}&bucket=1d&timeZone=Europe/Berlin&fill=null";
        var rest = (await History(query))["series"]![0]!["points"]!.AsArray();
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = new HistoryService.HistoryServiceClient(channel);
        var request = new GetHistoryRequest
        {
            AssetId = asset,
            SensorIds = { SensorId },
            From = Timestamp.FromDateTimeOffset(Time(From)),
            To = Timestamp.FromDateTimeOffset(Time(To)),
            Bucket = "1d",
            TimeZone = "Europe/Berlin",
            Fill = "null",
        };
        var answer = await rpc.GetHistoryAsync(request, cancellationToken: Cancel);
        Assert.Equal(("1d", "Europe/Berlin", "null", 5), (answer.Bucket, answer.TimeZone, answer.Fill, answer.Points));
        Assert.Equal(
            rest.Select(p => (
                (DateTimeOffset)p!["start"]!, (DateTimeOffset)p["end"]!, (bool)p["cut"]!, (long)p["count"]!, (double?)p["min"],
                (double?)p["mean"], (double?)p["last"], (DateTimeOffset?)p["lastAt"])),
            answer.Series.Single().Points.Select(p => (
                p.Start.ToDateTimeOffset(), p.End.ToDateTimeOffset(), p.Cut, p.Count, p.HasMin ? p.Min : (double?)null,
                p.HasMean ? p.Mean : (double?)null, p.HasLast ? p.Last : (double?)null,
                p.LastAt?.ToDateTimeOffset())));
        var csv = (await Pollux.Query.Http.GetStringAsync(Address($"{query}&format=csv"), Cancel))
            .Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("sensor,unit,start,end,cut,count,min,max,mean,first,firstAt,last,lastAt", csv[0]);
        Assert.Equal(
            rest.Select(p => (
                (string)p!["start"]!, (string)p["end"]!, (bool)p["cut"]! ? "true" : "false",
                ((long)p["count"]!).ToString(CultureInfo.InvariantCulture), p["mean"]?.ToJsonString() ?? "")),
            csv.Skip(1).Select(l => l.Split(',')).Select(c => (c[2], c[3], c[4], c[5], c[8])));
        Assert.Equal("melt-temperature,degC,2025-10-26T23:00:00Z,2025-10-27T23:00:00Z,false,0,,,,,,,", csv[4]);

        request.TimeZone = "Europe/Atlantis";
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await rpc.GetHistoryAsync(request, cancellationToken: Cancel));
        Assert.Equal((StatusCode.InvalidArgument, "time_zone"), (refused.StatusCode, refused.Trailers.GetValue("field")));
    }

    [Theory]
    [InlineData("bucket=1d&points=10", "points", "nothing together with bucket")]
    [InlineData("bucket=1d&estimate=true", "estimate", "false together with bucket")]
    [InlineData("timeZone=Europe/Berlin", "timeZone", "only together with bucket")]
    [InlineData("fill=null", "fill", "only together with bucket")]
    [InlineData("bucket=1d&fill=zero", "fill", "null, previous, linear")]
    [InlineData("bucket=1d&timeZone=Europe/Atlantis", "timeZone", "an IANA time zone, e.g. Europe/Berlin or UTC")]
    [InlineData("bucket=7d", "bucket", "1m, 5m, 15m, 30m, 1h, 6h, 12h, 1d, 1w, 1mo, 1y")]
    [InlineData("bucket=1m&from=2025-10-01T00:00:00Z&to=2025-10-28T00:00:00Z", "bucket", "at most 10000 buckets between from and to")]
    [InlineData("bucket=1mo&timeZone=Europe/Berlin&from=0001-01-01T00:00:00Z&to=0001-02-01T00:00:00Z", "from",
        "a time in the years 2 to 9997")]
    public async Task What_makes_no_sense_is_refused_with_field_and_what_is_allowed(string query, string field, string allowed)
    {
        await Prepare();
        using var answer = await Pollux.Query.Http.GetAsync(Address(query), Cancel);
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel);
        Assert.Equal((400, field, allowed), ((int)answer.StatusCode, (string?)problem!["field"], (string?)problem["allowed"]));
    }

    // A reading every two minutes, except on Monday, 27 October in Berlin.
    async Task Prepare()
    {
        if (asset is not null) return;
        var id = Pollux.NextAsset();
        var (start, gap, gapEnd) = (
            Micros.From(Time("2025-10-23T20:00:00Z")), Micros.From(Time("2025-10-26T23:00:00Z")),
            Micros.From(Time("2025-10-27T23:00:00Z")));
        readings =
        [
            .. Enumerable.Range(0, 3_300)
                .Select(i => new Reading(Sensor, start + i * 120 * Micros.PerSecond + 123_456, i == 1_777 ? 249.875 : 200 + i % 7 * 0.25))
                .Where(r => r.SampledAt < gap || r.SampledAt >= gapEnd),
        ];
        var lines = readings.Select(
            r => string.Create(
                CultureInfo.InvariantCulture, $$"""{"time":"{{Micros.ToTime(r.SampledAt):O}}","{{SensorId}}":{{r.Value}}}"""));
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var answer = await Pollux.Ingest.Http.PostAsync($"/api/v1/assets/{id}/telemetry:import", body, Cancel);
        Assert.Equal(readings.Count, (int)(await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!["stored"]!);
        await Eventually.Get("the readings are in the saved twin", () => Pollux.Twins.View(id), twin => twin?.Readings == readings.Count);
        asset = id;
    }

    static (long Count, double? Min, double? Max, double? Mean, double? First, double? Last, DateTimeOffset? FirstAt,
        DateTimeOffset? LastAt) Expected(long start, long end)
    {
        var held = readings!.Where(r => r.SampledAt >= start && r.SampledAt < end).ToList();
        if (held.Count == 0) return default;
        return (
            held.Count, held.Min(r => r.Value), held.Max(r => r.Value), Math.Round(held.Average(r => r.Value), 9), held[0].Value,
            held[^1].Value,
            Micros.ToTime(held[0].SampledAt), Micros.ToTime(held[^1].SampledAt));
    }

    string Address(string query) => $"/api/v1/twins/{asset}/history?sensor={SensorId}&{query}";

    Task<JsonNode> History(string query) => Pollux.Get(Address(query));

    static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
