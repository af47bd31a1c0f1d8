namespace TwinModel.Maintenance;

/// <summary>
/// What an exchange and a failure cost. Money is in one currency of the asset; hours are hours of lost production. A planned exchange costs
/// part, labour and the margin of its hours; a failure also overtime, its own hours, the wait for the spare and, with some probability,
/// damage to other parts.
/// </summary>
/// <param name="PartCost">Part with seals, 0 or more.</param>
/// <param name="LabourCost">Planned labour, 0 or more.</param>
/// <param name="OvertimeCost">What an unplanned exchange costs more in labour and transport, 0 or more.</param>
/// <param name="MarginPerHour">Margin of an hour of production, 0 or more.</param>
/// <param name="PlannedHours">Lost hours of an exchange outside a planned stop, 0 or more.</param>
/// <param name="UnplannedHours">Mean lost hours of a failure with the spare on the shelf, 0 or more; lognormal.</param>
/// <param name="UnplannedHoursSdLn">Standard deviation of their logarithm, 0 or more.</param>
/// <param name="SpareLeadDays">From the order to the spare on site, 0 when it is on the shelf.</param>
/// <param name="WaitingHoursPerDay">Lost hours for each day a failed part waits for the spare, 0 to 24.</param>
/// <param name="SecondaryDamageProbability">P(a failure damages gear or shaft), 0 to 1.</param>
/// <param name="SecondaryDamageCost">Cost of that damage, 0 or more.</param>
public sealed record Economics(
    double PartCost, double LabourCost, double OvertimeCost, double MarginPerHour, double PlannedHours, double UnplannedHours,
    double UnplannedHoursSdLn,
    double SpareLeadDays, double WaitingHoursPerDay, double SecondaryDamageProbability, double SecondaryDamageCost)
{
    /// <summary>What money is counted in, e.g. <c>EUR</c>; empty when nobody has said.</summary>
    public string Currency { get; init; } = "";

    /// <summary>Scrap and energy of a restart after a failure, 0 or more.</summary>
    public double ScrapAndRestartCost { get; init; }

    /// <summary>What it costs to have the spare at once for a planned exchange before its regular arrival, 0 or more.</summary>
    public double ExpediteCost { get; init; }

    /// <summary>Cost of a day of the spare on the shelf, 0 or more.</summary>
    public double SpareHoldingCostPerDay { get; init; }

    /// <summary>
    /// The spare is ordered now whatever is decided. Otherwise only where an option says so, else a lead time before the planned date or at
    /// the failure.
    /// </summary>
    public bool IsSpareOrderedNow { get; init; } = true;

    /// <summary>Mean cost of a failure that finds the spare on the shelf.</summary>
    public double FailureCost =>
        PartCost + LabourCost + OvertimeCost + MarginPerHour * UnplannedHours + SecondaryDamageProbability * SecondaryDamageCost
            + ScrapAndRestartCost;

    /// <summary>Cost of a planned exchange that loses so many hours.</summary>
    public double PlannedCost(double hours) => PartCost + LabourCost + MarginPerHour * hours;

    /// <summary>Throws when a figure has no meaning.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the figure, its value and what is allowed.</exception>
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

/// <summary>A stop of the line that takes place anyway, with room for the exchange.</summary>
/// <param name="At">When.</param>
/// <param name="LostHours">Production hours that the exchange costs in it, 0 or more: what it makes the stop longer.</param>
public sealed record PlannedStop(DateTimeOffset At, double LostHours);
