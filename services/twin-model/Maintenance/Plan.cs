using TwinModel.Lifetimes;

namespace TwinModel.Maintenance;

/// <summary>The plan behind an option: replace on a given day unless the part fails before.</summary>
/// <param name="Name">Name of the option.</param>
/// <param name="Days">Day of the replacement; infinite for running to failure.</param>
/// <param name="Hours">Hours lost by the planned replacement.</param>
/// <param name="OrderDays">Day on which the spare is ordered, unless a failure comes first; negative when it has already been
/// ordered.</param>
/// <param name="Slowdown">Ageing rate relative to the planned load.</param>
/// <param name="LossPerDay">Margin lost per day by running slower.</param>
sealed record Plan(string Name, double Days, double Hours, double OrderDays, double Slowdown = 1, double LossPerDay = 0)
{
    /// <summary>A replacement planned within an hour of a stop takes place during that stop.</summary>
    const double SameTimeDays = 1.0 / 24;

    public double PlannedCost(Economics e) => e.PlannedCost(Hours) + (Days < OrderDays + e.SpareLeadDays ? e.ExpediteCost : 0);

    /// <summary>Days of waiting for the spare when the part fails on a given day.</summary>
    public double WaitingDays(double day, double lead) => Math.Clamp(OrderDays + lead - day, 0, lead);

    public ILifetime Retime(MaintenanceQuestion q, ILifetime life) => q.Rates.Times(Slowdown).Retime(life);

    public static Plan Of(MaintenanceOption option, MaintenanceQuestion q, ILifetime life, double costPerDay) => option switch
    {
        MaintenanceOption.ReplaceNow => At(option.Name, 0, q),
        MaintenanceOption.AtPlannedStop s => At(option.Name, (s.At - q.Now).TotalDays, q),
        MaintenanceOption.WaitWeeks w => At(option.Name, 7 * w.Weeks, q),
        MaintenanceOption.DerateAndWait d =>
            At(option.Name, 7 * d.Weeks, q) with { Slowdown = d.AgeingRate, LossPerDay = d.MarginLossPerDay },
        MaintenanceOption.RunToFailure => AtFailure(option.Name, q, life),
        MaintenanceOption.OptimalDate => Best(option.Name, q, life, costPerDay, 0, q.Economics.IsSpareOrderedNow),
        MaintenanceOption.OrderSpareNow => Best(option.Name, q, life, costPerDay, Math.Min(q.Economics.SpareLeadDays, q.HorizonDays), true),
        _ => throw new ArgumentException($"{option.GetType().Name} is not a known option.", nameof(option)),
    };

    public static Plan At(string name, double days, MaintenanceQuestion q, bool? isOrderedNow = null)
    {
        var stop = q.Stops.FirstOrDefault(s => Math.Abs((s.At - q.Now).TotalDays - days) <= SameTimeDays);
        if (stop is not null) days = (stop.At - q.Now).TotalDays;
        return new(name, days, stop?.LostHours ?? q.Economics.PlannedHours,
            isOrderedNow ?? q.Economics.IsSpareOrderedNow ? 0 : Math.Max(0, days - q.Economics.SpareLeadDays));
    }

    static Plan AtFailure(string name, MaintenanceQuestion q, ILifetime life)
    {
        var mayNeverFail = double.IsInfinity(life.Quantile(1 - 1e-6));
        return new(name, mayNeverFail ? q.HorizonDays : double.PositiveInfinity, q.Economics.PlannedHours,
            q.Economics.IsSpareOrderedNow ? 0 : double.PositiveInfinity);
    }

    static Plan Best(string name, MaintenanceQuestion q, ILifetime life, double costPerDay, double fromDays, bool isOrderedNow)
    {
        double Cost(double days) => PlanCost.Of(At(name, days, q, isOrderedNow), q.Economics, q.Rates.Retime(life), costPerDay).Relative;
        var (low, high, best) = (fromDays, q.HorizonDays, fromDays);
        // Scan all days first, more densely near now where decisions are close; then refine between the neighbours of the best. Golden
        // section would need a bracketed minimum, which a cost with steps (stops, arrival of the spare) need not have.
        var (parts, power) = (80, 2);
        while (high - low > 1e-7)
        {
            var days = Enumerable.Range(0, parts + 1).Select(i => low + (high - low) * Math.Pow((double)i / parts, power)).ToArray();
            var at = Enumerable.Range(0, days.Length).MinBy(i => Cost(days[i]));
            (low, high, best) = (days[Math.Max(0, at - 1)], days[Math.Min(parts, at + 1)], days[at]);
            (parts, power) = (8, 1);
        }
        double[] candidates = [best, .. q.Stops.Select(s => (s.At - q.Now).TotalDays).Where(d => d >= fromDays && d <= q.HorizonDays)];
        return At(name, candidates.MinBy(Cost), q, isOrderedNow);
    }
}

/// <summary>
/// Exact expectations of a plan. Integrals of the survival function are sufficient, because the wait for the spare is piecewise linear in
/// time.
/// </summary>
/// <param name="FailureProbability">P(failure before the planned replacement).</param>
/// <param name="MeanDays">E[min(life, day of the replacement)].</param>
/// <param name="MeanWaitingDays">E[days a failed part waits for the spare].</param>
/// <param name="Cost">E[cost].</param>
/// <param name="Relative">J: E[cost] minus the value of the days of life used.</param>
/// <param name="DowntimeHours">E[lost hours].</param>
readonly record struct PlanCost(
    double FailureProbability, double MeanDays, double MeanWaitingDays, double Cost, double Relative, double DowntimeHours)
{
    /// <param name="plan">The plan.</param>
    /// <param name="e">Costs and times.</param>
    /// <param name="life">Remaining life at the load of the plan.</param>
    /// <param name="costPerDay">g of a new part.</param>
    public static PlanCost Of(Plan plan, Economics e, ILifetime life, double costPerDay)
    {
        var end = double.IsInfinity(plan.Days) ? life.TailDays() : plan.Days;
        var failed = double.IsInfinity(plan.Days) ? 1 : life.Cdf(end);
        var mean = life.MeanUntil(end);
        // E[wait] by parts: w(end) F(end) + the integral of F where w falls, i.e. from the order to the arrival of the spare.
        var (from, to) = (Math.Clamp(plan.OrderDays, 0, end), Math.Clamp(plan.OrderDays + e.SpareLeadDays, 0, end));
        var waiting = plan.WaitingDays(end, e.SpareLeadDays) * failed + (to - from) - (life.MeanUntil(to) - life.MeanUntil(from));
        var shelf = e.SpareHoldingCostPerDay == 0 ? 0 : e.SpareHoldingCostPerDay * Math.Max(0, mean - life.MeanUntil(to));
        var cost = plan.PlannedCost(e) * (1 - failed) + e.FailureCost * failed + e.MarginPerHour * e.WaitingHoursPerDay * waiting
            + plan.LossPerDay * mean + shelf;
        return new(failed, mean, waiting, cost, cost - costPerDay * mean,
            plan.Hours * (1 - failed) + e.UnplannedHours * failed + e.WaitingHoursPerDay * waiting);
    }
}
