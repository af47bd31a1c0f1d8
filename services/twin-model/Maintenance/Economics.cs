namespace TwinModel.Maintenance;

/// <summary>
/// Costs of a planned replacement and of a failure. Money is in one currency of the asset; hours are hours of lost production. A planned
/// replacement costs the part, labour and the margin of the lost hours; a failure adds overtime, its own lost hours, the wait for the spare
/// and, with some probability, damage to other parts.
/// </summary>
/// <param name="PartCost">Part including seals, 0 or more.</param>
/// <param name="LabourCost">Planned labour, 0 or more.</param>
/// <param name="OvertimeCost">Extra labour and transport cost of an unplanned replacement, 0 or more.</param>
/// <param name="MarginPerHour">Margin per hour of production, 0 or more.</param>
/// <param name="PlannedHours">Hours lost by a replacement outside a planned stop, 0 or more.</param>
/// <param name="UnplannedHours">Mean hours lost by a failure when the spare is in stock, 0 or more; lognormally distributed.</param>
/// <param name="UnplannedHoursSdLn">Standard deviation of ln(unplanned hours), 0 or more.</param>
/// <param name="SpareLeadDays">Days from order to delivery of the spare; 0 when it is in stock.</param>
/// <param name="WaitingHoursPerDay">Hours lost for each day a failed part waits for the spare, 0 to 24.</param>
/// <param name="SecondaryDamageProbability">P(a failure damages gear or shaft), 0 to 1.</param>
/// <param name="SecondaryDamageCost">Cost of that damage, 0 or more.</param>
public sealed record Economics(
    double PartCost, double LabourCost, double OvertimeCost, double MarginPerHour, double PlannedHours, double UnplannedHours,
    double UnplannedHoursSdLn,
    double SpareLeadDays, double WaitingHoursPerDay, double SecondaryDamageProbability, double SecondaryDamageCost)
{
    /// <summary>Currency, e.g. <c>EUR</c>; empty when not given.</summary>
    public string Currency { get; init; } = "";

    /// <summary>Scrap and energy of a restart after a failure, 0 or more.</summary>
    public double ScrapAndRestartCost { get; init; }

    /// <summary>Cost of getting the spare at once for a replacement planned before its regular arrival, 0 or more.</summary>
    public double ExpediteCost { get; init; }

    /// <summary>Cost per day of keeping the spare in stock, 0 or more.</summary>
    public double SpareHoldingCostPerDay { get; init; }

    /// <summary>
    /// The spare is ordered now, whatever is decided. Otherwise it is ordered now only where an option says so, and else one lead time
    /// before the planned date or at the failure.
    /// </summary>
    public bool IsSpareOrderedNow { get; init; } = true;

    /// <summary>Mean cost of a failure when the spare is in stock.</summary>
    public double FailureCost =>
        PartCost + LabourCost + OvertimeCost + MarginPerHour * UnplannedHours + SecondaryDamageProbability * SecondaryDamageCost
            + ScrapAndRestartCost;

    /// <summary>Cost of a planned replacement that loses the given number of hours.</summary>
    public double PlannedCost(double hours) => PartCost + LabourCost + MarginPerHour * hours;

    /// <summary>Throws when a value is invalid.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the field, its value and what is allowed.</exception>
    public void Validate()
    {
        Require.NotNegative(PartCost);
        Require.NotNegative(LabourCost);
        Require.NotNegative(OvertimeCost);
        Require.NotNegative(MarginPerHour);
        Require.NotNegative(PlannedHours);
        Require.NotNegative(UnplannedHours);
        Require.NotNegative(UnplannedHoursSdLn);
        Require.NotNegative(SpareLeadDays);
        if (!(WaitingHoursPerDay is >= 0 and <= 24)) throw Require.Outside(WaitingHoursPerDay, "0 to 24", nameof(WaitingHoursPerDay));
        Require.Share(SecondaryDamageProbability);
        Require.NotNegative(SecondaryDamageCost);
        Require.NotNegative(ScrapAndRestartCost);
        Require.NotNegative(ExpediteCost);
        Require.NotNegative(SpareHoldingCostPerDay);
        if (FailureCost <= 0) throw Require.Outside(FailureCost, "greater than 0", nameof(FailureCost));
    }
}

/// <summary>A line stop that happens anyway, during which the part can be replaced.</summary>
/// <param name="At">When it happens.</param>
/// <param name="LostHours">Production hours that the replacement costs during the stop, i.e. by which it prolongs it, 0 or more.</param>
public sealed record PlannedStop(DateTimeOffset At, double LostHours);
