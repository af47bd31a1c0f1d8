using Contracts.Decisions;
using TwinModel.Decisions;
using TwinModel.Lifetimes;
using static TwinModel.Tests.Decisions.DecisionRulesTests;

namespace TwinModel.Tests.Decisions;

public class HindsightTests
{
    // The spare is not ordered yet, takes ten days, and costs to keep and to expedite; the line may run slower.
    static readonly DecisionDefinition Dear = Reference with
    {
        Options = [new("now"), new("wait", Weeks: 3), new("derate", Weeks: 3, Rate: 0.85, MarginLossPerDay: 1512), new("order-spare-now"),
            new("run-to-failure")],
        Economics = Reference.Economics with
        {
            UnplannedHoursSdLn = 0,
            SecondaryDamageProbability = 1,
            ExpediteCost = 900,
            SpareHoldingCostPerDay = 60,
            IsSpareOrderedNow = false,
        },
    };

    const double Planned = 6500 + 2400 + 14 * 420, Failure = 6500 + 2400 + 3200 + 40 * 420 + 38_000, WaitingDay = 21.6 * 420;

    static DecisionView Ended(DecisionView asked, string? option, string kind, double days) => asked with
    {
        Taken = option is null ? null : new(option, "eve", null, At),
        Outcome = new(kind, At.AddDays(days), "eve"),
        State = "closed",
    };

    static HindsightReport Report(params IEnumerable<DecisionView> decisions) => Hindsight.Of([.. decisions], _ => Bearing.Life);

    static double Regret(DecisionView decision) => Assert.Single(Report(decision).Items).Regret!.Value;

    [Fact]
    public void Stated_risks_are_scored_and_the_regret_of_failures_is_known()
    {
        var asked = View(Reference);
        var report = Report(
            Ended(asked, "wait 3 weeks", "failed", 10), Ended(asked, "wait 3 weeks", "replaced", 21),
            Ended(asked, "wait 3 weeks", "replaced", 5), Ended(asked, "replace now", "replaced", 0), asked);
        Assert.Equal((5, 4, 4, 1, 3, 1), (report.Decisions, report.Taken, report.Closed, report.Followed, report.Scored, report.Censored));
        Assert.Equal(1, report.ObservedFailures);
        Assert.Equal(2 * 0.170547, report.StatedFailures, 1e-5);
        // Failed on day 10 when the spare had just arrived: 42 200 less ten days of value, against 14 780 for replacing at once.
        Assert.Equal(42_200 - 10 * 48.650161 - 14_780, report.Items[0].Regret!.Value, 0.01);
        Assert.Null(report.Items[1].Regret);
        Assert.Equal((false, null), (report.Items[1].Failed, report.Items[2].Failed));
    }

    [Fact]
    public void A_spare_that_is_on_its_way_is_not_waited_for_from_the_order_on()
    {
        var asked = View(Dear with { Options = [new("now"), new("wait", Weeks: 3), new("run-to-failure")] });
        var value = 15 * asked.Answer.NewPartCostPerDay;
        // Ordered on day 11 for day 21: on day 15 six days are left of ten. Replacing now would have been best, with the spare expedited.
        Assert.Equal(Failure + 6 * WaitingDay - value - (Planned + 900), Regret(Ended(asked, "wait 3 weeks", "failed", 15)), 1e-6);
        Assert.Equal(Failure + 10 * WaitingDay - value - (Planned + 900), Regret(Ended(asked, "run to failure", "failed", 15)), 1e-6);
    }

    [Fact]
    public void A_spare_in_stock_costs_its_keep()
    {
        var asked = View(Dear with
        {
            Options = [new("now"), new("wait", Weeks: 3)],
            Economics = Dear.Economics with { IsSpareOrderedNow = true },
        });
        // It came on day 10.
        Assert.Equal(
            Failure + 5 * 60 - 15 * asked.Answer.NewPartCostPerDay - (Planned + 900), Regret(Ended(asked, "wait 3 weeks", "failed", 15)),
            1e-6);
    }

    [Fact]
    public void A_slower_line_loses_margin_on_every_day_and_wears_the_part_less()
    {
        var asked = View(Dear with { Options = [new("now"), Dear.Options[2], new("run-to-failure")] });
        var (g, slowdown) = (asked.Answer.NewPartCostPerDay, Bearing.Life!.AgeingRate(0.85));
        Assert.Equal(
            Failure + 6 * WaitingDay + 15 * (1512 - g) - (Planned + 900), Regret(Ended(asked, "derate and wait 3 weeks", "failed", 15)),
            1e-6);
        // Failed on day 18 at full load; at the lower one it would have lived to be replaced in the stop on day 21.
        Assert.True(18 / slowdown > 21);
        var lost = Planned - 12 * 420 + 21 * (1512 - g);
        var option = asked with { Answer = asked.Answer with { Options = [.. asked.Answer.Options.Where(o => o.Kind != "now")] } };
        Assert.Equal(Failure + 10 * WaitingDay - 18 * g - lost, Regret(Ended(option, "run to failure", "failed", 18)), 1e-6);
    }

    [Theory, InlineData("now"), InlineData("wait"), InlineData("derate"), InlineData("order-spare-now"), InlineData("run-to-failure")]
    public void Over_all_futures_the_regret_is_the_one_that_was_stated(string kind)
    {
        var asked = View(Dear);
        var option = asked.Answer.Options.Single(o => o.Kind == kind);
        var (life, slowdown) = (new WeibullLife(2.2, 45), kind == "derate" ? Bearing.Life!.AgeingRate(0.85) : 1);
        var ends = Enumerable.Range(0, 500).Select(i => Ended(asked, option.Name, "failed", life.Quantile((i + 0.5) / 500) / slowdown));
        Assert.Equal(option.Regret, Report(ends).MeanRegret!.Value, 0.01 * option.Regret);
    }

    [Fact]
    public void A_replaced_part_has_a_regret_when_no_option_would_have_run_it_longer()
    {
        var asked = View(Dear with { Options = [new("now"), new("wait", Weeks: 1)] });
        Assert.Equal(0, Regret(Ended(asked, "wait 1 week", "replaced", 7)));
        // Either way the spare is expedited; seven days of life would have been given away.
        var advised = asked with { Answer = asked.Answer with { Recommended = "replace now" } };
        Assert.Equal(7 * asked.Answer.NewPartCostPerDay, Regret(Ended(advised, null, "replaced", 7)), 1e-6);
        Assert.Null(Report(Ended(asked, "replace now", "replaced", 0)).MeanRegret);
    }

    [Fact]
    public void Advice_to_derate_that_nobody_took_is_judged_by_the_life_at_the_lower_load()
    {
        var asked = View(Dear);
        asked = asked with { Answer = asked.Answer with { Recommended = "derate and wait 3 weeks" } };
        var untaken = Ended(asked, null, "failed", 18);
        Assert.False(Assert.Single(Report(untaken).Items).Failed);
        Assert.True(Assert.Single(Report(Ended(asked, "derate and wait 3 weeks", "failed", 18)).Items).Failed);
        // Without the model neither this can be said, nor which option would have been best.
        var unknown = Assert.Single(Hindsight.Of([untaken], _ => null).Items);
        Assert.Equal((null, null), (unknown.Failed, unknown.Regret));
    }
}
