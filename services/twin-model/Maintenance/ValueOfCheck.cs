using System.Collections.Immutable;
using TwinModel.Lifetimes;
using TwinModel.Prognostics;
using TwinModel.Uncertainty;

namespace TwinModel.Maintenance;

/// <summary>What one more vibration check before deciding is worth.</summary>
/// <param name="Information">EVSI: what the finding saves on average, 0 or more.</param>
/// <param name="Delay">What deciding later costs on average, as the part may fail before; negative when waiting pays anyway.</param>
/// <param name="Net">Information less delay less the cost of the check: check when it is positive.</param>
public sealed record CheckValue(double Information, double Delay, double Net);

/// <summary>One more vibration check, and the trend that its finding would add to.</summary>
/// <param name="Trend">Posterior so far (<see cref="Prognosis.Rul.Trend"/>).</param>
/// <param name="NowDays">Now on the trend's clock.</param>
/// <param name="Threshold">Where the life ends.</param>
/// <param name="DelayDays">Until the finding, 0 or more.</param>
/// <param name="Cost">Of the check, 0 or more.</param>
public sealed record OfferedCheck(LogLinearTrend Trend, double NowDays, Threshold Threshold, double DelayDays, double Cost);

/// <summary>
/// Preposterior analysis (Raiffa and Schlaifer, 1961): findings are drawn from what the trend predicts, each updates the trend in closed
/// form, and the best option under each is compared with the option that is best without. One key per draw.
/// </summary>
public static class ValueOfCheck
{
    /// <summary>
    /// The value of a check whose finding is one more median of the trend. The remaining life is taken from the trend alone.
    /// </summary>
    /// <param name="question">Options and stops are kept; what would be over by the finding is done at once then.</param>
    /// <param name="check">The check.</param>
    /// <param name="draws">Of findings, 50 or more.</param>
    public static CheckValue Of(MaintenanceQuestion question, OfferedCheck check, int draws = 2000)
    {
        var (trend, nowDays, threshold, delayDays, checkCost) = check;
        question.Validate();
        Require.NotNegative(delayDays, nameof(OfferedCheck.DelayDays));
        Require.NotNegative(checkCost, nameof(OfferedCheck.Cost));
        Require.AtLeast(50, draws);
        var g = RankOptions.NewPart(question.NewLife, question.Economics).BestCostPerDay;
        var (now, e) = (RulDistribution.Of(trend.RemainingLife(nowDays, threshold)), question.Economics);
        // Running to failure ends at the horizon here: a finding may say that the part never fails.
        var plans = question.Options.Select(o => Plan.Of(o, question, now, g))
            .Select(p => p with { Days = Math.Min(p.Days, question.HorizonDays) }).ToArray();
        // From the finding on all dates are nearer by the delay.
        var later = plans.Select(p => p with { Days = Math.Max(0, p.Days - delayDays), OrderDays = p.OrderDays - delayDays }).Distinct()
            .ToImmutableArray();
        var at = nowDays + delayDays;
        var sd = Math.Sqrt(trend.VarianceAt(at) + trend.NoiseSd * trend.NoiseSd);
        var costs = new double[draws][];
        Parallel.For(0, draws, new() { MaxDegreeOfParallelism = question.Threads }, i =>
        {
            var finding = trend.MeanAt(at) + sd
                * MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, KeyedRandom.Stratified(question.Seed, 50, i, draws));
            var life = Coarse(trend.Update(at, finding).RemainingLife(at, threshold), question.HorizonDays);
            costs[i] = [.. later.Select(p => PlanCost.Of(p, e, p.Retime(question, life), g).Relative)];
        });
        var without = Enumerable.Range(0, later.Length).Min(a => costs.Average(c => c[a]));
        var information = without - costs.Average(c => c.Min());
        // Until the finding the part may fail; if it does not, the best option then is had without the finding.
        var running = new Plan("", delayDays, 0, plans.Min(p => p.OrderDays));
        var until = PlanCost.Of(running, e, question.Rates.Retime(now), g);
        var planned = (1 - until.FailureProbability) * running.PlannedCost(e);
        var delayed = until.Relative - planned + (1 - until.FailureProbability) * without;
        var decided = plans.Min(p => PlanCost.Of(p, e, p.Retime(question, now), g).Relative);
        information *= 1 - until.FailureProbability;
        return new(information, delayed - decided, information - (delayed - decided) - checkCost);
    }

    // A few dozen points within the horizon are enough for an average over thousands of lives.
    static RulDistribution Coarse(ILifetime life, double horizonDays)
    {
        var days = Enumerable.Range(0, 81).Select(i => horizonDays * Math.Pow(i / 80.0, 1.5)).ToArray();
        var cdf = Array.ConvertAll(days, life.Cdf);
        for (var i = 1; i < cdf.Length; i++) cdf[i] = Math.Max(cdf[i], cdf[i - 1]);
        return new([.. days], [.. cdf]);
    }
}
