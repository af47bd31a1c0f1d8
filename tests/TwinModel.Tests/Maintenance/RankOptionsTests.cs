using System.Text.Json;
using TwinModel.Lifetimes;
using TwinModel.Maintenance;

namespace TwinModel.Tests.Maintenance;

public class RankOptionsTests
{
    internal static readonly DateTimeOffset Now = new(2026, 3, 2, 6, 0, 0, TimeSpan.Zero);

    internal static readonly Economics Costs = new(6500, 2400, 3200, 420, 14, 40, 0.35, 10, 24 * 0.9, 0.35, 38_000);

    internal static MaintenanceQuestion Question(params MaintenanceOption[] options) =>
        new(Now, new WeibullLife(2.2, 45), new WeibullLife(1.8, 900), Costs, [.. options]) { HorizonDays = 80 };

    internal static MaintenanceQuestion Table => Question(
        new MaintenanceOption.ReplaceNow(), new MaintenanceOption.WaitWeeks(1), new MaintenanceOption.WaitWeeks(2),
        new MaintenanceOption.WaitWeeks(3),
        new MaintenanceOption.WaitWeeks(4), new MaintenanceOption.WaitWeeks(6), new MaintenanceOption.WaitWeeks(8),
        new MaintenanceOption.RunToFailure());

    internal static MaintenanceQuestion WithStop(double scaleDays) =>
        Question(new MaintenanceOption.ReplaceNow(), new MaintenanceOption.AtPlannedStop(Now.AddDays(21))) with
        {
            RemainingLife = new WeibullLife(2.2, scaleDays),
            Stops = [new(Now.AddDays(21), 2)],
        };

    internal static MaintenanceAnswer.Advice Advice(MaintenanceQuestion question) =>
        Assert.IsType<MaintenanceAnswer.Advice>(RankOptions.Answer(question));

    public static TheoryData<int, double, double, double, double> Rows => new()
    {
        { 0, 0, 14780.00, 14780.00, 14.0000 },
        { 1, 0.016540, 16013.02, 15674.24, 16.2860 },
        { 2, 0.073770, 17827.95, 17162.79, 18.3589 },
        { 3, 0.170547, 20481.56, 19516.44, 20.8751 },
        { 4, 0.296798, 23943.38, 22716.65, 24.1576 },
        { 5, 0.576488, 31612.48, 30002.40, 31.4296 },
        { 6, 0.801681, 37787.27, 35970.64, 37.2846 },
        { 7, 1, 43225.17, 41286.31, 42.4409 },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Quadrature_reproduces_the_reference_table(int option, double probability, double cost, double relative, double hours)
    {
        var outcome = RankOptions.Compare(Table).Options[option];

        Assert.True(outcome.IsExact);
        Assert.Equal(probability, outcome.FailureProbability, 1e-6);
        Assert.Equal(cost, outcome.ExpectedCost, 0.01);
        Assert.Equal(relative, outcome.RelativeCost, 0.01);
        Assert.Equal(hours, outcome.DowntimeHours, 1e-4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Simulation_agrees_with_quadrature(ulong seed)
    {
        foreach (var option in RankOptions.Compare(Table with { Seed = seed }).Options)
            Assert.InRange(option.Simulated.Mean - option.RelativeCost, -3 * option.Simulated.StandardError - 1e-6,
                3 * option.Simulated.StandardError + 1e-6);
    }

    [Fact]
    public void Simulation_reproduces_the_spread_of_the_reference()
    {
        var options = RankOptions.Compare(Table with { Futures = 200_000 }).Options;

        double[] cvar = [14780, 38609.72, 68040.48, 76861.23, 79192.20, 81763.44, 82741.85, 83175.42];
        double[] p95 = [14780, 14439.45, 33458.71, 62813.58, 66528.68, 70503.31, 72065.65, 72782.33];
        for (var a = 0; a < cvar.Length; a++)
        {
            // The reference is itself a simulation with 10 000 futures.
            Assert.Equal(cvar[a], options[a].Simulated.CVaR95, 0.03 * cvar[a]);
            Assert.Equal(p95[a], options[a].Simulated.P95, 0.05 * p95[a]);
            Assert.Equal(a == 7 ? 0.9998 : options[a].FailureProbability, options[a].DearerThanNowProbability, 2e-3);
        }
    }

    [Fact]
    public void Common_random_numbers_sharpen_differences()
    {
        var comparison = RankOptions.Compare(Table);
        var option = comparison.Options[3];

        Assert.Equal(option.RelativeCost - comparison.Options[0].RelativeCost, option.DifferenceToNow, 3 * option.DifferenceStandardError);
        Assert.InRange(option.DifferenceStandardError, 120, 200);
    }

    [Fact]
    public void New_part_has_its_own_optimum()
    {
        var comparison = RankOptions.Compare(Table);

        Assert.Equal(774.8650, Assert.IsType<AgeReplacementResult.Optimum>(comparison.NewPart).AgeDays, 3);
        Assert.Equal(48.650161, comparison.NewPartCostPerDay, 6);
    }

    [Fact]
    public void Optimal_date_is_where_the_hazard_pays_for_the_wait()
    {
        var outcome = RankOptions.Compare(Question(new MaintenanceOption.OptimalDate())).Options[0];
        var life = new WeibullLife(2.2, 45);
        var failure = 42_200 + 420 * 21.6 * (10 - outcome.Days!.Value);

        Assert.Equal(0.89147, outcome.Days.Value, 5);
        Assert.Equal(14_756.7969, outcome.RelativeCost, 0.01);
        Assert.Equal(48.650161, life.Density(outcome.Days!.Value) / (1 - life.Cdf(outcome.Days!.Value)) * (failure - 14_780), 1e-3);
    }

    [Fact]
    public void Optimal_date_may_be_a_planned_stop()
    {
        var question = WithStop(90) with { Options = [new MaintenanceOption.OptimalDate()] };

        Assert.Equal(21, RankOptions.Compare(question).Options[0].Days!.Value, 6);
    }

    [Fact]
    public void Perfect_information_is_worth_what_the_reference_says() =>
        // The reference's 1595.82 comes from 10 000 strata; the spread between seeds is a few units.
        Assert.Equal(1595.82, RankOptions.Compare(Table with { Options = [.. Table.Options.Take(7)] }).PerfectInformationValue, 10.0);

    [Theory]
    [InlineData(30, "replace now", 8421.30)]
    [InlineData(45, "replace now", 556.00)]
    [InlineData(60, "at the stop on 2026-03-23", 2415.27)]
    [InlineData(90, "at the stop on 2026-03-23", 4529.34)]
    [InlineData(150, "at the stop on 2026-03-23", 5557.65)]
    [InlineData(300, "at the stop on 2026-03-23", 5951.47)]
    public void Planned_stop_decides_by_the_life(double scaleDays, string recommended, double margin)
    {
        var advice = Advice(WithStop(scaleDays));
        var options = advice.Comparison.Options;

        Assert.Equal(recommended, advice.Comparison.Recommended.Name);
        Assert.Equal(margin, Math.Abs(options[0].RelativeCost - options[1].RelativeCost), 0.01);
        Assert.StartsWith($"'{recommended}'", advice.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(45)]
    [InlineData(300)]
    public void Break_even_does_not_depend_on_where_one_starts(double scaleDays)
    {
        var breakEven = Advice(WithStop(scaleDays)).BreakEven;

        Assert.NotNull(breakEven);
        Assert.Equal(0.156397, breakEven.FailureProbability, 6);
        Assert.Equal(46.9819, breakEven.LifeFactor * scaleDays, 4);
    }

    [Fact]
    public void Answer_is_the_same_on_any_number_of_threads()
    {
        var json = new[] { 1, 2, 3, 16 }.Select(threads =>
        {
            var options = RankOptions.Compare(Table with { Threads = threads, Futures = 20_000 }).Options;
            return string.Join("\n", options.Select(o => o.ToString()));
        }).Distinct().ToList();

        Assert.Single(json);
    }

    [Fact]
    public void Table_of_a_life_gives_the_costs_of_the_life()
    {
        var table = RulDistribution.Of(new WeibullLife(2.2, 45));
        foreach (var (exact, tabled) in RankOptions.Compare(Table).Options.Zip(RankOptions.Compare(Table with
        {
            RemainingLife = table,
        }).Options))
            Assert.Equal(exact.RelativeCost, tabled.RelativeCost, 2.0);
    }

    [Fact]
    public void A_comparison_can_be_stored()
    {
        foreach (var outcome in RankOptions.Compare(Table).Options)
            Assert.Equal(outcome, JsonSerializer.Deserialize<OptionOutcome>(JsonSerializer.Serialize(outcome)));
    }
}
