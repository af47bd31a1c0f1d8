using System.Collections.Immutable;
using TwinModel.Lifetimes;

namespace TwinModel.Maintenance;

/// <summary>
/// Replace now or wait? Ranks the options for one worn part by the relative value <c>J(tau) = E[cost(tau)] - g E[min(T, tau)]</c>, with g
/// the long-run cost rate of a new part under its best age replacement, which avoids the bias of a finite horizon. Exact by quadrature, and
/// simulated with common random numbers for what has no closed form.
/// </summary>
public static class RankOptions
{
    /// <summary>
    /// The comparison with a recommendation; <see cref="MaintenanceAnswer.NoAnswer"/> when nothing is known of the remaining life.
    /// </summary>
    /// <exception cref="ArgumentException">The question is invalid: names the field, its value and what is allowed.</exception>
    public static MaintenanceAnswer Answer(MaintenanceQuestion question)
    {
        question.Validate();
        if (question.RemainingLife is null)
            return new MaintenanceAnswer.NoAnswer("The remaining life cannot be estimated yet, so no option can be preferred.");
        var comparison = Compare(question);
        if (question.RatesOfFuture is not null)
            return new MaintenanceAnswer.Advice(comparison, null, [], null, null, Recommendation.Reason(comparison, null));
        var sensitivity = new Sensitivity(question, comparison);
        var breakEven = sensitivity.BreakEven();
        var check = question.Check is { } offered ? ValueOfCheck.Of(question, offered) : null;
        return new MaintenanceAnswer.Advice(
            comparison, breakEven, sensitivity.Tornado(), sensitivity.FlipShare(), check, Recommendation.Reason(comparison, breakEven));
    }

    /// <summary>The comparison of options only, best first in <see cref="Comparison.Ranking"/>.</summary>
    /// <exception cref="ArgumentException">The question is invalid, or has no remaining life.</exception>
    public static Comparison Compare(MaintenanceQuestion question)
    {
        question.Validate();
        var life = question.RemainingLife ?? throw new ArgumentException("There is no remaining life to decide on.", nameof(question));
        var newPart = NewPart(question.NewLife, question.Economics);
        var g = newPart.BestCostPerDay;
        var futures = new Futures(question, life);
        var plans = question.Options.Select(o => Plan.Of(o, question, life, g)).ToArray();
        var costs = new double[plans.Length][];
        var outcomes = new OptionOutcome[plans.Length];
        var now = futures.Costs(Plan.Now(question), g, out _, out _, out _);
        Parallel.For(0, plans.Length, new() { MaxDegreeOfParallelism = question.Threads }, a =>
        {
            costs[a] = futures.Costs(plans[a], g, out var failed, out var days, out var waiting);
            outcomes[a] = Outcome(question, plans[a], life, g, costs[a], now, failed, days, waiting);
        });
        var regret = Regret(costs);
        for (var a = 0; a < plans.Length; a++) outcomes[a] = outcomes[a] with { Regret = regret[a] };
        ImmutableArray<int> ranking = [.. Enumerable.Range(0, plans.Length).OrderBy(a => outcomes[a].Rank).ThenBy(a => a)];
        return new([.. outcomes], ranking, g, newPart, futures.ValueOfPerfectInformation(plans, g)) { Plans = [.. plans] };
    }

    internal static AgeReplacementResult NewPart(ILifetime life, Economics e) =>
        new AgeReplacement(life, e.PlannedCost(e.PlannedHours), e.FailureCost).FindOptimum();

    static OptionOutcome Outcome(
        MaintenanceQuestion q, Plan plan, ILifetime life, double g, double[] costs, double[] now, double failed, double meanDays,
        double waiting)
    {
        var work = new double[costs.Length];
        var spread = Spread.Of(costs, work);
        var dearer = 0;
        for (var i = 0; i < costs.Length; i++)
        {
            work[i] = costs[i] - now[i];
            if (work[i] > 0) dearer++;
        }
        var (difference, differenceError) = Spread.MeanAndError(work);
        var isExact = q.RatesOfFuture is null;
        var e = q.Economics;
        var expected = isExact
            ? PlanCost.Of(plan, e, plan.Retime(q, life), g)
            : new(failed, meanDays, waiting, spread.Mean + g * meanDays, spread.Mean,
                plan.Hours * (1 - failed) + e.UnplannedHours * failed + e.WaitingHoursPerDay * waiting);
        double? days = double.IsInfinity(plan.Days) ? null : plan.Days;
        return new(
            plan.Name, days is null ? null : q.Now.AddDays(days.Value), days, isExact, expected.Cost, expected.Relative, spread, difference,
            differenceError,
            expected.FailureProbability, expected.DowntimeHours, (double)dearer / costs.Length, 0,
            expected.Relative + q.RiskAversion * (spread.CVaR95 - spread.Mean));
    }

    static double[] Regret(double[][] costs)
    {
        var regret = new double[costs.Length];
        for (var i = 0; i < costs[0].Length; i++)
        {
            var least = double.PositiveInfinity;
            foreach (var c in costs) least = Math.Min(least, c[i]);
            for (var a = 0; a < costs.Length; a++) regret[a] += costs[a][i] - least;
        }
        return Array.ConvertAll(regret, r => r / costs[0].Length);
    }
}
