using TwinModel.Lifetimes;
using TwinModel.Uncertainty;

namespace TwinModel.Maintenance;

/// <summary>
/// Simulated futures with common random numbers: every plan faces the same life, repair time and secondary damage, so differences between
/// plans are known far more precisely than their levels. One random key per future and sums in index order: the same bits for any number
/// of threads.
/// </summary>
sealed class Futures
{
    const int Chunk = 1024;
    readonly MaintenanceQuestion question;
    readonly double[] ageing;
    readonly RateHistory?[]? rates;
    readonly double[] failureCost;
    readonly double[] plain;

    public Futures(MaintenanceQuestion q, ILifetime life)
    {
        question = q;
        var n = q.Futures;
        (ageing, failureCost, plain) = (new double[n], new double[n], new double[n]);
        rates = q.RatesOfFuture is null ? null : new RateHistory?[n];
        // Other lives compute quantiles iteratively; a table is accurate enough for a simulation.
        var table = life is WeibullLife or RulDistribution ? life : RulDistribution.Of(life);
        var e = q.Economics;
        var certain = e.PartCost + e.LabourCost + e.OvertimeCost + e.ScrapAndRestartCost;
        var correction = 0.5 * e.UnplannedHoursSdLn * e.UnplannedHoursSdLn;
        Parallel.For(0, (n + Chunk - 1) / Chunk, new() { MaxDegreeOfParallelism = q.Threads }, chunk =>
        {
            for (var i = chunk * Chunk; i < Math.Min(n, (chunk + 1) * Chunk); i++)
            {
                ageing[i] = table.Quantile(KeyedRandom.Stratified(q.Seed, 0, i, n));
                var hours = e.UnplannedHours * Math.Exp(e.UnplannedHoursSdLn * KeyedRandom.Normal(q.Seed, 2, i) - correction);
                var damage = KeyedRandom.Uniform(q.Seed, 1, i) < e.SecondaryDamageProbability ? e.SecondaryDamageCost : 0;
                failureCost[i] = certain + e.MarginPerHour * hours + damage;
                rates?[i] = q.RatesOfFuture!(i);
                plain[i] = DayOfFailure(i, 1);
            }
        });
    }

    /// <summary>Number of futures.</summary>
    public int Count => ageing.Length;

    double DayOfFailure(int i, double slowdown) => (rates is null ? question.Rates : rates[i]!).DayOf(ageing[i] / slowdown);

    /// <summary>Relative cost of a plan in each future, with the share of failures, the mean days run and the mean days waited for the
    /// spare.</summary>
    public double[] Costs(Plan plan, double costPerDay, out double failedShare, out double meanDays, out double meanWaitingDays)
    {
        var (e, costs, failed, days, waits) = (question.Economics, new double[Count], 0, 0.0, 0.0);
        for (var i = 0; i < costs.Length; i++)
        {
            var day = plan.Slowdown == 1 ? plain[i] : DayOfFailure(i, plan.Slowdown);
            if (plan.FailsAt(day))
            {
                waits += plan.WaitingDays(day, e.SpareLeadDays);
                failed++;
            }
            days += Math.Min(day, plan.Days);
            costs[i] = plan.RelativeCost(e, day, failureCost[i], costPerDay);
        }
        (failedShare, meanDays, meanWaitingDays) = ((double)failed / Count, days / Count, waits / Count);
        return costs;
    }

    /// <summary>
    /// Expected value of perfect information on the day of failure: the least mean cost minus the mean of the least cost, with repair time
    /// and damage at their means. An upper bound on the value of any forecast.
    /// </summary>
    public double ValueOfPerfectInformation(IReadOnlyList<Plan> plans, double costPerDay)
    {
        var (e, sums, least) = (question.Economics, new double[plans.Count], 0.0);
        for (var i = 0; i < Count; i++)
        {
            var min = double.PositiveInfinity;
            for (var a = 0; a < plans.Count; a++)
            {
                var plan = plans[a];
                var day = plan.Slowdown == 1 ? plain[i] : DayOfFailure(i, plan.Slowdown);
                var cost = plan.RelativeCost(e, day, e.FailureCost, costPerDay);
                sums[a] += cost;
                min = Math.Min(min, cost);
            }
            least += min;
        }
        return (sums.Min() - least) / Count;
    }
}
