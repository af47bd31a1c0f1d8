using MathNet.Numerics.RootFinding;
using TwinModel.Lifetimes;

namespace TwinModel.Maintenance;

/// <summary>The result of optimising the replacement age.</summary>
public abstract record AgeReplacementResult
{
    AgeReplacementResult()
    {
    }

    /// <summary>Replace at this age.</summary>
    /// <param name="AgeDays">t*, days.</param>
    /// <param name="CostPerDay">C(t*), the long-run cost rate.</param>
    /// <param name="RunToFailureCostPerDay">The cost rate without any preventive replacement.</param>
    public sealed record Optimum(double AgeDays, double CostPerDay, double RunToFailureCostPerDay) : AgeReplacementResult
    {
        /// <summary>Share of the cost of running to failure that the policy saves, 0 to 1.</summary>
        public double Saving => 1 - CostPerDay / RunToFailureCostPerDay;
    }

    /// <summary>Preventive replacement never pays: run to failure.</summary>
    /// <param name="Reason">Why, in one sentence.</param>
    /// <param name="RunToFailureCostPerDay">The cost rate that remains.</param>
    public sealed record NoFiniteOptimum(string Reason, double RunToFailureCostPerDay) : AgeReplacementResult;

    /// <summary>Cost per day under the best policy: the value of a day of life of a new part.</summary>
    public double BestCostPerDay => this is Optimum o ? o.CostPerDay : ((NoFiniteOptimum)this).RunToFailureCostPerDay;
}

/// <summary>
/// Age replacement (Barlow and Hunter, 1960, doi:10.1287/opre.8.1.90): <c>C(t) = (Cp R + Cf F) / (int_0^t R + Tp R + Tf F)</c>. At the
/// optimum without downtimes <c>h(t) int_0^t R - F = Cp / (Cf - Cp)</c> and <c>C = h(t) (Cf - Cp)</c>.
/// </summary>
/// <param name="Life">Life of a new part.</param>
/// <param name="PlannedCost">Cost of a planned replacement Cp, 0 or more.</param>
/// <param name="FailureCost">Cost of a failure Cf, greater than 0.</param>
/// <param name="PlannedDowntimeDays">Downtime Tp of a planned replacement, days.</param>
/// <param name="FailureDowntimeDays">Downtime Tf of a failure, days.</param>
public sealed record AgeReplacement(
    ILifetime Life, double PlannedCost, double FailureCost, double PlannedDowntimeDays = 0, double FailureDowntimeDays = 0)
{
    /// <summary>The long-run cost rate when parts are replaced at a given age.</summary>
    public double CostPerDay(double ageDays)
    {
        var f = Life.Cdf(Require.Positive(ageDays));
        return (PlannedCost * (1 - f) + FailureCost * f)
            / (Life.MeanUntil(ageDays) + PlannedDowntimeDays * (1 - f) + FailureDowntimeDays * f);
    }

    /// <summary>The long-run cost rate without preventive replacement.</summary>
    public double RunToFailureCostPerDay => FailureCost / (Life.Mean() + FailureDowntimeDays);

    /// <summary>Finds the age with the lowest cost rate.</summary>
    public AgeReplacementResult FindOptimum()
    {
        Require.NotNegative(PlannedCost);
        Require.Positive(FailureCost);
        Require.NotNegative(PlannedDowntimeDays);
        Require.NotNegative(FailureDowntimeDays);
        if (FailureCost <= PlannedCost) return None("A failure costs no more than a planned replacement, so there is nothing to prevent.");
        if (Life is WeibullLife { Shape: <= 1 } w)
            return None(FormattableString.Invariant(
                $"The hazard does not grow with age (beta = {w.Shape:0.###}, not above 1), so an older part is no worse than a new one."));
        if (Life is WeibullLife { AgeDays: 0 } weibull && PlannedCost > 0 && PlannedDowntimeDays == 0 && FailureDowntimeDays == 0)
            return OptimumOf(weibull);
        // The cost rate may have several local minima, so scan first, at ages equally spaced in ln of the cumulative hazard.
        var ages = Enumerable.Range(0, Scan).Select(i => Life.Quantile(1 - Math.Exp(-Math.Exp(-18 + 21.5 * i / (Scan - 1)))))
            .Where(t => t > 0 && double.IsFinite(t)).Distinct().ToArray();
        if (ages.Length < 3) return None("The life has no spread, so there is no age to choose.");
        var costs = Array.ConvertAll(ages, CostPerDay);
        var best = Array.IndexOf(costs, costs.Min());
        if (best == ages.Length - 1 || costs[best] >= RunToFailureCostPerDay)
            return None("The cost rate keeps falling with age: replacing before failure never pays.");
        if (best == 0) return new AgeReplacementResult.Optimum(ages[0], costs[0], RunToFailureCostPerDay);
        var age = Brent.TryFindRoot(Slope, ages[best - 1], ages[best + 1], 1e-12 * ages[best], 200, out var root) ? root : ages[best];
        return new AgeReplacementResult.Optimum(age, CostPerDay(age), RunToFailureCostPerDay);
    }

    const int Scan = 400;

    // h(t) int_0^t R - F rises without bound when beta > 1, so there is exactly one root.
    AgeReplacementResult OptimumOf(WeibullLife life)
    {
        var target = PlannedCost / (FailureCost - PlannedCost);
        double Excess(double t) =>
            life.Shape / life.ScaleDays * Math.Pow(t / life.ScaleDays, life.Shape - 1) * life.MeanUntil(t) - life.Cdf(t) - target;
        var high = life.ScaleDays;
        while (Excess(high) < 0 && high < 1e6 * life.ScaleDays) high *= 2;
        if (Excess(high) < 0)
            return None(FormattableString.Invariant(
                $"The hazard hardly grows with age (beta = {life.Shape:0.###}), so the best age lies beyond any part's life."));
        var age = Brent.FindRoot(Excess, 0, high, 1e-12 * high, 200);
        return new AgeReplacementResult.Optimum(age, CostPerDay(age), RunToFailureCostPerDay);
    }

    AgeReplacementResult.NoFiniteOptimum None(string reason) => new(reason, RunToFailureCostPerDay);

    // dC/dt times the square of the denominator of C.
    double Slope(double t)
    {
        var (f, density) = (Life.Cdf(t), Life.Density(t));
        return (FailureCost - PlannedCost) * density * (Life.MeanUntil(t) + PlannedDowntimeDays * (1 - f) + FailureDowntimeDays * f)
            - (PlannedCost * (1 - f) + FailureCost * f) * (1 - f + (FailureDowntimeDays - PlannedDowntimeDays) * density);
    }
}

/// <summary>Replacement at fixed intervals, and at each failure in between.</summary>
public static class BlockReplacement
{
    /// <summary>
    /// Cost per period of replacing every 1, 2, ... <paramref name="periods"/> periods: <c>(Cp + Cf H(k)) / k</c>, with the discrete
    /// renewal function <c>H(k) = sum_i (1 + H(k - i - 1)) (F(i + 1) - F(i))</c> (Jardine and Tsang, Maintenance, Replacement and
    /// Reliability, ch. 2). Element 0 is for one period.
    /// </summary>
    public static IReadOnlyList<double> CostPerPeriod(
        ILifetime life, double plannedCost, double failureCost, double periodDays, int periods)
    {
        Require.NotNegative(plannedCost);
        Require.NotNegative(failureCost);
        Require.Positive(periodDays);
        Require.AtLeast(1, periods);
        var failures = new double[periods + 1];
        for (var k = 1; k <= periods; k++)
        {
            for (var i = 0; i < k; i++)
                failures[k] += (1 + failures[k - i - 1]) * (life.Cdf((i + 1) * periodDays) - life.Cdf(i * periodDays));
        }
        return [.. Enumerable.Range(1, periods).Select(k => (plannedCost + failureCost * failures[k]) / k)];
    }
}
