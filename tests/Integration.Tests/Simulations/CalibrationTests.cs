using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Contracts.Events;
using Integration.Tests.Running;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Integration.Tests.Simulations;

/// <summary>Parameters of a machine are learned from its history, adopted and rolled back by people, and the log tells it all.</summary>
[Collection<OnOneScenarioSystem>]
public class CalibrationTests(ScenarioSystem system) : SystemTest<ScenarioSystem>(system)
{
    const int Minutes = 45;

    // The consistency in the shipped model.
    const double Nominal = 526.71241;

    readonly SteadyMachine machine = new(system.Model, ("polymer.consistency", 0.9));

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // A frame in ten seconds, up to now.
    async Task<string> Machine()
    {
        var asset = Pollux.NextAsset();
        var start = Samples.Now - Minutes * 60 * Micros.PerSecond;
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        for (var i = 0; i < Minutes * 6; i++)
        {
            await device.Publish(
                Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, machine.Frame(start + i * 10 * Micros.PerSecond, i)));
        }
        await Eventually.Get(
            "all is stored", async () => (await Pollux.Log.Readings(asset)).GroupBy(r => r.SampledAt).Count(), n => n == Minutes * 6);
        return asset;
    }

    async Task<(HttpStatusCode Status, JsonNode Body)> Post(string path, object body)
    {
        using var answer = await Pollux.Query.Http.PostAsJsonAsync($"/api/v1/{path}", body, Cancel);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!);
    }

    async Task<JsonNode> Calibrated(string asset, int minutes = 40)
    {
        var from = DateTimeOffset.UtcNow.AddMinutes(-minutes);
        var (status, calibration) = await Post("calibrations", new { asset, from, by = "eve" });
        Assert.True(status == HttpStatusCode.Accepted, calibration.ToJsonString());
        return await Eventually.Get(
            "the calibration is answered", () => Pollux.Get($"/api/v1/calibrations/{calibration["id"]}"),
            c => (string)c["state"]! != "requested", show: c => (string)c["state"]!);
    }

    async Task<(double Melt, string? Calibration)> WhatIf(string asset)
    {
        var (_, json) = await Pollux.Answer(new
        {
            asset,
            cells = 50,
            ensemble = new { size = 20 },
            interventions = new[] { new { target = "screw-speed", kind = "scale", value = 1.1 } },
        });
        var result = JsonNode.Parse(json)!;
        var melt = result["signals"]!.AsArray().Single(s => (string)s!["id"]! == "melt-temperature")!;
        return ((double)melt["baseline"]!["nominal"]![0]!, (string?)result["provenance"]!["calibrationId"]);
    }

    async Task<(double Value, string? Calibration)> Consistency(string asset, string query = "")
    {
        var parameters = await Pollux.Get($"/api/v1/twins/{asset}/parameters{query}");
        var value = parameters["values"]!.AsArray().Single(v => (string)v!["id"]! == "polymer.consistency")!;
        return ((double)value["value"]!, (string?)parameters["calibrationId"]);
    }

    [Fact]
    public async Task Learned_parameters_are_proposed_adopted_and_rolled_back_and_scenarios_and_estimates_follow()
    {
        var end = Samples.Now;
        var asset = await Machine();
        var calibration = await Calibrated(asset);
        Assert.True((string)calibration["state"]! == "proposed", calibration.ToJsonString());
        var id = (string)calibration["id"]!;
        var learned = calibration["result"]!["parameters"]!.AsArray().Single(p => (string)p!["id"]! == "polymer.consistency")!;
        Assert.True((bool)learned["isIdentified"]!, learned.ToJsonString());
        Assert.InRange((double)learned["after"]! / Nominal, 0.9 * 0.97, 0.9 * 1.03);
        Assert.Equal((Nominal, (string?)null), await Consistency(asset));
        var known = (long)(await Pollux.Get("/api/v1/log/position"))["position"]!;
        var proposedBy = TimeProvider.System.GetUtcNow().UtcDateTime.ToString("O");
        var before = await Eventually.Get(
            "the estimate has caught up", () => Pollux.Get($"/api/v1/twins/{asset}/estimate"),
            e => Micros.From((DateTimeOffset)e["at"]!) > end - 40 * Micros.PerSecond, show: e => $"{e["at"]}");

        var (status, adopted) = await Post($"calibrations/{id}:adopt", new { by = "eve", comment = "new die" });
        Assert.True(status == HttpStatusCode.OK, adopted.ToJsonString());
        Assert.Equal(("adopted", true), ((string)adopted["state"]!, (bool)adopted["isInForce"]!));
        var lineage = (await Pollux.Get($"/api/v1/lineage?calibration={id}"))["nodes"]!.AsArray();
        Assert.Equal($"calibration:{id}", (string)lineage[0]!["key"]!);
        Assert.Contains(lineage, n => (string)n!["key"]! == "person:eve");
        Assert.Contains(lineage, n => (string)n!["id"]! == Pollux.Model.Hash);
        Assert.Equal(((double)learned["after"]!, id), await Consistency(asset));
        Assert.Equal((Nominal, (string?)null), await Consistency(asset, $"?knownAt={known}"));
        var undecided = await Pollux.Get($"/api/v1/calibrations/{id}?knownAt={known}");
        Assert.Equal(("proposed", false), ((string)undecided["state"]!, (bool)undecided["isInForce"]!));
        var listed = (await Pollux.Get($"/api/v1/calibrations?asset={asset}&knownAt={known}"))["items"]!.AsArray();
        Assert.Equal(
            (id, "proposed", false), ((string)listed.Single()!["id"]!, (string)listed[0]!["state"]!, (bool)listed[0]!["isInForce"]!));
        Assert.Empty((await Pollux.Get($"/api/v1/calibrations?asset={asset}&state=adopted&knownAt={known}"))["items"]!.AsArray());
        Assert.Equal(undecided.ToJsonString(), (await Pollux.Get($"/api/v1/calibrations/{id}?validAt={proposedBy}")).ToJsonString());
        Assert.Equal(
            listed.ToJsonString(), (await Pollux.Get($"/api/v1/calibrations?asset={asset}&validAt={proposedBy}"))["items"]!.ToJsonString());
        var (_, calibrationId) = await WhatIf(asset);
        Assert.Equal(id, calibrationId);
        await Eventually.Get(
            "the estimate is made again with the parameters", () => Pollux.Get($"/api/v1/twins/{asset}/estimate"),
            e => Math.Abs(NominalOf(e) / (double)learned["after"]! - 1) < 0.001, show: e => $"{NominalOf(e)}");
        // What was adopted later does not change what was known then.
        var then = $"/api/v1/twins/{asset}/estimate?validAt={((DateTimeOffset)before["at"]!).UtcDateTime:O}";
        Assert.Equal((string)before["hash"]!, (string)(await Pollux.Get($"{then}&knownAt={known}"))["hash"]!);
        var after = await Pollux.Get(then);
        Assert.NotEqual((string)before["hash"]!, (string)after["hash"]!);
        Assert.Equal((double)learned["after"]!, NominalOf(after), (double)learned["after"]! * 0.001);
        // The second time it has no effect.
        Assert.Equal(HttpStatusCode.OK, (await Post($"calibrations/{id}:adopt", new { by = "eve" })).Status);

        await Pollux.Simulation.Kill();
        await Pollux.Execute($"truncate {ReadModels.Calibration}, {ReadModels.CalibratedAsset}");
        await Pollux.Simulation.Start();
        await Eventually.Get(
            "calibrations are restored from the log", () => Pollux.Get($"/api/v1/calibrations?asset={asset}"),
            page => page["items"]!.AsArray().Any(c => (bool)c!["isInForce"]!), show: page => page.ToJsonString());

        var (rolledBack, back) = await Post($"calibrations/{id}:rollBack", new { by = "eve", comment = "old die again" });
        Assert.True(rolledBack == HttpStatusCode.OK, back.ToJsonString());
        Assert.Equal((Nominal, (string?)null), await Consistency(asset));
        Assert.Null((await WhatIf(asset)).Calibration);
        var stream = Streams.Calibration(asset);
        Assert.Equal("eve", Assert.Single(await Pollux.Log.Events<CalibrationRequested>(stream)).RequestedBy);
        Assert.Equal(id, Assert.Single(await Pollux.Log.Events<CalibrationProposed>(stream)).CalibrationId);
        Assert.Equal("new die", Assert.Single(await Pollux.Log.Events<CalibrationAdopted>(stream)).Comment);
        Assert.Equal("old die again", Assert.Single(await Pollux.Log.Events<CalibrationRolledBack>(stream)).Comment);
    }

    static double NominalOf(JsonNode estimate) =>
        (double)estimate["learned"]!.AsArray().Single(l => (string)l!["id"]! == "polymer.consistency")!["nominal"]!;

    [Fact]
    public async Task What_has_no_answer_says_why_and_changes_nothing()
    {
        var asset = Pollux.NextAsset();
        await Pollux.Store(asset, new Reading(ScenarioSystem.ScrewSpeed, Samples.Now, 80));
        var failed = await Calibrated(asset);
        Assert.Equal(("failed", "invalid"), ((string)failed["state"]!, (string)failed["cause"]!));
        Assert.Contains("too few readings", (string)failed["reason"]!, StringComparison.Ordinal);
        var (status, problem) = await Post($"calibrations/{failed["id"]}:adopt", new { by = "eve" });
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("there is nothing to adopt", (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await Post($"calibrations/{failed["id"]}:rollBack", new { by = "eve" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Post($"calibrations/{Guid.CreateVersion7()}:adopt", new { by = "eve" })).Status);
        Assert.Equal((Nominal, (string?)null), await Consistency(asset));
    }
}
