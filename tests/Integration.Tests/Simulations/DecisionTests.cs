using System.Net;
using System.Text.Json.Nodes;
using Contracts.Events;
using Contracts.Query.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Integration.Tests.Running;
using ServiceDefaults;

namespace Integration.Tests.Simulations;

/// <summary>Replace now or wait: from vibration history, condition and remaining life to a decision and its hindsight.</summary>
[Collection<OnOneDecisionSystem>]
public class DecisionTests(DecisionSystem system, ITestOutputHelper output) : SystemTest<DecisionSystem>(system)
{
    const double DamageFrom = 12;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // Midnight UTC, 41 days ago.
    static DateTimeOffset Start => new(DateTime.UtcNow.Date.AddDays(-41), TimeSpan.Zero);

    static object NowOrTheStop(string asset, DateTimeOffset at) => new
    {
        asset,
        component = DecisionSystem.Bearing,
        at,
        stops = new[] { new { at = at.AddDays(21), lostHours = 2 } },
        options = new object[] { new { kind = "now" }, new { kind = "at-stop", at = at.AddDays(21) } },
    };

    [Fact]
    public async Task A_bearing_degrades_its_band_narrows_and_the_advice_turns_from_wait_to_replace()
    {
        var (asset, start) = (Pollux.NextAsset(), Start);
        var healthy = await Pollux.Live(asset, start, 0, 11, DamageFrom);
        Assert.Equal("healthy", (string)healthy["condition"]!["level"]!);
        var wait = await Decide(asset, healthy);
        Assert.StartsWith("at the stop", (string)wait["answer"]!["recommended"]!, StringComparison.Ordinal);

        var degrading = await Pollux.Live(asset, start, 11, 15, DamageFrom);
        Assert.Equal("degrading", (string)degrading["condition"]!["level"]!);
        var later = await Pollux.Live(asset, start, 15, 32, DamageFrom);
        Assert.Equal(DecisionSystem.Growth, (double)later["condition"]!["growthPerDay"]!, 0.005);
        var (early, late) = (Band(degrading), Band(later));
        output.WriteLine($"day 15: {early.Low:0.0} to {early.High:0.0}, day 32: {late.Low:0.0} to {late.High:0.0} days");
        Assert.True(late.High - late.Low < 0.75 * (early.High - early.Low), $"{early} {late}");
        Assert.True(Band(healthy).High > 300);
        // 7.1 mm/s is reached on day 41.6.
        Assert.InRange(41.6 - 32, late.Low, late.High);
        var replace = await Decide(asset, later);
        Assert.Equal("replace now", (string)replace["answer"]!["recommended"]!);
        Assert.True((long)replace["logPosition"]! > (long)wait["logPosition"]!);
        Assert.NotNull(replace["answer"]!["breakEven"]);

        // 15 % more rate ages it faster, and a further check has a price and a value.
        var now = (DateTimeOffset)later["condition"]!["at"]!;
        var (asked, faster) = await Pollux.Post("/api/v1/decisions", new
        {
            asset,
            component = DecisionSystem.Bearing,
            at = now,
            rate = 1.15,
            check = new { delayDays = 1, cost = 300 },
            stops = new[] { new { at = now.AddDays(21), lostHours = 2 } },
            options = new object[] { new { kind = "now" }, new { kind = "at-stop", at = now.AddDays(21) } },
        });
        Assert.True(asked == 201, faster.ToJsonString());
        Assert.True(Risk(faster) > Risk(replace), $"{Risk(faster)} {Risk(replace)}");
        var check = faster["answer"]!["check"]!;
        output.WriteLine(check.ToJsonString());
        Assert.InRange((double)check["information"]!, 0, (double)faster["answer"]!["perfectInformationValue"]!);
        Assert.Equal((double)check["information"]! - (double)check["delay"]! - 300, (double)check["net"]!, 0.01);

        // A decision about the past uses what was stated then.
        var back = await Decide(asset, degrading);
        Assert.Equal((string)degrading["condition"]!["assessment"]!["at"]!, (string)back["basis"]!["at"]!);

        var changes = (await Pollux.Log.Events<ConditionChanged>(Streams.Twin(asset))).Select(c => c.To);
        Assert.Equal(["healthy", "degrading"], changes);

        // The ledger: taken, failed, closed, scored.
        var id = (string)wait["id"]!;
        var untaken = await Pollux.Log.Position();
        var then = TimeProvider.System.GetUtcNow().UtcDateTime.ToString("O");
        var (status, taken) = await Pollux.Post($"/api/v1/decisions/{id}:take", new { by = "eve" });
        Assert.Equal((200, "taken"), (status, (string)taken["state"]!));
        Assert.Equal("recommended", (string)(await Pollux.Get($"/api/v1/decisions/{id}?knownAt={untaken}"))["state"]!);
        Assert.Equal("recommended", (string)(await Pollux.Get($"/api/v1/decisions/{id}?validAt={then}"))["state"]!);
        var list = $"/api/v1/decisions?asset={asset}";
        async Task<int> Listed(string more) =>
            (await Pollux.Get($"{list}{more}"))["items"]!.AsArray().Count(d => (string)d!["id"]! == id);
        Assert.Equal((0, 1), (await Listed("&state=recommended"), await Listed($"&state=recommended&knownAt={untaken}")));
        Assert.Equal((1, 0), (await Listed("&state=taken"), await Listed($"&state=taken&knownAt={untaken}")));
        Assert.Equal((1, 0), (await Listed($"&state=recommended&validAt={then}"), await Listed($"&state=taken&validAt={then}")));
        using (var unknown = await Pollux.Query.Http.GetAsync(new Uri($"{list}&knownAt=0", UriKind.Relative), Cancel))
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(409, (await Pollux.Post($"/api/v1/decisions/{id}:take", new { by = "eve", option = "replace now" })).Status);
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = new DecisionService.DecisionServiceClient(channel);
        var overGrpc = await rpc.TakeDecisionAsync(
            new() { DecisionId = (string)faster["id"]!, Option = "replace now", TakenBy = "eve", Comment = "over gRPC" },
            cancellationToken: Cancel);
        Assert.Equal(("taken", "replace now"), (overGrpc.Decision.State, overGrpc.Decision.TakenOption));
        var second = await Assert.ThrowsAsync<RpcException>(
            async () => await rpc.TakeDecisionAsync(
                new() { DecisionId = id, Option = "replace now", TakenBy = "eve" }, cancellationToken: Cancel));
        Assert.Equal(StatusCode.FailedPrecondition, second.StatusCode);
        var failedAt = start.AddDays(38);
        await Pollux.Live(asset, start, 32, 38, DamageFrom);
        var failure = await Pollux.Post($"/api/v1/assets/{asset}/components/{DecisionSystem.Bearing}:failed", new
        {
            by = "eve",
            at = failedAt,
        });
        // 202: a busy machine takes longer than the answer waits.
        Assert.True(failure.Status is 200 or 202, $"{failure.Status}");
        Assert.True((await Pollux.Post($"/api/v1/assets/{asset}/components/{DecisionSystem.Bearing}:failed", new
        {
            by = "eve",
            at = failedAt,
        })).Status is 200 or 202);
        await Eventually.Get(
            "the failure is recorded", () => Pollux.Log.Events<FailureOccurred>(Streams.Twin(asset)), failures => failures.Count > 0);
        Assert.Single(await Pollux.Log.Events<FailureOccurred>(Streams.Twin(asset)));
        var closed = await Eventually.Get(
            "the decision knows its outcome", () => Pollux.Get($"/api/v1/decisions/{id}"), d => (string)d["state"]! == "closed");
        Assert.Equal("failed", (string)closed["outcome"]!["kind"]!);
        var hindsight = await Eventually.Get(
            "all are closed", () => Pollux.Get($"/api/v1/decisions/hindsight?asset={asset}"), h => (int)h["closed"]! == 4);
        output.WriteLine(hindsight.ToJsonString());
        Assert.Equal((4, 2), ((int)hindsight["decisions"]!, (int)hindsight["taken"]!));
        var same = await rpc.GetHindsightAsync(new() { AssetId = asset }, cancellationToken: Cancel);
        Assert.Equal((4, 2, 4), (same.Decisions, same.Taken, same.Closed));
        Assert.Equal((double)hindsight["statedFailures"]!, same.StatedFailures, 9);
        // The first one advised waiting on day 32 and was right: the part lived until day 38.
        var first = hindsight["items"]!.AsArray().Single(i => (string)i!["decisionId"]! == id)!;
        Assert.False((bool)first["failed"]!);
        Assert.Equal(0, (double)first["regret"]!, 6);

        var scored = await Pollux.Health(asset);
        Assert.Equal(1, (int)scored["scores"]!["failures"]!);
        output.WriteLine(scored["scoresWhileDegrading"]!.ToJsonString());
        Assert.InRange((double)scored["scoresWhileDegrading"]!["coverage90"]!, 0.6, 1);

        // Rebuilt from the log, including the failure, the condition is the same.
        var before = (string)scored["condition"]!["conditionHash"]!;
        await Pollux.Rebuild(asset);
        Assert.Equal(before, (string)(await Pollux.Health(asset))["condition"]!["conditionHash"]!);
        Assert.Equal(["healthy", "degrading"], (await Pollux.Log.Events<ConditionChanged>(Streams.Twin(asset))).Select(c => c.To).Take(2));

        // The command line prints the comparison as of that time.
        var printed = await Infrastructure.Run(
            "dotnet", [ServiceProcess.Assembly("Cli"), "decide", asset, DecisionSystem.Bearing, "--at", $"{start.AddDays(32):O}", "--stop",
                $"{start.AddDays(53):O}", "--derate", "0.85"],
            new Dictionary<string, string> { ["Services__Query"] = Pollux.Query.Http.BaseAddress!.OriginalString });
        output.WriteLine(printed);
        Assert.Contains("replace now", printed, StringComparison.Ordinal);
        Assert.Contains("derate and wait 3 weeks", printed, StringComparison.Ordinal);

        // The next life begins with the exchange.
        await new HealthService.HealthServiceClient(channel).RecordMaintenanceAsync(
            new()
            {
                AssetId = asset,
                Component = DecisionSystem.Bearing,
                Kind = "replaced",
                At = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(failedAt.AddHours(3)),
                RecordedBy = "eve",
            },
            cancellationToken: Cancel);
        await Eventually.Get(
            "the exchange is recorded", () => Pollux.Log.Events<ComponentReplaced>(Streams.Twin(asset)), exchanges => exchanges.Count > 0);
        var fresh = await Pollux.Live(asset, start, 38.25, 40.5, 100);
        Assert.Equal(("healthy", 2), ((string)fresh["condition"]!["level"]!, (int)fresh["condition"]!["life"]!));
        Assert.Equal(failedAt.AddHours(3), (DateTimeOffset)fresh["condition"]!["lifeFrom"]!);

        // Backtests with the model's settings, or less sensitive ones, over the whole history.
        var test = await Backtest(asset, start, null);
        Assert.InRange((double)test["failures"]![0]!["leadDays"]!, 24, 26);
        Assert.Equal((0, 0), ((int)test["falseAlarms"]!, (int)test["missedFailures"]!));
        var tried = await rpc.RunBacktestAsync(
            new()
            {
                AssetId = asset,
                Component = DecisionSystem.Bearing,
                From = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(start),
            }, cancellationToken: Cancel);
        Assert.Equal((long)test["windows"]!, tried.Windows);
        Assert.Equal((double)test["failures"]![0]!["leadDays"]!, tried.Failures[0].LeadDays, 9);
        var dull = await Backtest(asset, start, new { limit = 60 });
        Assert.True((double)dull["failures"]![0]!["leadDays"]! < (double)test["failures"]![0]!["leadDays"]!);
    }

    [Fact]
    public async Task The_reference_decision_comes_out_to_the_cent()
    {
        var asset = Pollux.NextAsset();
        var (status, decision) = await Pollux.Post("/api/v1/decisions", Reference(asset));
        Assert.Equal(201, status);
        double Cost(string name) =>
            (double)decision["answer"]!["options"]!.AsArray().Single(o => (string)o!["name"]! == name)!["expectedCost"]!;
        Assert.Equal(14_780, Cost("replace now"), 0.01);
        Assert.Equal(16_013.02, Cost("wait 1 week"), 0.01);
        Assert.Equal(20_481.56, Cost("wait 3 weeks"), 0.01);
        Assert.Equal(43_225.17, Cost("run to failure"), 0.01);
        Assert.Equal(48.650161, (double)decision["answer"]!["newPartCostPerDay"]!, 1e-4);
        Assert.Equal(decision["answer"]!.ToJsonString(),
            (await Pollux.Post("/api/v1/decisions", Reference(asset))).Body["answer"]!.ToJsonString());
        var recorded = Assert.Single(await Pollux.Log.Events<DecisionRecommended>(Streams.Decision((string)decision["id"]!)));
        Assert.Equal((Pollux.Model.Hash, "replace now"), (recorded.ModelHash, recorded.Answer.Recommended));

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = new DecisionService.DecisionServiceClient(channel);
        var got = await rpc.GetDecisionAsync(new() { DecisionId = (string)decision["id"]! }, cancellationToken: Cancel);
        Assert.Equal(("replace now", 4), (got.Decision.Recommended, got.Decision.Options.Count));
        var asked = await rpc.CreateDecisionAsync(
            new()
            {
                AssetId = asset,
                Component = DecisionSystem.Bearing,
                Options = { new DecisionOption { Kind = "now" }, new DecisionOption { Kind = "wait", Weeks = 3 } },
                RemainingLife = new() { Shape = 2.2, ScaleDays = 45 },
            },
            cancellationToken: Cancel);
        Assert.Equal(20_481.56, asked.Decision.Options.Single(o => o.Kind == "wait").ExpectedCost, 0.01);
        Assert.Equal(3, (await rpc.ListDecisionsAsync(new() { AssetId = asset }, cancellationToken: Cancel)).Decisions.Count);
        Assert.Equal(StatusCode.InvalidArgument,
            (await Assert.ThrowsAsync<RpcException>(
                async () => await rpc.CreateDecisionAsync(
                    new() { AssetId = asset, Component = DecisionSystem.Bearing }, cancellationToken: Cancel))).StatusCode);
        var health = new HealthService.HealthServiceClient(channel);
        Assert.Equal("learning",
            Assert.Single((await health.GetHealthAsync(new() { AssetId = asset }, cancellationToken: Cancel)).Parts).Level);
    }

    [Fact]
    public async Task Decisions_come_back_from_the_log()
    {
        var (_, decision) = await Pollux.Post("/api/v1/decisions", Reference(Pollux.NextAsset()));
        var path = $"/api/v1/decisions/{decision["id"]}";
        await Pollux.Post($"{path}:take", new { by = "eve", option = "wait 1 week" });
        var shown = (await Pollux.Get(path)).ToJsonString();
        await Pollux.Simulation.Kill();
        await using (var truncate = Pollux.Database.CreateCommand("truncate simulation.decision")) await truncate.ExecuteNonQueryAsync(
            Cancel);
        await Pollux.Simulation.Start();
        Assert.Equal(shown,
            await Eventually.Get("the decision is back", async () => (await Pollux.Get(path)).ToJsonString(), text => text.Length > 0));
    }

    [Fact]
    public async Task Bad_questions_are_refused_with_path_and_what_is_allowed()
    {
        var asset = Pollux.NextAsset();
        await Refused("asset", "registered", new
        {
            asset = "nobody",
            component = DecisionSystem.Bearing,
            options = new[] { new { kind = "now" } },
        });
        await Refused("component", "gearbox-bearing", new { asset, component = "screw", options = new[] { new { kind = "now" } } });
        await Refused("options", "1 to 20", new { asset, component = DecisionSystem.Bearing, options = Array.Empty<object>() });
        await Refused("options[1].kind", "optimal-date", new
        {
            asset,
            component = DecisionSystem.Bearing,
            options = new[] { new { kind = "now" }, new { kind = "hope" } },
        });
        await Refused("options[0].weeks", "horizon", new
        {
            asset,
            component = DecisionSystem.Bearing,
            options = new[] { new { kind = "wait", weeks = -1 } },
        });
        await Refused("economics.partCost", "0 to 1000000000000", new
        {
            asset,
            component = DecisionSystem.Bearing,
            options = new[] { new { kind = "now" } },
            economics = new { partCost = -1 },
        });
        await Refused("stops[0].at", "not before", new
        {
            asset,
            component = DecisionSystem.Bearing,
            options = new[] { new { kind = "now" } },
            stops = new[] { new { at = "2020-01-01T00:00:00Z" } },
        });
        await Refused("remainingLife.shape", "0.2 to 50", new
        {
            asset,
            component = DecisionSystem.Bearing,
            options = new[] { new { kind = "now" } },
            remainingLife = new { shape = 0, scaleDays = 3 },
        });
        await Refused("at", "up to now", new
        {
            asset,
            component = DecisionSystem.Bearing,
            options = new[] { new { kind = "now" } },
            at = "2199-01-01T00:00:00Z",
        });
        Assert.Equal(400, (await Pollux.Post("/api/v1/decisions", new { asset, component = DecisionSystem.Bearing, optoins = 1 })).Status);
        Assert.Equal(404, (await Pollux.Post("/api/v1/decisions/none:take", new { by = "eve" })).Status);
        var (status, body) = await Pollux.Post($"/api/v1/assets/{asset}/components/{DecisionSystem.Bearing}:replaced", new
        {
            comment = "who?",
        });
        Assert.Equal((400, "by"), (status, (string)body["field"]!));
        var empty = await Pollux.Post("/api/v1/backtests", new { asset, component = DecisionSystem.Bearing, from = Start });
        Assert.Equal(409, empty.Status);

        // A shape below 1 has no best age; without a vibration history the answer says that it rests on the fleet alone.
        var (_, decision) = await Pollux.Post("/api/v1/decisions", new
        {
            asset,
            component = DecisionSystem.Bearing,
            options = new[] { new { kind = "now" }, new { kind = "run-to-failure" } },
            newLife = new { shape = 0.9, scaleDays = 900 },
        });
        Assert.Null(decision["answer"]!["newPartAgeDays"]);
        Assert.NotNull(decision["answer"]!["newPartReason"]);
        Assert.Contains("no vibration history", (string)decision["answer"]!["warnings"]![0]!, StringComparison.Ordinal);
    }

    static object Reference(string asset) => new
    {
        asset,
        component = DecisionSystem.Bearing,
        remainingLife = new { shape = 2.2, scaleDays = 45 },
        at = "2026-03-01T06:00:00Z",
        options = new object[]
        {
            new { kind = "now" },
            new { kind = "wait", weeks = 1 },
            new { kind = "wait", weeks = 3 },
            new { kind = "run-to-failure" },
        },
    };

    async Task<JsonNode> Decide(string asset, JsonNode part)
    {
        var (status, decision) = await Pollux.Post("/api/v1/decisions", NowOrTheStop(asset, (DateTimeOffset)part["condition"]!["at"]!));
        Assert.True(status == 201, decision.ToJsonString());
        output.WriteLine($"{decision["answer"]!["reason"]}");
        return decision;
    }

    async Task<JsonNode> Backtest(string asset, DateTimeOffset from, object? settings)
    {
        var (status, result) = await Pollux.Post("/api/v1/backtests", new { asset, component = DecisionSystem.Bearing, from, settings });
        Assert.True(status == 200, result.ToJsonString());
        output.WriteLine(result.ToJsonString());
        return result;
    }

    async Task Refused(string field, string allowed, object question)
    {
        var (status, problem) = await Pollux.Post("/api/v1/decisions", question);
        Assert.True(status == 400, problem.ToJsonString());
        Assert.Equal(field, (string)problem["field"]!);
        Assert.Contains(allowed, (string)problem["allowed"]!, StringComparison.Ordinal);
    }

    static double Risk(JsonNode decision) =>
        (double)decision["answer"]!["options"]!.AsArray().Single(o => (string)o!["kind"]! == "at-stop")!["failureProbability"]!;

    static (double Low, double High) Band(JsonNode part) =>
        ((double)part["condition"]!["assessment"]!["p05"]!, (double)part["condition"]!["assessment"]!["p95"]!);
}
