using System.Collections.Immutable;
using System.Globalization;
using MathNet.Numerics.RootFinding;
using TwinModel.Lifetimes;
using TwinModel.Uncertainty;

namespace TwinModel.Maintenance;

/// <summary>
/// Sensitivity of the recommendation, by expected cost: exact and fast, so hundreds of variants take milliseconds.
/// </summary>
sealed class Sensitivity(MaintenanceQuestion question, Comparison comparison)
{
    /// <summary>Half-range of an input in the tornado, as a factor; usual for estimates of costs and times.</summary>
    const double RangeFactor = 1.2;

    /// <summary>Standard deviation in ln for the draws: the same range is plus or minus two of them.</summary>
    static readonly double InputSdLn = Math.Log(RangeFactor) / 2;

    /// <summary>The scale of the remaining life is less certain than costs.</summary>
    const double LifeSdLn = 0.2;

    const int Draws = 200;

    static readonly ImmutableArray<(string Name, Func<Economics, double, Economics> Scale)> Inputs =
    [
        ("part cost", (e, f) => e with { PartCost = e.PartCost * f }),
        ("labour cost", (e, f) => e with { LabourCost = e.LabourCost * f }),
        ("overtime cost", (e, f) => e with { OvertimeCost = e.OvertimeCost * f }),
        ("margin per hour", (e, f) => e with { MarginPerHour = e.MarginPerHour * f }),
        ("planned hours", (e, f) => e with { PlannedHours = e.PlannedHours * f }),
        ("unplanned hours", (e, f) => e with { UnplannedHours = e.UnplannedHours * f }),
        ("lead time of the spare", (e, f) => e with { SpareLeadDays = e.SpareLeadDays * f }),
        ("secondary damage probability", (e, f) => e with { SecondaryDamageProbability = Math.Min(1, e.SecondaryDamageProbability * f) }),
        ("secondary damage cost", (e, f) => e with { SecondaryDamageCost = e.SecondaryDamageCost * f }),
    ];

    // With risk aversion the ranking also uses simulated risk, so its best option may differ from this one; the tornado then shows expected
    // costs.
    readonly int best = Enumerable.Range(0, comparison.Options.Length).MinBy(a => comparison.Options[a].RelativeCost);
    readonly ILifetime life = question.RemainingLife is WeibullLife or RulDistribution
        ? question.RemainingLife
        : RulDistribution.Of(question.RemainingLife!);

    public BreakEven? BreakEven()
    {
        // A date that itself depends on the life has no break-even.
        var wait = comparison.Ranking.Where(
            a => comparison.Plans[a].Days > 0
                && question.Options[a] is not (MaintenanceOption.OptimalDate or MaintenanceOption.OrderSpareNow)).Select(a =>
                    comparison.Plans[a]).FirstOrDefault();
        if (wait is null) return null;
        var g = comparison.NewPartCostPerDay;
        var now = Plan.Now(question);
        ILifetime Scaled(double lnFactor) => wait.Retime(question, RateHistory.Constant(Math.Exp(-lnFactor)).Retime(life));
        double Lead(double lnFactor)
        {
            var scaled = Scaled(lnFactor);
            return PlanCost.Of(wait, question.Economics, scaled, g).Relative - PlanCost.Of(now, question.Economics, scaled, g).Relative;
        }
        // Search within a factor of 100; beyond that the question is a different one.
        var limit = Math.Log(100);
        if (Lead(-limit) <= 0 || Lead(limit) >= 0 || !Brent.TryFindRoot(Lead, -limit, limit, 1e-12, 200, out var root)) return null;
        return new(wait.Name, PlanCost.Of(wait, question.Economics, Scaled(root), g).FailureProbability, Math.Exp(root));
    }

    public ImmutableArray<TornadoBar> Tornado()
    {
        if (comparison.Options.Length < 2) return [];
        var bars = Inputs.Select(
            i => new TornadoBar(
                i.Name, Lead(i.Scale(question.Economics, 1 / RangeFactor), 1), Lead(i.Scale(question.Economics, RangeFactor), 1)))
            .Append(new("remaining life", Lead(question.Economics, Math.Exp(-2 * LifeSdLn)),
                Lead(question.Economics, Math.Exp(2 * LifeSdLn))));
        return [.. bars.OrderByDescending(b => b.Swing)];
    }

    public double FlipShare()
    {
        if (comparison.Options.Length < 2) return 0;
        var flips = 0;
        for (var draw = 0; draw < Draws; draw++)
        {
            var economics = question.Economics;
            for (var i = 0; i < Inputs.Length; i++)
                economics = Inputs[i].Scale(economics, Math.Exp(InputSdLn * KeyedRandom.Normal(question.Seed, 100 + (ulong)i, draw)));
            if (Lead(economics, Math.Exp(LifeSdLn * KeyedRandom.Normal(question.Seed, 99, draw))) < 0) flips++;
        }
        return (double)flips / Draws;
    }

    // Extra cost of the best other option over the option that is best on the given inputs. Dates stay as planned.
    double Lead(Economics economics, double lifeFactor)
    {
        var g = RankOptions.NewPart(question.NewLife, economics).BestCostPerDay;
        var scaled = lifeFactor == 1 ? life : RateHistory.Constant(1 / lifeFactor).Retime(life);
        var (own, others) = (0.0, double.PositiveInfinity);
        for (var a = 0; a < comparison.Plans.Length; a++)
        {
            var plan = comparison.Plans[a];
            // The hours of a planned stop are fixed; those of any other replacement follow the economics.
            if (plan.Hours == question.Economics.PlannedHours) plan = plan with { Hours = economics.PlannedHours };
            var cost = PlanCost.Of(plan, economics, plan.Retime(question, scaled), g).Relative;
            if (a == best) own = cost;
            else others = Math.Min(others, cost);
        }
        return others - own;
    }
}

/// <summary>Puts a recommendation into words.</summary>
static class Recommendation
{
    public static string Reason(Comparison comparison, BreakEven? breakEven)
    {
        var best = comparison.Recommended;
        if (comparison.Options.Length == 1)
            return FormattableString.Invariant($"'{best.Name}' is the only option; it costs {best.ExpectedCost:N0} on average.");
        var next = comparison.Options[comparison.Ranking[1]];
        var lead = next.RelativeCost - best.RelativeCost;
        var reason = lead >= 0
            ? FormattableString.Invariant($"'{best.Name}': '{next.Name}' would cost {lead:N0} more on average")
            : FormattableString.Invariant(
                $"'{best.Name}': '{next.Name}' would cost {-lead:N0} less on average but carries the greater risk");
        reason += string.Create(
            CultureInfo.InvariantCulture,
            $", and in {100 * next.FailureProbability:0} of 100 futures the part fails before then (with '{best.Name}': "
                + $"{100 * best.FailureProbability:0})");
        return breakEven is null ? reason + "."
            : reason + string.Create(
                CultureInfo.InvariantCulture,
                $"; '{breakEven.Option}' pays off while its probability of an earlier failure is below "
                    + $"{100 * breakEven.FailureProbability:0.0} %.");
    }
}
