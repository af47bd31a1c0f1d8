using System.Globalization;
using Contracts.Query.V1;
using Grpc.Net.Client;
using Integration.Tests.Running;

namespace Integration.Tests.Simulations;

/// <summary>Anyone who gets the link to a decision can see its question and ask it again.</summary>
[Collection<OnOneDecisionSystem>]
public class SharedDecisionTests(DecisionSystem system) : SystemTest<DecisionSystem>(system)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_decision_holds_its_question_and_can_be_asked_again_by_rest_and_grpc()
    {
        var asset = Pollux.NextAsset();
        var at = DateTimeOffset.Parse("2026-03-01T06:00:00Z", CultureInfo.InvariantCulture);
        var question = new
        {
            asset,
            component = DecisionSystem.Bearing,
            at,
            options = new object[]
            {
                new { kind = "now" },
                new { kind = "at-stop", at = at.AddDays(21) },
                new { kind = "wait", weeks = 5 },
                new { kind = "derate", weeks = 2, rate = 0.9, marginLossPerDay = 120 },
            },
            stops = new[] { new { at = at.AddDays(21), lostHours = 3 }, new { at = at.AddDays(42), lostHours = 1 } },
            economics = new { partCost = 7_000 },
            remainingLife = new { shape = 2.2, scaleDays = 45 },
            newLife = new { shape = 1.7, scaleDays = 900 },
            check = new { delayDays = 1, cost = 300 },
            futures = 2_000,
            seed = 7,
        };
        var (status, first) = await Pollux.Post("/api/v1/decisions", question);
        Assert.True(status == 201, first.ToJsonString());
        var path = $"/api/v1/decisions/{first["id"]}";
        var definition = (await Pollux.Get(path))["definition"]!;
        // REST: the definition can be posted as a question, except for the name of the asset member.
        var again = definition.DeepClone().AsObject();
        again.Remove("assetId");
        again["asset"] = asset;
        var (repeated, second) = await Pollux.Post("/api/v1/decisions", again);
        Assert.True(repeated == 201, second.ToJsonString());
        Assert.Equal(first["answer"]!.ToJsonString(), second["answer"]!.ToJsonString());
        Assert.Equal(definition.ToJsonString(), second["definition"]!.ToJsonString());

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = new DecisionService.DecisionServiceClient(channel);
        var kept = (await rpc.GetDecisionAsync(new() { DecisionId = (string)first["id"]! }, cancellationToken: Cancel)).Decision;
        Assert.Equal(["now", "at-stop", "wait", "derate"], kept.AskedOptions.Select(o => o.Kind));
        Assert.Equal([3, 1], kept.Stops.Select(s => s.LostHours));
        Assert.Equal((2_000, 7UL, 300.0, 7_000.0), (kept.Futures, kept.Seed, kept.AskedCheck.Cost, kept.Economics.PartCost));
        var third = (await rpc.CreateDecisionAsync(
            new()
            {
                AssetId = kept.AssetId,
                Component = kept.Component,
                At = kept.At,
                Options = { kept.AskedOptions },
                Stops = { kept.Stops },
                Economics = kept.Economics,
                HorizonDays = kept.HorizonDays,
                RiskAversion = kept.RiskAversion,
                Rate = kept.Rate,
                RemainingLife = kept.RemainingLife,
                NewLife = kept.NewLife,
                Check = kept.AskedCheck,
                Futures = kept.Futures,
                Seed = kept.Seed,
            },
            cancellationToken: Cancel)).Decision;
        Assert.Equal(kept.Options, third.Options);
        Assert.Equal(kept.Tornado, third.Tornado);
        Assert.Equal(definition.ToJsonString(), (await Pollux.Get($"/api/v1/decisions/{third.Id}"))["definition"]!.ToJsonString());
        // The one who takes it is in its lineage, beside the model that it is based on.
        var (taken, _) = await Pollux.Post($"{path}:take", new { by = asset, comment = "next stop" });
        Assert.Equal(200, taken);
        var nodes = (await Pollux.Get($"/api/v1/lineage?decision={first["id"]}"))["nodes"]!.AsArray();
        Assert.Contains(nodes, n => (string)n!["key"]! == $"person:{asset}" && (string)n["detail"]! == "next stop");
        Assert.Contains(nodes, n => (string)n!["what"]! == "model");
        // The list includes it too.
        Assert.Equal(3, (await rpc.ListDecisionsAsync(new() { AssetId = asset }, cancellationToken: Cancel)).Decisions.Count(
            d => d.AskedOptions.Count == 4));
    }
}
