using System.Globalization;
using System.Text.Json.Nodes;
using Contracts.Events;
using Contracts.Query.V1;
using Grpc.Net.Client;
using Integration.Tests.Running;
using ServiceDefaults;
using TwinModel.Estimation;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>The physics follows the machine, and says when it does not.</summary>
[Collection<OnOneEstimatingSystem>]
public class EstimateTests(EstimatingSystem system) : SystemTest<EstimatingSystem>(system)
{
    const int Minutes = 25;

    readonly SteadyMachine machine = new(system.Model);

    // Every two seconds; from minute 10 to 13 the thermocouple of zone 2 shows too much.
    List<Reading[]> Frames(double bias)
    {
        var start = Samples.Now - (Minutes + 1) * 60 * Micros.PerSecond;
        return [.. Enumerable.Range(0, Minutes * 30)
            .Select(i => machine.Frame(start + i * 2 * Micros.PerSecond, i, i is >= 300 and < 390 ? bias : 0))];
    }

    async Task<JsonNode> Estimated(string asset, IEnumerable<Reading[]> frames)
    {
        var expected = Folded(frames);
        return await Eventually.Get(
            "the estimate is that of a fold in one go", () => Pollux.Get($"/api/v1/twins/{asset}/estimate"),
            estimate => (string)estimate["hash"]! == expected, show: e => $"{e["hash"]} at {e["at"]} instead of {expected}");
    }

    string Folded(IEnumerable<Reading[]> frames)
    {
        var setup = new EstimationSetup(Pollux.Model);
        var twin = new EstimateTwin(setup);
        twin.Step([.. frames.SelectMany(f => f).OrderBy(r => r.SampledAt)], new(setup));
        return twin.Hash();
    }

    [Fact]
    public async Task It_is_that_of_a_fold_in_one_go_through_a_kill_and_late_readings_and_a_rebuild()
    {
        var asset = Pollux.NextAsset();
        var frames = Frames(bias: 0);
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        // The frames of the fifth minute come last, after everything that was in memory has been forgotten.
        foreach (var frame in frames.Take(120).Concat(frames.Skip(150).Take(330)))
            await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, frame));
        await Estimated(asset, frames.Take(120).Concat(frames.Skip(150).Take(330)));
        await Pollux.TwinState.Kill();
        foreach (var frame in frames.Skip(480).Concat(frames.Skip(120).Take(30)))
            await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, frame));
        await Pollux.TwinState.Start();
        var estimate = await Estimated(asset, frames);
        Assert.Equal("in-sync", (string)estimate["sync"]!["state"]!);

        var before = await Pollux.TwinState.Metric("pollux_twin_state_estimate_rebuilds_total");
        await Pollux.Rebuild(asset);
        await Eventually.Is(
            "the estimate was made again", async () => await Pollux.TwinState.Metric("pollux_twin_state_estimate_rebuilds_total") > before);
        Assert.DoesNotContain(
            "pollux_twin_state_estimate_rebuilds_total{equal=\"False\"",
            await Pollux.TwinState.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken),
            StringComparison.OrdinalIgnoreCase);
        await Estimated(asset, frames);
    }

    [Fact]
    public async Task The_past_has_the_hash_that_the_live_estimate_had_with_what_was_known_then()
    {
        var asset = Pollux.NextAsset();
        var frames = Frames(bias: 0);
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        async Task<JsonNode> Live(IEnumerable<Reading[]> next, IEnumerable<Reading[]> all)
        {
            foreach (var frame in next) await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, frame));
            return await Estimated(asset, all);
        }
        // The seventh minute comes last, after everything that was in memory has been forgotten.
        List<Reading[]> inTime = [.. frames.Take(180), .. frames.Skip(210)];
        var early = await Live(inTime.Take(400), inTime.Take(400));
        var before = await Live(inTime.Skip(400), inTime);
        // From the minute before the one that is missing up to the third after it.
        var (from, to) = (frames[150][0].SampledAt, frames[300][0].SampledAt);
        var history = $"/api/v1/twins/{asset}/estimate/history?signal=specific-energy&signal=melting-length&points=20"
            + $"&from={Micros.ToTime(from):O}&to={Micros.ToTime(to):O}".Replace("+00:00", "Z", StringComparison.Ordinal);
        var historyBefore = await Pollux.Get(history);
        var after = await Live(frames.Skip(180).Take(30), frames);

        foreach (var live in new[] { early, before, after })
        {
            var past = await Pollux.Get($"/api/v1/twins/{asset}/estimate?validAt={Time(live)}&knownAt={live["position"]}");
            Assert.Equal(live.ToJsonString(), past.ToJsonString());
            var twin = await Pollux.Get($"/api/v1/twins/{asset}?validAt={Time(live)}&knownAt={live["position"]}");
            Assert.Equal((string)live["at"]!, (string)twin["estimate"]!["at"]!);
            Assert.Equal(live["signals"]!.ToJsonString(), twin["estimate"]!["signals"]!.ToJsonString());
        }
        var known = await Pollux.Get($"{history}&knownAt={before["position"]}");
        AssertSameHistory(historyBefore, known);
        AssertSameHistory(await Pollux.Get(history), await Pollux.Get($"{history}&knownAt={after["position"]}"));
        Assert.NotEqual(
            known["series"]!.ToJsonString(), (await Pollux.Get($"{history}&knownAt={after["position"]}"))["series"]!.ToJsonString());
        // The same moments with what is known now.
        var now = await Pollux.Get($"/api/v1/twins/{asset}/estimate?validAt={Time(before)}");
        Assert.Equal((string)after["hash"]!, (string)now["hash"]!);
        Assert.NotEqual((string)before["hash"]!, (string)now["hash"]!);
    }

    // What is saved is kept in single precision.
    static void AssertSameHistory(JsonNode saved, JsonNode computed)
    {
        foreach (var (one, other) in saved["series"]!.AsArray().Zip(computed["series"]!.AsArray()))
        {
            var (before, after) = (one!["points"]!.AsArray(), other!["points"]!.AsArray());
            Assert.Equal(before.Select(Bucket), after.Select(Bucket));
            foreach (var (a, b) in before.Zip(after))
            {
                foreach (var name in new[] { "mean", "standardDeviation", "min", "max" })
                    Assert.Equal((double)a![name]!, (double)b![name]!, 1e-5 * Math.Abs((double)a[name]!));
            }
        }
    }

    static (string, long) Bucket(JsonNode? point) => ((string)point!["start"]!, (long)point["count"]!);

    static string Time(JsonNode estimate) => ((DateTimeOffset)estimate["at"]!).UtcDateTime.ToString("O");

    [Fact]
    public async Task A_thermocouple_that_shows_too_much_is_named_by_an_alarm_until_it_is_right_again()
    {
        var asset = Pollux.NextAsset();
        var frames = Frames(bias: 8);
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        foreach (var frame in frames.Take(390)) await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, frame));
        await Eventually.Get(
            "twin and list say that the physics does not follow", () => Pollux.Get($"/api/v1/twins?sync=lost&search={asset}"),
            page => page["items"]!.AsArray().Count == 1);
        var twin = await Pollux.Get($"/api/v1/twins/{asset}");
        Assert.Equal("zone-2-temperature", (string)twin["estimate"]!["sync"]!["sensorId"]!);
        var cause = twin["estimate"]!["sync"]!["cause"]!;
        Assert.Equal(("sensor", "zone-2-temperature"), ((string)cause["kind"]!, (string)cause["sensorId"]!));
        Assert.Contains("seems to show more than there is", (string)cause["text"]!, StringComparison.Ordinal);
        var raised = (await Pollux.Log.Events<AlarmRaised>(Streams.Twin(asset)))
            .Where(a => a.LimitId.StartsWith("sync-", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            [("sync-drifting", "warning", "zone-2-temperature"), ("sync-lost", "alarm", "zone-2-temperature")],
            raised.Select(a => (a.LimitId, a.Severity, a.SensorId)).Order());

        var lineage = (await Pollux.Get($"/api/v1/lineage?alarm={raised[0].AlarmId}"))["nodes"]!.AsArray();
        Assert.Equal($"alarm:{raised[0].AlarmId}", (string)lineage[0]!["key"]!);
        Assert.Contains(lineage, n => (string)n!["id"]! == Pollux.Model.Hash);
        Assert.Contains(lineage, n => (string)n!["what"]! == "message");

        foreach (var frame in frames.Skip(390)) await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, frame));
        await Eventually.Get(
            "the alarms are cleared", () => Pollux.Log.Events<AlarmCleared>(Streams.Twin(asset)),
            cleared => raised.Select(a => a.AlarmId).Order().SequenceEqual(
                cleared.Select(c => c.AlarmId).Where(id => id.Contains(".sync-", StringComparison.Ordinal)).Order()),
            show: cleared => string.Join(", ", cleared.Select(c => c.AlarmId)));
    }

    [Fact]
    public async Task Rest_and_grpc_show_the_same_estimate_and_its_past()
    {
        var asset = Pollux.NextAsset();
        var frames = Frames(bias: 0).Take(200).ToList();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        foreach (var frame in frames) await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, frame));
        var estimate = await Estimated(asset, frames);
        using var channel = GrpcChannel.ForAddress(
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Pollux.Query.GrpcPort}"));
        var client = new EstimateService.EstimateServiceClient(channel);
        var cancel = TestContext.Current.CancellationToken;
        var message = await client.GetEstimateAsync(new() { AssetId = asset }, cancellationToken: cancel);
        Assert.Equal(
            ((string)estimate["hash"]!, estimate["profiles"]!.AsArray().Count, estimate["residuals"]!.AsArray().Count),
            (message.Hash, message.Profiles.Count, message.Residuals.Count));
        // The nominal machine was simulated: what no sensor shows is as the model has it.
        var energy = Assert.Single(message.Estimate.Signals, s => s.Id == "specific-energy");
        Assert.Equal(("", "kJ/kg"), (energy.SensorId, energy.Unit));
        Assert.InRange(energy.Mean, 500, 1500);
        Assert.InRange(energy.StandardDeviation, 0.01, 100);

        var lineage = (await Pollux.Get($"/api/v1/lineage?asset={asset}&signal=specific-energy"))["nodes"]!.AsArray();
        Assert.Equal($"estimate:{asset}/specific-energy", (string)lineage[0]!["key"]!);
        Assert.Equal((long)estimate["position"]!, (long)lineage[0]!["position"]!);
        foreach (var what in new[] { "event", "message", "model" }) Assert.Contains(lineage, n => (string)n!["what"]! == what);

        // Of the past, by time and by position.
        var then = message.Estimate.At.ToDateTimeOffset().AddMinutes(-3);
        var past = await Pollux.Get($"/api/v1/twins/{asset}/estimate?validAt={then.UtcDateTime:O}");
        var validAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(then);
        var asOf = await client.GetEstimateAsync(
            new() { AssetId = asset, ValidAt = validAt, KnownAtPosition = (long)past["position"]! }, cancellationToken: cancel);
        Assert.Equal((validAt, (string)past["hash"]!, (long)past["position"]!), (asOf.Estimate.At, asOf.Hash, asOf.Position));
        var twin = await new TwinService.TwinServiceClient(channel).GetTwinAsync(
            new() { AssetId = asset, ValidAt = validAt }, cancellationToken: cancel);
        Assert.Equal(asOf.Estimate, twin.Twin.Estimate);
        var none = await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () => await client.GetEstimateAsync(
            new() { AssetId = asset, ValidAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(then.AddDays(-2)) },
            cancellationToken: cancel));
        Assert.Equal(Grpc.Core.StatusCode.NotFound, none.StatusCode);
        Assert.Contains("allowed: times from", none.Status.Detail, StringComparison.Ordinal);

        var (from, to) = (frames[0][0].SampledAt, frames[^1][0].SampledAt);
        var history = await Pollux.Get($"/api/v1/twins/{asset}/estimate/history?signal=specific-energy&signal=melt-temperature&points=10"
            + $"&from={Micros.ToTime(from):O}&to={Micros.ToTime(to):O}".Replace("+00:00", "Z", StringComparison.Ordinal));
        Assert.Equal(["specific-energy", "melt-temperature"], history["series"]!.AsArray().Select(s => (string)s!["signalId"]!));
        var points = history["series"]![0]!["points"]!.AsArray();
        Assert.InRange(points.Count, 8, 10);
        Assert.Equal(energy.Mean, (double)points[^1]!["mean"]!, energy.Mean * 0.02);
        var same = await client.GetEstimateHistoryAsync(new()
        {
            AssetId = asset,
            SignalIds = { "specific-energy", "melt-temperature" },
            From = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(Micros.ToTime(from)),
            To = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(Micros.ToTime(to)),
            Points = 10,
        }, cancellationToken: cancel);
        Assert.Equal(points.Select(p => (double)p!["mean"]!), same.Series[0].Points.Select(p => p.Mean));
    }

    [Theory]
    [InlineData("/estimate", 404, "begins", null)]
    [InlineData("/estimate?validAt=2026-01-01T00:00:00Z", 404, "begins", null)]
    [InlineData("/estimate?validAt=2999-01-01T00:00:00Z", 400, "a time up to now", "validAt")]
    [InlineData("/estimate?validAt=noon", 400, "ISO 8601", "validAt")]
    [InlineData("/estimate?validAt=0001-01-01T00:00:00Z", 404, "begins", null)]
    [InlineData("/estimate/history?signal=thrust&to=0001-01-01T00:00:00Z", 400, "a time in the years 2 to 9997", "to")]
    [InlineData("/estimate?knownAt=1", 404, "at log position 1", "knownAt")]
    [InlineData("/estimate?knownAt=999999999999", 400, "a log position from 0 to", "knownAt")]
    [InlineData("/estimate/history?signal=thrust&knownAt=1", 404, "at log position 1", "knownAt")]
    [InlineData("/estimate/history?signal=thrust&knownAt=2999-01-01", 400, "a time up to now", "knownAt")]
    [InlineData("/estimate/history?signal=thrust&from=2026-01-01&to=2026-01-03&knownAt=2026-11-01", 404, "asset", "knownAt")]
    [InlineData("/estimate/history?signal=loss", 400, "melt-temperature", "signal")]
    [InlineData("/estimate/history", 400, "1 to 20", "signal")]
    [InlineData("/estimate/history?signal=thrust&points=1", 400, "2 to 10000", "points")]
    [InlineData("/estimate/history?signal=thrust&from=2006-01-01T00:00:00Z&to=2026-03-01T00:00:00Z", 400, "3660 days", "from")]
    public async Task What_cannot_be_answered_says_why(string path, int status, string says, string? field)
    {
        var asset = Pollux.NextAsset();
        await Pollux.Register("extrusion-line", asset);
        await Refused($"/api/v1/twins/{asset}{path}", status, says, field);
    }

    [Fact]
    public async Task An_unknown_state_of_the_physics_is_refused() =>
        await Refused("/api/v1/twins?sync=lots", 400, "in-sync", "sync");

    async Task Refused(string path, int status, string says, string? field)
    {
        using var answer = await Pollux.Query.Http.GetAsync(path, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == (int)answer.StatusCode && text.Contains(says, StringComparison.Ordinal), $"{(int)answer.StatusCode}: {text}");
        if (field is not null) Assert.Contains($"\"{field}\"", text, StringComparison.Ordinal);
    }
}
