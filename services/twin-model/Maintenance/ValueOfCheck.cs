using System.Collections.Immutable;
using TwinModel.Lifetimes;
using TwinModel.Prognostics;
using TwinModel.Uncertainty;

namespace TwinModel.Maintenance;

/// <summary>The value of one more vibration check before deciding.</summary>
/// <param name="Information">EVSI: what the result saves on average, 0 or more.</param>
/// <param name="Delay">What deciding later costs on average, because the part may fail first; negative when waiting pays off
/// anyway.</param>
/// <param name="Net">Information minus delay minus the cost of the check; the check pays off when it is positive.</param>
public sealed record CheckValue(double Information, double Delay, double Net);

/// <summary>One more vibration check, and the trend that its result would update.</summary>
/// <param name="Trend">Posterior so far (<see cref="Prognosis.Rul.Trend"/>).</param>
/// <param name="NowDays">Now, in days on the trend's time axis.</param>
/// <param name="Threshold">Threshold at which the life ends.</param>
/// <param name="DelayDays">Days until the result is known, 0 or more.</param>
/// <param name="Cost">Cost of the check, 0 or more.</param>
public sealed record OfferedCheck(LogLinearTrend Trend, double NowDays, Threshold Threshold, double DelayDays, double Cost);

/// <summary>
/// Preposterior analysis (Raiffa and Schlaifer, 1961): results are drawn from the trend's prediction, each updates the trend in closed
/// form, and the best option under each is compared with the option that is best without. One random key per draw.
/// </summary>
public static class ValueOfCheck
{
    /// <summary>
    /// The value of a check whose result is one more median of the trend. The remaining life is taken from the trend alone.
    /// </summary>
    /// <param name="question">The question; its options and stops are kept, and whatever would be due before the result is done as soon as
    /// the result is known.</param>
    /// <param name="check">The check.</param>
    /// <param name="draws">Number of simulated results, 50 or more.</param>
    public static CheckValue Of(MaintenanceQuestion question, OfferedCheck check, int draws = 2000)
    {
        var (trend, nowDays, threshold, delayDays, checkCost) = check;
        question.Validate();
        Require.NotNegative(delayDays, nameof(OfferedCheck.DelayDays));
        Require.NotNegative(checkCost, nameof(OfferedCheck.Cost));
        Require.AtLeast(50, draws);
        var g = RankOptions.NewPart(question.NewLife, question.Economics).BestCostPerDay;
        var (now, e) = (RulDistribution.Of(trend.RemainingLife(nowDays, threshold)), question.Economics);
        // Running to failure ends at the horizon here, because a result may imply that the part never fails.
        var plans = question.Options.Select(o => Plan.Of(o, question, now, g))
            .Select(p => p with { Days = Math.Min(p.Days, question.HorizonDays) }).ToArray();
        // Seen from the result, all dates are nearer by the delay.
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
        // The part may fail before the result; if it does not, the best option without the result is still available.
        var running = new Plan("", delayDays, 0, plans.Min(p => p.OrderDays));
        var until = PlanCost.Of(running, e, question.Rates.Retime(now), g);
        var planned = (1 - until.FailureProbability) * running.PlannedCost(e);
        var delayed = until.Relative - planned + (1 - until.FailureProbability) * without;
        var decided = plans.Min(p => PlanCost.Of(p, e, p.Retime(question, now), g).Relative);
        information *= 1 - until.FailureProbability;
        return new(information, delayed - decided, information - (delayed - decided) - checkCost);
    }

    // 81 points within the horizon are enough for an average over thousands of lives.
    static RulDistribution Coarse(ILifetime life, double horizonDays)
    {
        var days = Enumerable.Range(0, 81).Select(i => horizonDays * Math.Pow(i / 80.0, 1.5)).ToArray();
        var cdf = Array.ConvertAll(days, life.Cdf);
        for (var i = 1; i < cdf.Length; i++) cdf[i] = Math.Max(cdf[i], cdf[i - 1]);
        return new([.. days], [.. cdf]);
    }
}
