using System.Text.Json.Nodes;
using Integration.Tests.Running;

namespace Integration.Tests.Simulations;

/// <summary>
/// A bearing's whole life on the running system, as <c>./pollux lifetime</c> shows it: an emulated plant wears one out in time-lapse, over
/// real MQTT.
/// </summary>
[Collection<OnOneDecisionSystem>]
public class BearingLifeTests(DecisionSystem system, ITestOutputHelper output) : SystemTest<DecisionSystem>(system)
{
    [Fact]
    public async Task Condition_remaining_life_and_advice_follow_the_wear_to_the_failure()
    {
        var asset = Pollux.NextAsset();
        var printed = await Infrastructure.Run(
            "dotnet", [ServiceProcess.Assembly("Cli"), "lifetime", "--asset", asset, "--json", "--days", "45", "--wear", "0.1",
                "--factor", "90000", "--sample-seconds", "300", "--stop-days", "7", "--ask-hours", "6"],
            new Dictionary<string, string>
            {
                ["Services__Query"] = Pollux.Query.Http.BaseAddress!.OriginalString,
                ["ConnectionStrings__Mqtt"] = Pollux.Servers.Mqtt.OriginalString,
                ["POLLUX_PLANT_ASSEMBLY"] = ServiceProcess.Assembly("Plant"),
            }, seconds: 600);
        output.WriteLine(printed);
        var all = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.StartsWith('{')).Select(l => JsonNode.Parse(l)!)
            .ToList();
        var (looks, end) = (all[..^1].Select(Look.Of).ToList(), all[^1]);
        var failedAt = (DateTimeOffset)end["failedAt"]!;

        // Healthy, then degrading, then critical. A first suspicion may be withdrawn, a trend may not.
        var levels = looks.Select(l => l.Level).ToList();
        Assert.Equal(["healthy", "degrading", "critical"], levels.Distinct());
        var worn = levels[(levels.LastIndexOf("healthy") + 1)..];
        Assert.InRange(worn.Count, 0.8 * levels.Count, levels.Count);
        Assert.Equal(worn.OrderBy(l => l == "critical"), worn);

        // The band converges on the truth. Accelerating wear is predicted too late rather than too early, so the truth lies in its lower
        // half.
        var trend = looks.Where(l => l.Level == "degrading").ToList();
        var third = trend.Count / 3;
        Assert.InRange(third, 2, 100);
        var (early, late) = (trend[..third], trend[^third..]);
        double Left(Look l) => (failedAt - l.At).TotalDays;
        bool IsWithin(Look l) => Left(l) >= l.P05 && Left(l) <= l.P95;
        Assert.True(looks[0].P95 - looks[0].P05 > 300);
        Assert.True(late.Average(l => l.P95 - l.P05) < 0.5 * early.Average(l => l.P95 - l.P05));
        Assert.True(late.Average(l => Math.Abs(l.P50 - Left(l))) < 0.5 * early.Average(l => Math.Abs(l.P50 - Left(l))));
        Assert.InRange(late.Average(l => Math.Abs(l.P50 - Left(l))), 0, 7);
        Assert.InRange(late.Count(IsWithin), 0.8 * late.Count, late.Count);
        Assert.InRange(trend.Count(IsWithin), 0.5 * trend.Count, trend.Count);

        // Wait while the risk is below the break-even, replace above it; once changed, the advice stays.
        Assert.StartsWith("at the stop", looks[0].Recommended, StringComparison.Ordinal);
        Assert.Equal("replace now", looks[^1].Recommended);
        Assert.All(looks.Where(l => l.BreakEven is not null),
            l => Assert.Equal(l.FailureProbability < l.BreakEven, l.Recommended != "replace now"));
        Assert.Contains(looks, l => l.BreakEven is not null);
        Assert.True((failedAt - looks.First(l => l.Recommended == "replace now").At).TotalDays > 1);
        Assert.InRange((double)end["scores"]!["coverage90"]!, 0.6, 1);
    }

    sealed record Look(
        DateTimeOffset At, string Level, double P05, double P50, double P95, double FailureProbability, double? BreakEven,
        string Recommended)
    {
        public static Look Of(JsonNode line) => new(
            (DateTimeOffset)line["at"]!, (string)line["level"]!, (double?)line["p05"] ?? double.PositiveInfinity,
            (double?)line["p50"] ?? double.PositiveInfinity, (double?)line["p95"] ?? double.PositiveInfinity,
            (double)line["failureProbability"]!, (double?)line["breakEven"], (string)line["recommended"]!);
    }
}
