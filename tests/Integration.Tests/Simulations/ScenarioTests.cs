using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Contracts.Events;
using Contracts.Query.V1;
using Contracts.Scenarios;
using Grpc.Core;
using Grpc.Net.Client;
using Integration.Tests.Running;
using ServiceDefaults;
using TwinModel.Estimation;
using TwinModel.Telemetry;
using ScenarioResult = Contracts.Scenarios.ScenarioResult;

namespace Integration.Tests.Simulations;

/// <summary>What-if scenarios: from the live twin through simulation to the answer.</summary>
[Collection<OnOneScenarioSystem>]
public class ScenarioTests(ScenarioSystem system, ITestOutputHelper output) : SystemTest<ScenarioSystem>(system)
{
    const int Cells = 50;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    HttpClient Api => Pollux.Query.Http;

    static object More(
        string asset, double factor = 1.15, long? knownAt = null, string? validAt = null, int members = 40,
        double? horizonSeconds = null) => new
        {
            asset,
            validAt,
            knownAt,
            horizonSeconds,
            cells = Cells,
            ensemble = new { size = members },
            interventions = new[] { new { target = "production-rate", kind = "scale", value = factor } },
        };

    static ScenarioResult Read(byte[] json) => JsonSerializer.Deserialize<ScenarioResult>(json, JsonSerializerOptions.Web)!;

    async Task<string> RunningAt(double speed)
    {
        var asset = Pollux.NextAsset();
        await Pollux.Store(asset, new Reading(ScenarioSystem.ScrewSpeed, Samples.Now, speed));
        return asset;
    }

    [Fact]
    public async Task An_answer_says_who_asked_for_it_and_where_it_comes_from()
    {
        var asset = await RunningAt(80);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/scenarios")
        {
            Headers = { { "X-Pollux-Actor", asset }, { "X-Pollux-Reason", "more%20output" } },
            Content = JsonContent.Create(More(asset, members: 0)),
        };
        using var accepted = await Api.SendAsync(request, Cancel);
        var id = (string)JsonNode.Parse(await accepted.Content.ReadAsStringAsync(Cancel))!["id"]!;
        await Pollux.Until(id, "completed");
        // Its progress and its end follow from what simulation does.
        var asked = Assert.Single((await Pollux.Get($"/api/v1/log/events?actor={asset}"))["items"]!.AsArray())!;
        Assert.Equal(("scenario_requested", "more output"), ((string)asked["type"]!, (string)asked["reason"]!));

        var nodes = (await Pollux.Get($"/api/v1/lineage?scenario={id}"))["nodes"]!.AsArray();
        Assert.Equal($"scenario:{id}", (string)nodes[0]!["key"]!);
        Assert.Contains(nodes, n => (string)n!["key"]! == $"person:{asset}" && (string)n["detail"]! == "more output");
        Assert.Equal(Pollux.Model.Hash, (string)nodes.Single(n => (string)n!["what"]! == "model")!["id"]!);
        Assert.Contains(nodes, n => (string)n!["what"]! == "parameters");
        // The readings that it starts from came in a message.
        Assert.Contains(Samples.SenmlTopic(asset), (string)nodes.Single(n => (string)n!["what"]! == "message")!["detail"]!,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fifteen_percent_more_heats_the_melt_and_cools_the_feed()
    {
        var asset = await RunningAt(80);
        var started = TimeProvider.System.GetTimestamp();
        var (scenario, json) = await Pollux.Answer(More(asset, members: 60));
        output.WriteLine(
            $"answered after {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.00} s, computed in {scenario["runSeconds"]} s");
        var result = Read(json);

        Assert.InRange(result.Kpis.Single(k => k.Id == "melt-temperature").Difference.P50, 2.9, 3.5);
        var flow = result.Kpis.Single(k => k.Id == "melt-flow");
        Assert.Equal(1.15, flow.Scenario.Nominal / flow.Baseline.Nominal, 6);
        Assert.InRange(Assert.Single(result.Solved).Scenario.P50, 91, 93);
        var polymer = result.Profiles.Single(p => p.Id == "polymer-temperature");
        Assert.True(polymer.Difference.P50[polymer.PositionsMetre.ToList().FindIndex(z => z > 0.15)] < -0.5);
        Assert.True(polymer.Difference.P50[^1] > 2);
        Assert.NotEmpty(result.Assumptions);
        Assert.NotEmpty(result.Contributors);
        Assert.Equal(80, result.Provenance.Baseline["screw-speed"], 6);
        Assert.Equal(Pollux.Model.Hash, result.Provenance.ModelHash);

        // The log keeps a summary of the answer and its provenance.
        var events = await Pollux.Log.Names($"scenario/{scenario["id"]}");
        Assert.Equal(["scenario_requested", "scenario_started", "scenario_completed"], events.Where(e => e != "scenario_progressed"));
        var completed = Assert.Single(await Pollux.Log.Events<ScenarioCompleted>($"scenario/{scenario["id"]}"));
        Assert.Equal(result.Provenance.LogPosition, completed.LogPosition);
        Assert.Equal(result.Kpis.Single(k => k.Id == "melt-temperature").Difference.P50,
            completed.Kpis.Single(k => k.Id == "melt-temperature").DifferenceP50);
    }

    [Fact]
    public async Task The_same_question_gets_the_same_bytes_and_is_not_computed_again()
    {
        var asset = Pollux.NextAsset();
        var at = Samples.Now;
        var position = await Pollux.Store(asset, new Reading(ScenarioSystem.ScrewSpeed, at, 75));
        var question = More(asset, knownAt: position, validAt: ScenarioSystem.Time(at), members: 30);
        var (first, bytes) = await Pollux.Answer(question);
        Assert.False((bool)first["wasStored"]!);
        // The question does not see readings that come later.
        await Pollux.Store(asset, new Reading(ScenarioSystem.ScrewSpeed, at - 1, 120));
        var shards = await Pollux.Simulation.Metric("pollux_simulation_shards_computed_total");
        var (second, again) = await Pollux.Answer(question);
        Assert.True((bool)second["wasStored"]!);
        Assert.Equal((string)first["contentHash"]!, (string)second["contentHash"]!);
        Assert.Equal(shards, await Pollux.Simulation.Metric("pollux_simulation_shards_computed_total"));
        Assert.Equal(bytes, again);

        // A result deleted because of its age is recomputed identically to the byte, even by a service that has restarted.
        await Pollux.Execute("update simulation.result set created_at = now() - interval '60 days'");
        await Pollux.Simulation.Kill();
        await Pollux.Simulation.Start();
        await Eventually.Is(
            "old results are deleted", async () => await Status($"/api/v1/scenarios/{first["id"]}/result") == HttpStatusCode.NotFound);
        Assert.Equal("completed", (string)(await Pollux.Get($"/api/v1/scenarios/{first["id"]}"))["state"]!);
        var (third, recomputed) = await Pollux.Answer(question);
        Assert.False((bool)third["wasStored"]!);
        Assert.Equal(bytes, recomputed);
    }

    [Fact]
    public async Task A_scenario_survives_the_death_of_the_service_and_has_the_same_bytes()
    {
        var asset = Pollux.NextAsset();
        var at = Samples.Now;
        var position = await Pollux.Store(asset, new Reading(ScenarioSystem.ScrewSpeed, at, 85));
        var question = More(asset, 1.1, position, ScenarioSystem.Time(at), members: 200, horizonSeconds: 7200);
        var scenario = await Pollux.Ask(question);
        await Eventually.Get(
            "some of it is computed", () => Pollux.Get($"/api/v1/scenarios/{scenario}"), s => (double)s["progress"]! > 0.1);
        await Pollux.Simulation.Kill();
        var dead = await Pollux.Get($"/api/v1/scenarios/{scenario}");
        Assert.Equal("running", (string)dead["state"]!);
        output.WriteLine($"killed at {dead["progress"]}");
        await Pollux.Simulation.Start();
        await Pollux.Until(scenario, "completed");
        var bytes = await Pollux.Result(scenario);
        await Pollux.Execute("delete from simulation.result");
        Assert.Equal(bytes, (await Pollux.Answer(question)).Result);
    }

    [Fact]
    public async Task Two_services_share_the_work_and_come_to_the_same_bytes_as_one()
    {
        var second = Pollux.Service("simulation", "Simulation");
        await second.Start();
        var asset = Pollux.NextAsset();
        var at = Samples.Now;
        var position = await Pollux.Store(asset, new Reading(ScenarioSystem.ScrewSpeed, at, 70));
        var question = More(asset, 1.2, position, ScenarioSystem.Time(at), members: 300, horizonSeconds: 1800);
        var ofFirst = await Pollux.Simulation.Metric("pollux_simulation_shards_computed_total");
        var shared = await Pollux.Answer(question);
        ofFirst = await Pollux.Simulation.Metric("pollux_simulation_shards_computed_total") - ofFirst;
        var ofSecond = await second.Metric("pollux_simulation_shards_computed_total");
        output.WriteLine($"{ofFirst} and {ofSecond} shards");
        Assert.True(ofFirst > 0 && ofSecond > 0);
        Assert.Equal(13, ofFirst + ofSecond);

        await second.Kill();
        await Pollux.Execute("delete from simulation.result");
        Assert.Equal(shared.Result, (await Pollux.Answer(question)).Result);
    }

    async Task<IEnumerable<string>> States(string list) =>
        (await Pollux.Get(list))["items"]!.AsArray().Select(s => (string)s!["state"]!);

    [Fact]
    public async Task A_cancelled_scenario_stops_working()
    {
        var asset = await RunningAt(80);
        var scenario = await Pollux.Ask(More(asset, members: 2000, horizonSeconds: 86_400));
        await Pollux.Until(scenario, "running");
        await Eventually.Is("somebody works on it", async () => await Pollux.Simulation.Metric("pollux_simulation_shards_running") > 0);
        using var answer = await Api.DeleteAsync($"/api/v1/scenarios/{scenario}", Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("cancelled", (string)(await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!["state"]!);
        await Eventually.Is("nobody works on it", async () => await Pollux.Simulation.Metric("pollux_simulation_shards_running") == 0);
        Assert.Equal("scenario_cancelled", (await Pollux.Log.Names($"scenario/{scenario}"))[^1]);
        var ended = (await Pollux.Get($"/api/v1/log/events?stream=scenario/{scenario}"))["items"]!.AsArray()[^1]!;
        var end = (long)ended["position"]!;
        Assert.Equal("cancelled", (string)(await Pollux.Get($"/api/v1/scenarios/{scenario}?knownAt={end}"))["state"]!);
        Assert.Equal("running", (string)(await Pollux.Get($"/api/v1/scenarios/{scenario}?knownAt={end - 1}"))["state"]!);
        Assert.Equal(HttpStatusCode.NotFound, await Status($"/api/v1/scenarios/{scenario}?knownAt=0"));
        var list = $"/api/v1/scenarios?asset={asset}";
        var endedAt = (DateTimeOffset)ended["recordedAt"]!;
        foreach (var (state, at) in new[] { ("cancelled", endedAt), ("running", endedAt.AddMicroseconds(-1)) })
        {
            Assert.Equal(state, (string)(await Pollux.Get($"/api/v1/scenarios/{scenario}?validAt={at.UtcDateTime:O}"))["state"]!);
            Assert.Equal([state], await States($"{list}&validAt={at.UtcDateTime:O}"));
        }
        Assert.Equal(HttpStatusCode.NotFound, await Status($"/api/v1/scenarios/{scenario}?validAt=2026-01-01"));
        Assert.Equal(["cancelled"], await States($"{list}&knownAt={end}"));
        Assert.Equal(["running"], await States($"{list}&knownAt={end - 1}&state=running"));
        Assert.Empty(await States($"{list}&knownAt={end - 1}&state=cancelled"));
        Assert.Equal(HttpStatusCode.NotFound, await Status($"{list}&knownAt=0"));
        Assert.Equal(HttpStatusCode.Conflict, await Status($"/api/v1/scenarios/{scenario}/result"));
        using var repeated = await Api.DeleteAsync($"/api/v1/scenarios/{scenario}", Cancel);
        Assert.Equal(HttpStatusCode.OK, repeated.StatusCode);
    }

    [Fact]
    public async Task Bad_input_is_refused_with_path_and_allowed_values()
    {
        var question = new
        {
            asset = Pollux.NextAsset(),
            horizonSeconds = 1e9,
            ensemble = new { size = 1_000_000 },
            interventions = new[] { new { target = "rate", value = 1.0 } },
        };
        using var answer = await Api.PostAsJsonAsync("/api/v1/scenarios", question, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!;
        var errors = problem["errors"]!.AsArray()
            .ToDictionary(e => (string)e!["path"]!, e => ((string)e!["value"]!, (string)e!["allowed"]!));
        Assert.Equal(["ensemble.size", "horizonSeconds", "interventions[0].target"], errors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("rate", errors["interventions[0].target"].Item1);
        Assert.Contains("production-rate", errors["interventions[0].target"].Item2, StringComparison.Ordinal);

        using var channel = GrpcChannel.ForAddress(
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Pollux.Query.GrpcPort}"));
        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await new ScenarioService.ScenarioServiceClient(channel).CreateScenarioAsync(
            new() { AssetId = question.asset, Interventions = { new Contracts.Query.V1.Intervention { Target = "rate" } } },
            cancellationToken: Cancel));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Equal("interventions[0].target", refused.Trailers.GetValue("field"));
        Assert.Contains("production-rate", Encoding.UTF8.GetString(refused.Trailers.GetValueBytes("errors-bin")!),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_past_is_run_again_with_what_was_recorded_and_the_live_twin_is_untouched()
    {
        var (asset, start) = (Pollux.NextAsset(), Samples.Now - 600 * Micros.PerSecond);
        Reading[] Speed(int from, int to, double speed) =>
            [.. Enumerable.Range(from / 10, (to - from) / 10)
                .Select(i => new Reading(ScenarioSystem.ScrewSpeed, start + i * 10 * Micros.PerSecond, speed))];
        var known = await Pollux.Store(asset, Speed(0, 200, 60));
        var position = await Pollux.Store(asset, Speed(200, 600, 72));
        var before = await Pollux.Rebuild(asset);

        var question = More(asset, knownAt: position, validAt: ScenarioSystem.Time(start), members: 20, horizonSeconds: 580);
        var result = Read((await Pollux.Answer(question)).Result);
        var flow = result.Signals.Single(s => s.Id == "melt-flow");
        double At(IReadOnlyList<double> series, double seconds) => series[result.TimesSeconds.ToList().FindIndex(t => t >= seconds)];
        Assert.Equal(72.0 / 60, At(flow.Baseline.Nominal, 560) / At(flow.Baseline.Nominal, 150), 0.03);
        Assert.Equal(1.15, At(flow.Scenario.Nominal, 560) / At(flow.Baseline.Nominal, 560), 0.03);

        // As known before the speed changed.
        var earlier = Read(
            (await Pollux.Answer(
                More(asset, knownAt: known, validAt: ScenarioSystem.Time(start), members: 20, horizonSeconds: 580))).Result);
        var flowThen = earlier.Signals.Single(s => s.Id == "melt-flow").Baseline.Nominal;
        Assert.Equal(1, flowThen[^1] / flow.Baseline.Nominal[0], 0.01);

        var after = await Pollux.Rebuild(asset);
        Assert.Equal((before.LiveHash, before.Readings), (after.LiveHash, after.Readings));
        Assert.Equal(after.LiveHash, after.RebuiltHash);
        Assert.Equal(after.LiveHash, (string)(await Pollux.Get($"/api/v1/twins/{asset}"))["stateHash"]!);
    }

    [Fact]
    public async Task A_scenario_starts_from_the_newest_estimate_that_was_known()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now);
        var position = await Pollux.Store(asset, new Reading(ScenarioSystem.ScrewSpeed, at, 80));
        var question = More(asset, knownAt: position, validAt: ScenarioSystem.Time(at));
        var setup = new EstimationSetup(Pollux.Model);
        var now = setup.TickOf(at);
        await Checkpoint(setup, asset, now + 1, position);
        await Checkpoint(setup, asset, now, position + 1);
        await Checkpoint(setup, asset, now - 1, position, model: "of another model");
        await Checkpoint(setup, asset, now - 361, position);
        var before = Read((await Pollux.Answer(question)).Result);
        Assert.Null(before.Start);
        Assert.StartsWith("There is no estimate of this machine", before.Warnings[0], StringComparison.Ordinal);

        await Checkpoint(setup, asset, now - 30, position);
        await Checkpoint(setup, asset, now - 12, position);
        var (scenario, json) = await Pollux.Answer(question);
        var result = Read(json);
        Assert.False((bool)scenario["wasStored"]!);
        Assert.Equal((setup.EndOf(now - 13), "unknown"), (result.Start!.At, result.Start.Sync));
        Assert.DoesNotContain(result.Warnings, w => w.Contains("estimate", StringComparison.Ordinal));
        // Nothing was learned yet: the prior, whose mean is the model's value.
        var consistency = result.Start.Learned.Single(l => l.Id == "polymer.consistency");
        Assert.InRange(consistency.P50 / consistency.Model, 0.97, 0.9999);
        Assert.Equal(consistency.P50, result.Provenance.Parameters["polymer.consistency"], 1e-6);
        Assert.Contains("ambient-temperature", result.Start.Learned.Select(l => l.Id));
        Assert.Equal(json, (await Pollux.Answer(question)).Result);
    }

    // The estimate of a machine whose inputs alone were heard, in the tick before.
    async Task Checkpoint(EstimationSetup setup, string asset, long tick, long position, string? model = null)
    {
        var estimator = new Estimator(setup);
        var readings = new TickReadings(setup);
        foreach (var input in setup.Model.Physics!.Inputs.Where(i => i.Sensor is not null))
            readings.Add(new(input.Sensor!.Value, (tick - 1) * setup.TickMicros, input.Default));
        estimator.Step(tick - 1, readings, new(setup));
        using var state = new MemoryStream();
        using (var writer = new BinaryWriter(state, Encoding.UTF8, leaveOpen: true)) estimator.Write(writer);
        await using var command = Pollux.Database.CreateCommand(
            $"insert into {ReadModels.EstimateCheckpoint} (asset_id, tick, position, model, versions, state) "
                + "values ($1, $2, $3, $4, '{}', $5)");
        command.Parameters.AddWithValue(asset);
        command.Parameters.AddWithValue(tick);
        command.Parameters.AddWithValue(position);
        command.Parameters.AddWithValue(model ?? setup.Fingerprint);
        command.Parameters.AddWithValue(state.ToArray());
        await command.ExecuteNonQueryAsync(Cancel);
    }

    [Fact]
    public async Task Grpc_has_the_same_abilities()
    {
        var asset = await RunningAt(80);
        using var channel = GrpcChannel.ForAddress(
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Pollux.Query.GrpcPort}"));
        var client = new ScenarioService.ScenarioServiceClient(channel);
        var a = await RunOverGrpc(client, asset, 1.15);
        var b = await RunOverGrpc(client, asset, 1.05);
        Assert.Equal([b.Id, a.Id],
            (await client.ListScenariosAsync(
                new() { AssetId = asset, States = { "completed" } }, cancellationToken: Cancel)).Scenarios.Select(s => s.Id));
        var page = await client.ListScenariosAsync(new() { AssetId = asset, Limit = 1 }, cancellationToken: Cancel);
        Assert.Equal(a.Id,
            Assert.Single((await client.ListScenariosAsync(
                new() { AssetId = asset, Limit = 1, Cursor = page.NextCursor }, cancellationToken: Cancel)).Scenarios).Id);

        var diff = await client.DiffScenariosAsync(new() { A = a.Id, B = b.Id }, cancellationToken: Cancel);
        Assert.Contains(new() { Path = "interventions[0].value", A = "1.15", B = "1.05" }, diff.Definition);
        Assert.True(diff.Kpis.Single(k => k.Id == "melt-temperature").Difference < -1);
        var rest = await Pollux.Get($"/api/v1/scenarios/{a.Id}/diff/{b.Id}");
        Assert.Equal(diff.Kpis.Select(k => k.Difference), rest["kpis"]!.AsArray().Select(k => (double)k!["difference"]!));

        // A third-party client reads the same numbers.
        var script = JsonNode.Parse(await ForeignClientTests.Node(
            "read-scenario.mjs", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Pollux.Query.GrpcPort}"),
            Path.Combine(Infrastructure.Repository, "contracts", "proto"), a.Id))!;
        var result = Read(await Pollux.Result(a.Id));
        Assert.Equal(result.Kpis.Select(k => k.Difference.P50), script["kpis"]!.AsArray().Select(k => (double)k!["difference"]!["p50"]!));
        Assert.Equal(result.Profiles[0].Difference.P95, script["profiles"]![0]!["difference"]!["p95"]!.AsArray().Select(v => (double)v!));
    }

    static async Task<Scenario> RunOverGrpc(ScenarioService.ScenarioServiceClient client, string asset, double factor)
    {
        var created = (await client.CreateScenarioAsync(
            new()
            {
                AssetId = asset,
                Cells = Cells,
                EnsembleSize = 0,
                Interventions = { new Contracts.Query.V1.Intervention { Target = "production-rate", Kind = "scale", Value = factor } },
            },
            cancellationToken: Cancel)).Scenario;
        using var watch = client.WatchScenario(new() { ScenarioId = created.Id }, cancellationToken: Cancel);
        Scenario? last = null;
        // The stream ends on its own.
        await foreach (var news in watch.ResponseStream.ReadAllAsync(Cancel)) last = news.Scenario;
        Assert.Equal("completed", last!.State);
        return last;
    }

    [Fact]
    public async Task A_watcher_sees_progress_and_the_end_and_a_table_is_offered_as_csv()
    {
        var asset = await RunningAt(80);
        var scenario = await Pollux.Ask(More(asset, members: 100, horizonSeconds: 3600));
        var stream = await Api.GetStringAsync($"/api/v1/scenarios/{scenario}/watch", Cancel);
        var views = stream.Split('\n').Where(l => l.StartsWith("data: ", StringComparison.Ordinal)).Select(l => JsonNode.Parse(l[6..])!)
            .ToList();
        Assert.Equal(("completed", 1.0), ((string)views[^1]["state"]!, (double)views[^1]["progress"]!));
        var progress = views.Select(v => (double)v["progress"]!).ToList();
        Assert.Equal(progress.Order(), progress);
        Assert.True(views.Count > 3, stream);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/scenarios/{scenario}/result")
        {
            Headers = { { "Accept", "text/csv" } },
        };
        using var csv = await Api.SendAsync(request, Cancel);
        Assert.Equal("text/csv", csv.Content.Headers.ContentType?.MediaType);
        var lines = (await csv.Content.ReadAsStringAsync(Cancel)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var result = Read(await Pollux.Result(scenario));
        Assert.Contains(string.Create(
            CultureInfo.InvariantCulture,
            $"kpi,melt-temperature,K,difference,p50,3600,,{result.Kpis.Single(k => k.Id == "melt-temperature").Difference.P50:R}"), lines);
        using var known = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/scenarios/{scenario}/result")
        {
            Headers = { { "Accept", "text/csv" }, { "If-None-Match", csv.Headers.ETag!.ToString() } },
        };
        using var unchanged = await Api.SendAsync(known, Cancel);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task Scenarios_come_back_from_the_log()
    {
        var asset = await RunningAt(80);
        var scenario = (string)(await Pollux.Answer(More(asset, members: 0))).Scenario["id"]!;
        var shown = (await Pollux.Get($"/api/v1/scenarios/{scenario}")).ToJsonString();
        await Pollux.Simulation.Kill();
        await Pollux.Execute("truncate simulation.scenario, simulation.shard, simulation.result");
        await Pollux.Simulation.Start();
        Assert.Equal(shown, (await Pollux.Until(scenario, "completed")).ToJsonString());
    }

    async Task<HttpStatusCode> Status(string path)
    {
        using var answer = await Api.GetAsync(path, Cancel);
        return answer.StatusCode;
    }
}

/// <summary>A system with a short time limit.</summary>
public sealed class HastySystem(Infrastructure infrastructure) : RunningSystem(infrastructure)
{
    protected override IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string> { ["Simulation__TimeLimitSeconds"] = "2" };
}

/// <summary>What happens to questions that cannot be answered in time.</summary>
public class ScenarioLimitTests(HastySystem system) : SystemTest<HastySystem>(system), IClassFixture<HastySystem>
{
    [Fact]
    public async Task Without_a_simulation_a_question_is_refused_and_with_one_a_long_question_fails_in_time()
    {
        var question = new
        {
            asset = Pollux.NextAsset(),
            horizonSeconds = 864_000,
            interventions = new[] { new { target = "screw-speed", value = 90.0 } },
            ensemble = new { size = 2000 },
        };
        using (var refused = await Pollux.Query.Http.PostAsJsonAsync("/api/v1/scenarios", question, TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);

        await Pollux.Service("simulation", "Simulation").Start();
        using var answer = await Pollux.Query.Http.PostAsJsonAsync("/api/v1/scenarios", question, TestContext.Current.CancellationToken);
        var id = (string)(await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!["id"]!;
        var failed = await Eventually.Get(
            "it has failed", () => Pollux.Get($"/api/v1/scenarios/{id}"), s => (string)s["state"]! == "failed", show: s =>
                s.ToJsonString());
        Assert.Equal("time-limit", (string)failed["cause"]!);
        Assert.Contains("2 s", (string)failed["reason"]!, StringComparison.Ordinal);
    }
}
