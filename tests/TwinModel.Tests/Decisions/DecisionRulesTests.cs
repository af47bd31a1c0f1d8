using Contracts.Decisions;
using Contracts.Events;
using TwinModel.Assets;
using TwinModel.Decisions;
using TwinModel.Reliability;
using TwinModel.Telemetry;
using TwinModel.Tests.Assets;

namespace TwinModel.Tests.Decisions;

public class DecisionRulesTests
{
    static readonly DateTimeOffset At = new(2026, 3, 1, 6, 0, 0, TimeSpan.Zero);
    static readonly AssetModel Model = ReadAssetModel.FromText(File.ReadAllText(Path.Combine(ReadAssetModelTests.Directory, "extrusion-line.asset.yaml")), "line");
    static readonly Degradation Bearing = Model.Degradations[0];

    static readonly DecisionDefinition Reference = new(
        "line-1", "gearbox-bearing", At, [new("now"), new("wait", Weeks: 3), new("run-to-failure")],
        new(6500, 2400, 3200, 420, 14, 40, 0.35, 10, 21.6, 0.35, 38_000, 0, 0, 0, true), [new(At.AddDays(21), 2)], 180, 0, 1, new(2.2, 45), null, null, 2000, 1);

    static DecisionView View(DecisionDefinition d) => FoldDecision.Apply(null, new DecisionRecommended("id", d.AssetId, d.Component, d, Model.Hash, 7, null, Answer(d), At))!;

    static DecisionAnswer Answer(DecisionDefinition d) =>
        DecisionSetup.Answer(d, Assert.IsType<MaintenanceAnswer.Advice>(DecideMaintenance.Answer(DecisionSetup.Question(Bearing, d, null, 0, 1))), []);

    public static TheoryData<string, DecisionDefinition, string> Bad => new()
    {
        { "no options", Reference with { Options = [] }, "options" },
        { "unknown kind", Reference with { Options = [new("hope")] }, "options[0].kind" },
        { "negative weeks", Reference with { Options = [new("now"), new("wait", Weeks: -1)] }, "options[1].weeks" },
        { "beyond the horizon", Reference with { Options = [new("wait", Weeks: 30)] }, "options[0].weeks" },
        { "no such stop", Reference with { Options = [new("at-stop", At.AddDays(3))] }, "options[0].at" },
        { "twice the same", Reference with { Options = [new("now"), new("now")] }, "options[1]" },
        { "faster is no derating", Reference with { Options = [new("derate", Weeks: 1, Rate: 1.2)] }, "options[0].rate" },
        { "negative cost", Reference with { Economics = Reference.Economics with { LabourCost = -1 } }, "economics.labourCost" },
        { "missing cost", Reference with { Economics = Reference.Economics with { PartCost = double.NaN } }, "economics.partCost" },
        { "a date in the past", Reference with { Stops = [new(At.AddDays(-1), 2)] }, "stops[0].at" },
        { "no horizon", Reference with { HorizonDays = 0 }, "horizonDays" },
        { "no life", Reference with { RemainingLife = new(2, 0) }, "remainingLife.scaleDays" },
        { "few futures", Reference with { Futures = 1 }, "futures" },
    };

    [Theory, MemberData(nameof(Bad))]
    public void What_has_no_meaning_is_refused_by_path(string what, DecisionDefinition definition, string path)
    {
        var problem = DecisionRules.Check(Bearing, definition);
        Assert.True(problem?.Path == path, $"{what}: {problem}");
        Assert.NotEmpty(problem!.Allowed);
    }

    [Fact]
    public void The_reference_is_good_and_waits_for_the_stop_only_while_the_risk_is_below_the_break_even()
    {
        Assert.Null(DecisionRules.Check(Bearing, Reference));
        DecisionDefinition With(double scale) => Reference with { Options = [new("now"), new("at-stop", At.AddDays(21))], RemainingLife = new(2.2, scale) };
        // eta 30, 45, 60, 90 days -> now, now, wait, wait; break-even at 46.98 days, P = 0.1564.
        Assert.Equal(["now", "now", "at-stop", "at-stop"], new[] { 30.0, 45, 60, 90 }.Select(eta => Answer(With(eta)).Options[0].Kind));
        Assert.Equal(0.156397, Answer(With(45)).BreakEven!.FailureProbability, 1e-4);
    }

    [Fact]
    public void A_decision_is_taken_once_and_closed_by_the_first_record_of_its_part()
    {
        var view = View(Reference);
        var taken = FoldDecision.Apply(view, Assert.Single(FoldDecision.Take(view, "replace now", "eve", null, At)))!;
        Assert.Equal(("taken", "replace now"), (taken.State, taken.Taken!.Option));
        Assert.Empty(FoldDecision.Take(taken, "replace now", "eve", null, At));
        Assert.Throws<InvalidOperationException>(() => FoldDecision.Take(taken, "wait 3 weeks", "eve", null, At));
        Assert.Throws<ArgumentException>(() => FoldDecision.Take(view, "hope", "eve", null, At));
        object[] records =
        [
            new ComponentReplaced("line-1", "gearbox-bearing", "eve", null, At.AddDays(-3)), new FailureOccurred("line-1", "screw", "eve", null, At.AddDays(1)),
            new FailureOccurred("line-1", "gearbox-bearing", "eve", null, At.AddDays(9)), new ComponentReplaced("line-1", "gearbox-bearing", "eve", null, At.AddDays(10)),
        ];
        var closed = FoldDecision.Apply(taken, Assert.Single(FoldDecision.Observe(taken, records)))!;
        Assert.Equal(("closed", "failed", At.AddDays(9), 3), (closed.State, closed.Outcome!.Kind, closed.Outcome.At, closed.Version));
        Assert.Empty(FoldDecision.Observe(closed, records));
    }

    [Fact]
    public void Hindsight_scores_stated_risks_and_knows_the_regret_of_failures()
    {
        DecisionView Ended(string option, string kind, double days) => View(Reference) with { Taken = new(option, "eve", null, At), Outcome = new(kind, At.AddDays(days), "eve"), State = "closed" };
        var report = Hindsight.Of([Ended("wait 3 weeks", "failed", 10), Ended("wait 3 weeks", "replaced", 21), Ended("wait 3 weeks", "replaced", 5), Ended("replace now", "replaced", 0), View(Reference)]);
        Assert.Equal((5, 4, 4, 1, 3, 1), (report.Decisions, report.Taken, report.Closed, report.Followed, report.Scored, report.Censored));
        Assert.Equal(1, report.ObservedFailures);
        Assert.Equal(2 * 0.170547, report.StatedFailures, 1e-5);
        // Failed on day 10, the spare just there: 42 200 less ten days' worth, against 14 780 at once.
        Assert.Equal(42_200 - 10 * 48.650161 - 14_780, report.Items[0].Regret!.Value, 0.01);
        Assert.Null(report.Items[1].Regret);
        Assert.Equal((false, null), (report.Items[1].Failed, report.Items[2].Failed));
    }

    [Fact]
    public void A_backtest_counts_what_the_settings_would_have_done()
    {
        var random = new Random(3);
        var failure = At.AddDays(30);
        BacktestDefinition definition = new("line-1", "gearbox-bearing", At, At.AddDays(40), 99, null, null, 100, null, 3600, null);
        var test = new Backtest(Model, definition, [failure]);
        for (var hour = 0; hour < 40 * 24; hour++)
        {
            var (days, at) = (hour / 24.0, Micros.From(At.AddHours(hour)));
            var level = days < 30 ? Math.Exp(Math.Max(0, days - 20) * 0.1) : 1;
            test.Step([new(12, at, 1.2 * level * Math.Exp(0.05 * (random.NextDouble() - 0.5))), new(9, at, 80), new(7, at, 82)]);
        }
        var result = test.Result([failure], [failure]);
        Assert.InRange(Assert.Single(result.Failures).LeadDays!.Value, 8.5, 10);
        Assert.Equal((0, 0, "healthy"), (result.FalseAlarms, result.MissedFailures, result.Level));
        Assert.Equal("degrading", Assert.Single(result.Alarms).Level);
        Assert.Throws<ArgumentOutOfRangeException>(() => Backtest.With(Bearing, definition with { Slack = -1 }));
    }
}
