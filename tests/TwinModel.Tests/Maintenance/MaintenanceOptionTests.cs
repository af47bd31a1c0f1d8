using TwinModel.Lifetimes;
using TwinModel.Maintenance;
using static TwinModel.Tests.Maintenance.RankOptionsTests;

namespace TwinModel.Tests.Maintenance;

public class MaintenanceOptionTests
{
    [Fact]
    public void Each_future_may_have_its_own_load()
    {
        RateHistory Rates(int future) => new([new(0, 1), new(5, 0.8 + 0.4 * (future % 7) / 6), new(15, 1)]);
        var question = Table with { RatesOfFuture = Rates };
        var (one, many) = (RankOptions.Compare(question with { Threads = 1 }), RankOptions.Compare(question with { Threads = 4 }));

        Assert.Equal(one.Options.Select(o => o.ToString()), many.Options.Select(o => o.ToString()));
        Assert.All(one.Options, o => Assert.False(o.IsExact));
        // The loads average 1, so the reference table changes little.
        Assert.Equal(0.170547, one.Options[3].FailureProbability, 0.01);
    }

    [Fact]
    public void One_load_for_all_futures_is_exact_and_agrees_with_its_simulation()
    {
        var rates = new RateHistory([new(0, 1), new(7, 1 / 0.8093)]);
        foreach (var option in RankOptions.Compare(Table with { Rates = rates }).Options)
            Assert.InRange(option.Simulated.Mean - option.RelativeCost, -3 * option.Simulated.StandardError - 1e-6,
                3 * option.Simulated.StandardError + 1e-6);
        Assert.True(RankOptions.Compare(Table with { Rates = rates }).Options[3].FailureProbability > 0.2);
    }

    [Fact]
    public void Derating_buys_life_for_margin()
    {
        var rate = Iso281.AgeingRate(0.85, 0.97, 1, 1, Iso281.RollerExponent);
        var options = RankOptions.Compare(
            Question(new MaintenanceOption.WaitWeeks(3), new MaintenanceOption.DerateAndWait(3, rate, 300))).Options;

        Assert.True(options[1].FailureProbability < options[0].FailureProbability);
        Assert.Equal(new WeibullLife(2.2, 45).Cdf(21 * rate), options[1].FailureProbability, 10);
        Assert.Equal(options[1].Simulated.Mean, options[1].RelativeCost, 3 * options[1].Simulated.StandardError);
    }

    [Fact]
    public void Spare_ordered_only_when_needed_is_waited_for()
    {
        var late = Costs with { IsSpareOrderedNow = false, SpareHoldingCostPerDay = 20 };
        var question = Question(
            new MaintenanceOption.RunToFailure(), new MaintenanceOption.WaitWeeks(3),
            new MaintenanceOption.OrderSpareNow()) with
        { Economics = late };
        var options = RankOptions.Compare(question).Options;

        // Ordered at the failure: the full lead time of ten days is waited.
        Assert.Equal(40 + 10 * 21.6, options[0].DowntimeHours, 6);
        Assert.True(options[2].Days >= 10);
        foreach (var option in options) Assert.Equal(option.Simulated.Mean, option.RelativeCost, 3 * option.Simulated.StandardError);
    }

    [Fact]
    public void Risk_aversion_can_turn_the_decision()
    {
        var question = WithStop(60);

        Assert.Equal("at the stop on 2026-03-23", Advice(question).Comparison.Recommended.Name);
        Assert.Equal("replace now", Advice(question with { RiskAversion = 0.5 }).Comparison.Recommended.Name);
    }

    [Fact]
    public void Influential_inputs_and_flips_are_named()
    {
        var near = Advice(WithStop(48));
        var far = Advice(WithStop(300));

        Assert.Equal("remaining life", near.Tornado[0].Input);
        Assert.True(near.Tornado[0].LowLead < 0);
        Assert.Equal(near.Tornado.OrderByDescending(b => b.Swing), near.Tornado);
        Assert.InRange(near.FlipShare!.Value, 0.2, 0.6);
        Assert.Equal(0, far.FlipShare);
    }

    [Fact]
    public void Nothing_is_made_up_without_a_life()
    {
        var answer = RankOptions.Answer(Table with { RemainingLife = null });

        Assert.Contains("cannot be estimated", Assert.IsType<MaintenanceAnswer.NoAnswer>(answer).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void New_part_without_finite_optimum_still_gives_an_answer()
    {
        var advice = Advice(WithStop(60) with { NewLife = new WeibullLife(0.9, 900) });

        Assert.IsType<AgeReplacementResult.NoFiniteOptimum>(advice.Comparison.NewPart);
        Assert.Equal(42_200 / new WeibullLife(0.9, 900).MeanDays, advice.Comparison.NewPartCostPerDay, 6);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        Refused(Table with { Economics = Costs with { PartCost = -5 } }, "PartCost");
        Refused(Table with { Economics = Costs with { SecondaryDamageProbability = 1.5 } }, "SecondaryDamageProbability");
        Refused(Table with { Economics = Costs with { MarginPerHour = double.NaN } }, "MarginPerHour");
        Refused(Table with { Economics = Costs with { WaitingHoursPerDay = 25 } }, "WaitingHoursPerDay");
        Refused(Table with { HorizonDays = 14 }, "wait 3 weeks");
        Refused(Table with { Futures = 10 }, "Futures");
        Refused(Table with { Options = [] }, "Options");
        Refused(Table with { Options = [new MaintenanceOption.ReplaceNow(), new MaintenanceOption.ReplaceNow()] }, "Options");
        Refused(WithStop(45) with { Stops = [new(Now.AddDays(-1), 2)] }, "Stops");
        Refused(WithStop(45) with { Options = [new MaintenanceOption.AtPlannedStop(Now.AddDays(-1))] }, "AtPlannedStop");
        Refused(WithStop(45) with { Options = [new MaintenanceOption.AtPlannedStop(Now.AddDays(20))] }, "AtPlannedStop");

        static void Refused(MaintenanceQuestion question, string field) =>
            Assert.Equal(field, Assert.ThrowsAny<ArgumentException>(() => RankOptions.Answer(question)).ParamName);
    }

    [Fact]
    public void Part_that_may_never_fail_is_followed_to_the_horizon()
    {
        // Three in ten never fail.
        var life = new RulDistribution([0, 40], [0, 0.7]);
        foreach (var question in new[] { Table, Table with { RatesOfFuture = _ => RateHistory.Unchanged } })
        {
            var option = RankOptions.Compare(question with { RemainingLife = life }).Options[7];

            Assert.Equal(80, option.Days);
            Assert.Equal(0.7, option.FailureProbability, 9);
            Assert.True(double.IsFinite(option.Simulated.CVaR95));
        }
    }
}
