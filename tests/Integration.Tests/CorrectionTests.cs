using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Contracts.Events;
using Contracts.Query.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Integration.Tests.Running;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>Readings that people correct or retract: everything derived follows, and what was known before stays reachable.</summary>
[Collection<OnOneSystem>]
public class CorrectionTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    const ushort MeltTemperature = 6, MeltPressure = 7;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_retracted_reading_ends_its_alarm_and_stays_in_what_was_known_before()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now - 900 * Micros.PerSecond);
        await Pollux.Store(asset, new Reading(MeltPressure, at, 82), new Reading(MeltPressure, at + 10_000_000, 210));
        var raised = await Event<AlarmRaised>(asset, a => a.LimitId == "melt-pressure-high");
        var before = await Pollux.Log.Position();
        var known = $"/api/v1/twins/{asset}?validAt={Time(at + 20_000_000)}&knownAt={before}";
        var was = await Pollux.Query.Http.GetStringAsync(known, Cancel);

        var made = await Post($"corrections:retract", asset, new
        {
            sensor = "melt-pressure",
            from = Micros.ToTime(at + 5_000_000),
            to = Micros.ToTime(at + 15_000_000),
            reason = "loose wire",
            by = "eve",
        });
        Assert.Equal(("retracted", 1L, "loose wire", "eve"),
            ((string)made["kind"]!, (long)made["readings"]!, (string)made["reason"]!, (string)made["by"]!));
        var revised = await Event<TwinRevised>(asset, _ => true);
        Assert.Equal([raised.AlarmId], revised.AlarmIds);
        Assert.Equal([(string)made["correctionId"]!], revised.CorrectionIds);
        Assert.Equal([new("melt-pressure", 2, 1, 210, 82)], revised.Sensors);
        await Event<AlarmWithdrawn>(asset, w => w.AlarmId == raised.AlarmId);
        var alarm = $"/api/v1/alarms/{raised.AlarmId}";
        await Eventually.Get("the alarm is withdrawn", () => Pollux.Get(alarm), a => (string)a["state"]! == "withdrawn");
        Assert.DoesNotContain(
            (await Pollux.Get($"/api/v1/alarms?asset={asset}&state=active&state=cleared"))["items"]!.AsArray(),
            a => (string)a!["id"]! == raised.AlarmId);
        Assert.Equal("withdrawn", (string)(await Pollux.Get($"{alarm}?validAt={Time(at + 20_000_000)}"))["state"]!);
        Assert.Equal("active", (string)(await Pollux.Get($"{alarm}?knownAt={before}"))["state"]!);
        // One that is late and lies in the retracted time does not count either.
        await Send(asset, new Reading(MeltPressure, at + 12_000_000, 215), new Reading(MeltTemperature, at + 12_000_000, 201));
        await Eventually.Get("the twin has the late reading", () => Pollux.Twins.View(asset), t => t?.Readings == 2);
        Assert.Equal(82, await Pressure(asset, ""));
        Assert.Equal([82], await History(asset, at, ""));
        Assert.Equal(was, await Pollux.Query.Http.GetStringAsync(known, Cancel));
        Assert.Equal([82, 210], await History(asset, at, $"&knownAt={before}"));

        var rebuilt = await Pollux.Rebuild(asset);
        Assert.Equal(rebuilt.LiveHash, rebuilt.RebuiltHash);
        var asKnown = await Pollux.Get($"/api/v1/twins/{asset}?knownAt={await Pollux.Log.Position()}");
        Assert.Equal(rebuilt.LiveHash, (string)asKnown["stateHash"]!);

        // Undone, all counts as it came.
        var id = (string)made["correctionId"]!;
        var undone = await Post($"corrections/{id}:withdraw", asset, new { reason = "it was right", by = "bob" });
        Assert.Equal("bob", (string)undone["withdrawal"]!["by"]!);
        await Eventually.Get("the twin counts all readings", () => Pollux.Twins.View(asset), t => t?.Readings == 4);
        Assert.Equal([82, 210, 215], await History(asset, at, ""));
        await Eventually.Get("the alarm is back", () => Pollux.Get(alarm), a => (string)a["state"]! == "active");
        Assert.Equal(id, (string)(await Post($"corrections/{id}:withdraw", asset, new { reason = "again", by = "bob" }))["correctionId"]!);
        var listed = Assert.Single((await Pollux.Get($"/api/v1/twins/{asset}/corrections"))["items"]!.AsArray())!;
        Assert.Equal("it was right", (string)listed["withdrawal"]!["reason"]!);
        Assert.Empty((await Pollux.Get($"/api/v1/twins/{asset}/corrections?knownAt={before}"))["items"]!.AsArray());
    }

    [Fact]
    public async Task A_corrected_value_counts_everywhere_also_after_kills()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now - 3_600 * Micros.PerSecond);
        await Pollux.Store(asset, [.. Enumerable.Range(0, 600).Select(i => new Reading(MeltTemperature, at + i * Micros.PerSecond, 200))]);
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = new CorrectionService.CorrectionServiceClient(channel);
        var request = new CorrectReadingsRequest
        {
            AssetId = asset,
            SensorId = "melt-temperature",
            Readings = { new Contracts.Query.V1.CorrectedReading { SampledAt = Stamp(at + 300 * Micros.PerSecond), Value = 230 } },
            Reason = "typed wrong",
            By = "eve",
        };
        var made = (await rpc.CorrectReadingsAsync(request, cancellationToken: Cancel)).Correction;
        Assert.Equal((1, 230), (made.Readings, made.Values[0].Value));
        await Pollux.TwinState.Kill();
        await Pollux.TwinState.Start();
        await Event<TwinRevised>(asset, r => r.CorrectionIds.Contains(made.CorrectionId));

        // From rollups, from the log, and as known by position.
        foreach (var range in new[] { "points=2", "points=600", $"points=600&knownAt={await Pollux.Log.Position()}" })
        {
            var answer = await Pollux.Get(
                $"/api/v1/twins/{asset}/history?sensor=melt-temperature&from={Time(at)}&to={Time(at + 3_000 * Micros.PerSecond)}&{range}");
            Assert.Equal(230, answer["series"]![0]!["points"]!.AsArray().Max(p => (double)p!["max"]!));
        }
        // The device's own value is still a duplicate.
        await Send(asset, new Reading(MeltTemperature, at + 300 * Micros.PerSecond, 200), new Reading(MeltPressure, at, 80));
        var view = await Eventually.Get("the twin has it", () => Pollux.Twins.View(asset), t => t?.Readings == 601);
        var rebuilt = await Pollux.Rebuild(asset);
        Assert.Equal((view!.StateHash, view.StateHash), (rebuilt.LiveHash, rebuilt.RebuiltHash));
        var listed = Assert.Single((await rpc.ListCorrectionsAsync(new() { AssetId = asset }, cancellationToken: Cancel)).Corrections);
        Assert.Empty(listed.Values);
        listed.Values.Add(made.Values);
        Assert.Equal(made, listed);

        request.Readings[0].SampledAt = Stamp(at + 1);
        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await rpc.CorrectReadingsAsync(request, cancellationToken: Cancel));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Contains("nothing to correct", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_corrected_is_refused_by_name()
    {
        var (asset, at) = (Pollux.NextAsset(), Micros.ToTime(Samples.Now - 900 * Micros.PerSecond));
        await Pollux.Store(asset, new Reading(MeltPressure, Micros.From(at), 82));
        object Correction(object? readings, string sensor = "melt-pressure", string? reason = "why", string? by = "eve") =>
            new { sensor, readings, reason, by };
        object One(object? value, object? sampledAt = null) => new[] { new { sampledAt = sampledAt ?? at, value } };
        object Retraction(DateTimeOffset from, DateTimeOffset to) => new { sensor = "melt-pressure", from, to, reason = "why", by = "eve" };
        foreach (var (path, body, status, field) in new (string, object, int, string?)[]
        {
            ("corrections", Correction(One(1), sensor: "melt"), 400, "sensor"),
            ("corrections", Correction(null), 400, "readings"),
            ("corrections", Correction(Array.Empty<object>()), 400, "readings"),
            ("corrections", Correction(One(1e9)), 400, "readings[0].value"),
            ("corrections", Correction(One(null)), 400, "readings[0].value"),
            ("corrections", Correction(One(1, DateTimeOffset.UtcNow.AddDays(1))), 400, "readings[0].sampledAt"),
            ("corrections", Correction(One(1), reason: null), 400, "reason"),
            ("corrections", Correction(One(1), by: " "), 400, "by"),
            ("corrections", new { sensor = "melt-pressure", readings = One(1), reason = "why", by = "eve", note = 1 }, 400, "note"),
            ("corrections", Correction(new[] { new { sampledAt = at, value = 1 }, new { sampledAt = at, value = 2 } }), 400, "readings"),
            ("corrections", Correction(One(1, at.AddSeconds(1))), 409, null),
            ("corrections:retract", Retraction(at, at), 400, "to"),
            ("corrections:retract", Retraction(at.AddDays(-40), at), 400, "to"),
            ("corrections:retract", Retraction(at.AddSeconds(1), at.AddSeconds(9)), 409, null),
            ("corrections/none:withdraw", new { reason = "why", by = "eve" }, 404, null),
        })
        {
            using var answer = await Pollux.Query.Http.PostAsJsonAsync($"/api/v1/twins/{asset}/{path}", body, Cancel);
            var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel);
            Assert.Equal((status, field), ((int)answer.StatusCode, (string?)problem!["field"]));
        }
        Assert.Empty((await Pollux.Get($"/api/v1/twins/{asset}/corrections"))["items"]!.AsArray());
        using var none = await Pollux.Query.Http.GetAsync($"/api/v1/twins/{asset}/corrections/none", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    // Not all of them count, so there is no number of readings to wait for.
    async Task Send(string asset, params Reading[] readings)
    {
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, readings));
    }

    async Task<JsonNode> Post(string path, string asset, object body)
    {
        using var answer = await Pollux.Query.Http.PostAsJsonAsync($"/api/v1/twins/{asset}/{path}", body, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    async Task<double> Pressure(string asset, string query) => (double)(await Pollux.Get($"/api/v1/twins/{asset}?{query}"))["sensors"]!
        .AsArray().Single(s => (string)s!["id"]! == "melt-pressure")!["value"]!;

    async Task<IEnumerable<double>> History(string asset, long at, string query) => (await Pollux.Get(
        $"/api/v1/twins/{asset}/history?sensor=melt-pressure&from={Time(at)}&to={Time(at + 60_000_000)}&points=60{query}"))
        ["series"]![0]!["points"]!.AsArray().Select(p => (double)p!["mean"]!);

    async Task<T> Event<T>(string asset, Func<T, bool> which) => (await Eventually.Get(
        $"{typeof(T).Name} of {asset} is in the log", () => Pollux.Log.Events<T>(Streams.Twin(asset)), e => e.Any(which))).First(which);

    static string Time(long micros) => Uri.EscapeDataString(Micros.ToTime(micros).ToString("O", CultureInfo.InvariantCulture));

    static Timestamp Stamp(long micros) => Timestamp.FromDateTimeOffset(Micros.ToTime(micros));
}
