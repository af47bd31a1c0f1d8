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

    /// <summary>Whether a part that fails on the given day does so before it is replaced.</summary>
    public bool FailsAt(double day) => day <= Days;

    /// <summary>Cost when the day of failure is known, minus the value of the days used.</summary>
    /// <param name="e">Costs and times.</param>
    /// <param name="day">Day of failure at the load of the plan; infinite for a part that outlives every plan.</param>
    /// <param name="failureCost">Cost of that failure when the spare is in stock.</param>
    /// <param name="costPerDay">g of a new part.</param>
    public double RelativeCost(Economics e, double day, double failureCost, double costPerDay)
    {
        var run = Math.Min(day, Days);
        var cost = FailsAt(day)
            ? failureCost + e.MarginPerHour * e.WaitingHoursPerDay * WaitingDays(day, e.SpareLeadDays)
            : PlannedCost(e);
        return cost + (LossPerDay - costPerDay) * run + e.SpareHoldingCostPerDay * Math.Max(0, run - (OrderDays + e.SpareLeadDays));
    }

    public ILifetime Retime(MaintenanceQuestion q, ILifetime life) => q.Rates.Times(Slowdown).Retime(life);

    public static Plan Of(MaintenanceOption option, MaintenanceQuestion q, ILifetime life, double costPerDay) =>
        On(option, option switch
        {
            MaintenanceOption.ReplaceNow => 0,
            MaintenanceOption.AtPlannedStop s => (s.At - q.Now).TotalDays,
            MaintenanceOption.WaitWeeks w => 7 * w.Weeks,
            MaintenanceOption.DerateAndWait d => 7 * d.Weeks,
            MaintenanceOption.RunToFailure => double.IsInfinity(life.Quantile(1 - 1e-6)) ? q.HorizonDays : double.PositiveInfinity,
            MaintenanceOption.OptimalDate => BestDay(option, q, life, costPerDay, 0),
            MaintenanceOption.OrderSpareNow => BestDay(option, q, life, costPerDay, Math.Min(q.Economics.SpareLeadDays, q.HorizonDays)),
            _ => throw new ArgumentException($"{option.GetType().Name} is not a known option.", nameof(option)),
        }, q.Now, q.Stops, q.Economics);

    /// <summary>The plan of an option whose day is known, e.g. from the answer to an earlier question.</summary>
    public static Plan On(MaintenanceOption option, double days, DateTimeOffset now, IReadOnlyList<PlannedStop> stops, Economics e)
    {
        // Running to failure aims at no stop and orders no spare.
        if (option is MaintenanceOption.RunToFailure)
            return new(option.Name, days, e.PlannedHours, e.IsSpareOrderedNow ? 0 : double.PositiveInfinity);
        var stop = stops.FirstOrDefault(s => Math.Abs((s.At - now).TotalDays - days) <= SameTimeDays);
        if (stop is not null) days = (stop.At - now).TotalDays;
        var isOrderedNow = e.IsSpareOrderedNow || option is MaintenanceOption.OrderSpareNow;
        var plan = new Plan(
            option.Name, days, stop?.LostHours ?? e.PlannedHours, isOrderedNow ? 0 : Math.Max(0, days - e.SpareLeadDays));
        return option is MaintenanceOption.DerateAndWait d ? plan with { Slowdown = d.AgeingRate, LossPerDay = d.MarginLossPerDay } : plan;
    }

    /// <summary>The plan to replace now.</summary>
    public static Plan Now(MaintenanceQuestion q) => On(new MaintenanceOption.ReplaceNow(), 0, q.Now, q.Stops, q.Economics);

    static double BestDay(MaintenanceOption option, MaintenanceQuestion q, ILifetime life, double costPerDay, double fromDays)
    {
        double Cost(double days) =>
            PlanCost.Of(On(option, days, q.Now, q.Stops, q.Economics), q.Economics, q.Rates.Retime(life), costPerDay).Relative;
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
        return candidates.MinBy(Cost);
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
