using System.Globalization;
using System.Text.Json.Nodes;
using Contracts.Events;
using Contracts.Query.V1;
using Grpc.Net.Client;
using Integration.Tests.Running;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>What is calculated from sensors and estimates: live, over time, corrected by late readings, and limited.</summary>
[Collection<OnOneEstimatingSystem>]
public class CalculatedSignalTests(EstimatingSystem system) : SystemTest<EstimatingSystem>(system)
{
    const long Day = 86_400 * Micros.PerSecond;

    static string Iso(long micros) => Micros.ToTime(micros).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    static double Mean(JsonNode estimate, string signal) => estimate["signals"]!.AsArray()
        .Where(s => (string)s!["id"]! == signal).Select(s => (double)s!["mean"]!).DefaultIfEmpty(double.NaN).Single();

    [Fact]
    public async Task A_machine_without_physics_has_calculated_signals_and_their_past()
    {
        const string asset = "pump-sensors";
        using (var nothing = await Pollux.Query.Http.GetAsync($"/api/v1/twins/{asset}/estimate", TestContext.Current.CancellationToken))
        {
            Assert.Equal(System.Net.HttpStatusCode.NotFound, nothing.StatusCode);
            Assert.Contains("begins with the first readings",
                await nothing.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        var model = ReadAssetModel.FromDirectory(Infrastructure.AssetsWithBarePump).Single(m => m.Id == asset);
        var start = (Samples.Now / (10 * Micros.PerSecond) - 91) * 10 * Micros.PerSecond;
        // Forty days ago it ran for ten minutes with 100 W, within one hour of UTC.
        const long hour = 3600 * Micros.PerSecond;
        var old = (start - 40 * Day) / hour * hour + hour / 12;
        Reading[] Old(int second) => [new(4, old + second * Micros.PerSecond, 2), new(8, old + second * Micros.PerSecond, 30)];
        // Fifteen minutes, of which the fifth comes last: 1 bar and 30 l/min are 50 W.
        Reading[] Frame(int second, double pressure) =>
        [
            new(4, start + second * Micros.PerSecond, pressure), new(8, start + second * Micros.PerSecond, 30),
            new(3, start + second * Micros.PerSecond, 1), new(7, start + second * Micros.PerSecond, 200),
        ];
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        Task Publish(IEnumerable<Reading[]> frames) => Task.WhenAll(
            frames.Chunk(30).Select(some => device.Publish(Samples.SenmlTopic(asset), Samples.Senml(model, some.SelectMany(f => f)))));
        await Publish(Enumerable.Range(0, 600).Select(Old));
        await Eventually.Get(
            "the old minutes are known", () => Pollux.Get($"/api/v1/twins/{asset}"),
            t => t["estimate"] is { } estimate && (DateTimeOffset)estimate["at"]! >= Micros.ToTime(old + 500 * Micros.PerSecond));
        await Publish(Enumerable.Range(0, 900).Where(s => s is < 240 or >= 300).Select(s => Frame(s, 1)));
        // The last ticks are not complete.
        var end = Micros.ToTime(start + 880 * Micros.PerSecond);
        var twin = await Eventually.Get(
            "the live twin shows the signals of the last complete tick", () => Pollux.Get($"/api/v1/twins/{asset}"),
            t => t["estimate"] is { } estimate && (DateTimeOffset)estimate["at"]! >= end && Mean(estimate, "hydraulic-share") > 0);
        Assert.Null(twin["estimate"]!["sync"]);
        Assert.Equal(50, Mean(twin["estimate"]!, "hydraulic-power"), 1e-6);
        Assert.Equal(25, Mean(twin["estimate"]!, "hydraulic-share"), 1e-6);
        Assert.Equal("pressure * volume-flow", (string)twin["estimate"]!["signals"]![0]!["expression"]!);
        Assert.True(double.IsNaN(Mean(twin["estimate"]!, "motor-temperature-rate")));

        // The pressure of the fifth minute was three times as high.
        await Publish(Enumerable.Range(240, 60).Select(s => Frame(s, 3)));
        var (from, to) = (Iso(start), Iso(start + 900 * Micros.PerSecond));
        var history = await Eventually.Get(
            "the late minute is in the history",
            () => Pollux.Get($"/api/v1/twins/{asset}/estimate/history?signal=hydraulic-power&signal=motor-temperature-rate"
                + $"&points=15&from={from}&to={to}"),
            h => h["series"]![0]!["points"]!.AsArray() is { Count: >= 14 } points && Math.Abs((double)points[4]!["mean"]! - 150) < 1e-3,
            show: h => h.ToJsonString());
        Assert.Equal([50, 50, 50, 50, 150, 50, 50],
            history["series"]![0]!["points"]!.AsArray().Take(7).Select(p => Math.Round((double)p!["mean"]!, 3)));
        Assert.Empty(history["series"]![1]!["points"]!.AsArray());

        // Of the old ones only the hours are kept, and long ranges are of hours.
        foreach (var days in new[] { 1, 39 })
        {
            var hours = await Pollux.Get(
                $"/api/v1/twins/{asset}/estimate/history?signal=hydraulic-power&points=2"
                    + $"&from={Iso(old - Day / 2)}&to={Iso(old + days * Day - Day / 2)}");
            var point = Assert.Single(hours["series"]![0]!["points"]!.AsArray())!;
            Assert.InRange((int)point["count"]!, 50, 60);
            Assert.Equal((100, 100, 100), ((double)point["mean"]!, (double)point["min"]!, (double)point["max"]!));
            Assert.InRange((double)point["standardDeviation"]!, 1, 20);
        }

        // The past is calculated again: 100 W forty days ago, and 50 W in the minute of which more became known later.
        var before = await Pollux.Get($"/api/v1/twins/{asset}?validAt={Iso(old + 590 * Micros.PerSecond)}");
        Assert.Equal(100, Mean(before["estimate"]!, "hydraulic-power"), 1e-6);
        var late = Iso(start + 300 * Micros.PerSecond);
        Assert.Equal(150, Mean(await Pollux.Get($"/api/v1/twins/{asset}/estimate?validAt={late}"), "hydraulic-power"), 1e-6);
        var asKnown = await Pollux.Get($"/api/v1/twins/{asset}/estimate?validAt={late}&knownAt={(long)twin["position"]!}");
        Assert.Equal(50, Mean(asKnown, "hydraulic-power"), 1e-6);

        using var channel = GrpcChannel.ForAddress(
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Pollux.Query.GrpcPort}"));
        var message = await new EstimateService.EstimateServiceClient(channel).GetEstimateAsync(
            new() { AssetId = asset }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Null(message.Estimate.Sync);
        Assert.Equal("pressure * volume-flow", message.Estimate.Signals.Single(s => s.Id == "hydraulic-power").Expression);
    }

    [Fact]
    public async Task A_limit_on_a_signal_raises_and_clears_an_alarm_also_when_twin_state_was_away_meanwhile()
    {
        var asset = Pollux.NextAsset();
        var machine = new SteadyMachine(Pollux.Model);
        var power = Pollux.Model.Sensor("motor-power")!.Number;
        var start = Samples.Now - 61 * 60 * Micros.PerSecond;
        // From minute 15 to 30 the drive takes twice the power; the mean of ten minutes follows.
        var frames = Enumerable.Range(0, 1800).Select(i => machine.Frame(start + i * 2 * Micros.PerSecond, i)
            .Select(r => r.Sensor == power && i is >= 450 and < 900 ? r with { Value = 2 * r.Value } : r).ToArray()).ToList();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        async Task Publish(IEnumerable<Reading[]> some)
        {
            foreach (var piece in some.Chunk(15))
                await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, piece.SelectMany(f => f)));
        }
        await Publish(frames.Take(600));
        await Eventually.Get(
            "the twin's estimate has reached minute 15", () => Pollux.Get($"/api/v1/twins/{asset}"),
            t => t["estimate"] is { } estimate && (DateTimeOffset)estimate["at"]! >= Micros.ToTime(start + 900 * Micros.PerSecond));
        await Pollux.TwinState.Kill();
        await Publish(frames.Skip(600));
        await Pollux.TwinState.Start();

        var cleared = await Eventually.Get(
            "the alarm is cleared", () => Pollux.Log.Events<AlarmCleared>(Streams.Twin(asset)),
            all => all.Any(c => c.AlarmId.Contains(".specific-drive-energy-high.", StringComparison.Ordinal)));
        var raised = Assert.Single(
            await Pollux.Log.Events<AlarmRaised>(Streams.Twin(asset)), a => a.LimitId == "specific-drive-energy-high");
        Assert.Equal(
            (null, "specific-drive-energy-mean", "warning", "kJ/kg"), (raised.SensorId, raised.SignalId, raised.Severity, raised.Unit));
        Assert.InRange(raised.Value!.Value, 1200, 1300);
        Assert.InRange((raised.RaisedAt - Micros.ToTime(start)).TotalMinutes, 16, 26);
        var end = Assert.Single(cleared, c => c.AlarmId == raised.AlarmId);
        Assert.InRange((end.ClearedAt - Micros.ToTime(start)).TotalMinutes, 31, 42);

        var alarms = await Pollux.Get($"/api/v1/alarms?asset={asset}");
        var shown = alarms["items"]!.AsArray().Single(a => (string)a!["id"]! == raised.AlarmId)!;
        Assert.Equal("specific-drive-energy-mean", (string)shown["signalId"]!);
        var limits = (await Pollux.Get($"/api/v1/assets/{asset}"))["limits"]!.AsArray();
        var limit = limits.Single(l => (string)l!["id"]! == "specific-drive-energy-high")!;
        Assert.Equal((null, "specific-drive-energy-mean"), ((string?)limit["sensor"], (string)limit["signal"]!));
    }
}
