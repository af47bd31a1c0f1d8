using Contracts.Decisions;
using Contracts.Events;
using TwinModel.Assets;
using TwinModel.Decisions;
using TwinModel.Maintenance;
using TwinModel.Telemetry;
using TwinModel.Tests.Assets;

namespace TwinModel.Tests.Decisions;

public class DecisionRulesTests
{
    internal static readonly DateTimeOffset At = new(2026, 3, 1, 6, 0, 0, TimeSpan.Zero);
    static readonly AssetModel Model = ReadAssetModel.FromText(
        File.ReadAllText(Path.Combine(ReadAssetModelTests.Directory, "extrusion-line.asset.yaml")), "line");
    internal static readonly Degradation Bearing = Model.Degradations[0];

    internal static readonly DecisionDefinition Reference = new(
        "line-1", "gearbox-bearing", At, [new("now"), new("wait", Weeks: 3), new("run-to-failure")],
        new(6500, 2400, 3200, 420, 14, 40, 0.35, 10, 21.6, 0.35, 38_000, 0, 0, 0, true), [new(At.AddDays(21), 2)], 180, 0, 1, new(2.2, 45),
        null, null, 2000, 1);

    internal static DecisionView View(DecisionDefinition d) =>
        FoldDecision.Apply(null, new DecisionRecommended("id", d.AssetId, d.Component, d, Model.Hash, 7, null, Answer(d), At))!;

    static DecisionAnswer Answer(DecisionDefinition d) =>
        DecisionSetup.Answer(
            d, Assert.IsType<MaintenanceAnswer.Advice>(RankOptions.Answer(DecisionSetup.Question(Bearing, d, null, 0, 1))), []);

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
        { "more money than there is", Reference with { Economics = Reference.Economics with { PartCost = 1e300 } }, "economics.partCost" },
        { "a margin without bound", Reference with { Economics = Reference.Economics with { MarginPerHour = 1e308 } },
            "economics.marginPerHour" },
        { "centuries of repair", Reference with { Economics = Reference.Economics with { UnplannedHours = 1e308 } },
            "economics.unplannedHours" },
        { "centuries of repair, planned", Reference with { Economics = Reference.Economics with { PlannedHours = 8761 } },
            "economics.plannedHours" },
        { "repairs of any length", Reference with { Economics = Reference.Economics with { UnplannedHoursSdLn = 30 } },
            "economics.unplannedHoursSdLn" },
        { "a spare that never comes", Reference with { Economics = Reference.Economics with { SpareLeadDays = 1e308 } },
            "economics.spareLeadDays" },
        { "a stop of centuries", Reference with { Stops = [new(At.AddDays(21), 1e308)] }, "stops[0].lostHours" },
        { "a dear derating", Reference with { Options = [new("derate", Weeks: 3, Rate: 0.5, MarginLossPerDay: 1e308)] },
            "options[0].marginLossPerDay" },
        { "a check without end", Reference with { Check = new(1e300, 1) }, "check.delayDays" },
        { "a dear check", Reference with { Check = new(1, double.PositiveInfinity) }, "check.cost" },
        { "a life without a mean", Reference with { RemainingLife = new(1e-9, 45) }, "remainingLife.shape" },
        { "a life of nothing", Reference with { NewLife = new(2.2, 1e-300) }, "newLife.scaleDays" },
        { "now does not wait", Reference with { Options = [new("now", Weeks: 3)] }, "options[0].weeks" },
        { "running to failure has no date", Reference with { Options = [new("run-to-failure", At.AddDays(21))] }, "options[0].at" },
        { "waiting is no derating", Reference with { Options = [new("wait", Weeks: 3, Rate: 0.1)] }, "options[0].rate" },
        { "nor does it lose margin", Reference with { Options = [new("wait", Weeks: 3, MarginLossPerDay: 1)] },
            "options[0].marginLossPerDay" },
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
        DecisionDefinition With(double scale) =>
            Reference with { Options = [new("now"), new("at-stop", At.AddDays(21))], RemainingLife = new(2.2, scale) };
        // eta 30, 45, 60, 90 days -> now, now, wait, wait; break-even at 46.98 days, P = 0.1564.
        Assert.Equal(["now", "now", "at-stop", "at-stop"], new[] { 30.0, 45, 60, 90 }.Select(eta => Answer(With(eta)).Options[0].Kind));
        Assert.Equal(0.156397, Answer(With(45)).BreakEven!.FailureProbability, 1e-4);
    }

    [Fact]
    public void Whatever_the_rules_let_through_has_an_answer()
    {
        var random = new Random(20261128);
        double Between(double low, double high) =>
            random.Next(4) switch
            {
                0 => low,
                1 => high,
                2 => low + (high - low) * Math.Pow(random.NextDouble(), 8),
                _ => low + (high - low) * random.NextDouble()
            };
        double Money() => Between(0, DecisionRules.MostMoney);
        double Hours() => Between(0, DecisionRules.MostHours);
        WeibullInput Life() =>
            new(Between(DecisionRules.LeastShape, DecisionRules.MostShape),
                Between(DecisionRules.LeastScaleDays, DecisionRules.MostScaleDays));
        var answered = 0;
        for (var i = 0; i < 40; i++)
        {
            var horizon = Between(1, DecisionRules.MostDays);
            var definition = Reference with
            {
                Economics = new(
                    Money(), Money(), Money(), Money(), Hours(), Hours(), Between(0, DecisionRules.MostSdLn),
                    Between(0, DecisionRules.MostDays), Between(0, 24), Between(0, 1),
                    Money(), Money(), Money(), Money(), random.Next(2) == 0),
                HorizonDays = horizon,
                RiskAversion = Between(0, 1),
                Rate = Bearing.Life is null ? 1 : Between(0.1, 3),
                Futures = 100,
                RemainingLife = Life(),
                NewLife = Life(),
                Check = new(Between(0, DecisionRules.MostDays), Money()),
                Stops = [new(At.AddDays(horizon / 2), Hours())],
                Options =
                [
                    new("now"), new("run-to-failure"), new("optimal-date"), new("order-spare-now"),
                    new("wait", Weeks: Between(0, horizon / 7.01)), new("at-stop", At.AddDays(horizon / 2)),
                    new("derate", Weeks: Between(0, horizon / 7.01), Rate: Between(1e-3, 0.999), MarginLossPerDay: random.Next(2) == 0
                        ? null : Money()),
                ],
            };
            if (DecisionRules.Check(Bearing, definition) is not null) continue;
            answered++;
            try
            {
                if (RankOptions.Answer(DecisionSetup.Question(Bearing, definition, null, 0, 1)) is MaintenanceAnswer.Advice advice)
                    Assert.All(DecisionSetup.Answer(definition, advice, []).Options,
                        o => Assert.True(double.IsFinite(o.ExpectedCost) && double.IsFinite(o.RelativeCost), $"{o}"));
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{definition} {definition.Economics} {definition.RemainingLife} {definition.NewLife}: {e}");
            }
        }
        Assert.True(answered > 25, $"{answered}");
    }

    static readonly BacktestDefinition Tried = new("line-1", "gearbox-bearing", At, At.AddDays(40), 99, null, null, 100, null, 3600, null);

    [Fact]
    public void Backtests_are_bounded()
    {
        Assert.Null(BacktestRules.Check(Tried));
        Assert.Equal("from", BacktestRules.Check(Tried with { From = DateTimeOffset.MinValue })!.Path);
        Assert.Equal("from", BacktestRules.Check(Tried with { From = Tried.To })!.Path);
        Assert.Equal("settings.slack", BacktestRules.Check(Tried with { Slack = 1e300 })!.Path);
        Assert.Equal("settings.baselineCount", BacktestRules.Check(Tried with { BaselineCount = 1 })!.Path);
        Assert.Equal("settings.windowSeconds", BacktestRules.Check(Tried with { WindowSeconds = 1e300 })!.Path);
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
            new ComponentReplaced("line-1", "gearbox-bearing", "eve", null, At.AddDays(-3)),
            new FailureOccurred("line-1", "screw", "eve", null, At.AddDays(1)),
            new FailureOccurred("line-1", "gearbox-bearing", "eve", null, At.AddDays(9)),
            new ComponentReplaced("line-1", "gearbox-bearing", "eve", null, At.AddDays(10)),
        ];
        var closed = FoldDecision.Apply(taken, Assert.Single(FoldDecision.Observe(taken, records)))!;
        Assert.Equal(("closed", "failed", At.AddDays(9), 3), (closed.State, closed.Outcome!.Kind, closed.Outcome.At, closed.Version));
        Assert.Empty(FoldDecision.Observe(closed, records));
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
