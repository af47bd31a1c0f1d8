namespace Contracts.Decisions;

/// <summary>A complete maintenance question: the same definition and the same state of the part give the same answer, bit for
/// bit.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The wearing part.</param>
/// <param name="At">Day 0 of the question.</param>
/// <param name="Options">The options to compare, one or more.</param>
/// <param name="Economics">Costs and times.</param>
/// <param name="Stops">Calendar of planned stops.</param>
/// <param name="HorizonDays">Latest day on which a replacement can be planned, 1 to 3650.</param>
/// <param name="RiskAversion">0 ranks by expected cost, 1 by the mean cost of the worst 5 % of futures.</param>
/// <param name="Rate">Production rate from now on, as a multiple of the present one.</param>
/// <param name="RemainingLife">Overrides the remaining life estimated from the condition; null: use that estimate.</param>
/// <param name="NewLife">Life of a new part, overriding the fleet's; null: the fleet's.</param>
/// <param name="Check">A vibration check that could be made before deciding; null when none is offered.</param>
/// <param name="Futures">Number of simulated futures, 100 to 100000.</param>
/// <param name="Seed">Seed of the simulated futures.</param>
public sealed record DecisionDefinition(
    string AssetId,
    string Component,
    DateTimeOffset At,
    IReadOnlyList<DecisionOption> Options,
    DecisionEconomics Economics,
    IReadOnlyList<DecisionStop> Stops,
    double HorizonDays,
    double RiskAversion,
    double Rate,
    WeibullInput? RemainingLife,
    WeibullInput? NewLife,
    DecisionCheck? Check,
    int Futures,
    ulong Seed);

/// <summary>One course of action.</summary>
/// <param name="Kind">now, at-stop, wait, run-to-failure, optimal-date, derate or order-spare-now.</param>
/// <param name="At">For at-stop only: the time of a stop in the calendar.</param>
/// <param name="Weeks">For wait and derate only: weeks until the replacement, 0 or more.</param>
/// <param name="Rate">For derate only: production rate as a multiple of the planned one, between 0 and 1.</param>
/// <param name="MarginLossPerDay">
/// For derate only: margin of the production lost, per day, 0 to 1e12; null: the lower rate's share of 24 hours of margin.
/// </param>
public sealed record DecisionOption(
    string Kind, DateTimeOffset? At = null, double? Weeks = null, double? Rate = null, double? MarginLossPerDay = null);

/// <summary>Costs and times in one currency, 0 to 1e12 each; hours are hours of lost production, 0 to 8760.</summary>
/// <param name="PartCost">Part including seals.</param>
/// <param name="LabourCost">Planned labour.</param>
/// <param name="OvertimeCost">Extra labour and transport cost of an unplanned replacement.</param>
/// <param name="MarginPerHour">Margin per hour of production.</param>
/// <param name="PlannedHours">Hours lost by a replacement outside a planned stop.</param>
/// <param name="UnplannedHours">Mean hours lost by a failure when the spare is in stock.</param>
/// <param name="UnplannedHoursSdLn">Standard deviation of ln(unplanned hours), 0 to 3.</param>
/// <param name="SpareLeadDays">Days from order to delivery of the spare; 0 when it is in stock, up to 3650.</param>
/// <param name="WaitingHoursPerDay">Hours lost for each day a failed part waits for the spare, 0 to 24.</param>
/// <param name="SecondaryDamageProbability">P(a failure damages other parts), 0 to 1.</param>
/// <param name="SecondaryDamageCost">Cost of that damage.</param>
/// <param name="ScrapAndRestartCost">Scrap and restart cost of a failure.</param>
/// <param name="ExpediteCost">Cost of getting the spare at once for a planned replacement.</param>
/// <param name="SpareHoldingCostPerDay">Cost per day of keeping the spare in stock.</param>
/// <param name="IsSpareOrderedNow">The spare is ordered now, whatever is decided.</param>
public sealed record DecisionEconomics(
    double PartCost,
    double LabourCost,
    double OvertimeCost,
    double MarginPerHour,
    double PlannedHours,
    double UnplannedHours,
    double UnplannedHoursSdLn,
    double SpareLeadDays,
    double WaitingHoursPerDay,
    double SecondaryDamageProbability,
    double SecondaryDamageCost,
    double ScrapAndRestartCost,
    double ExpediteCost,
    double SpareHoldingCostPerDay,
    bool IsSpareOrderedNow);

/// <summary>A line stop that happens anyway.</summary>
/// <param name="At">When it happens.</param>
/// <param name="LostHours">Hours by which the replacement prolongs the stop, 0 to 8760.</param>
public sealed record DecisionStop(DateTimeOffset At, double LostHours);

/// <summary>A Weibull-distributed life.</summary>
/// <param name="Shape">Shape beta, 0.2 to 50.</param>
/// <param name="ScaleDays">Scale eta in days, 0.01 to 100000.</param>
public sealed record WeibullInput(double Shape, double ScaleDays);

/// <summary>A vibration check that could be made before deciding.</summary>
/// <param name="DelayDays">Days until the result is known, 0 to 3650.</param>
/// <param name="Cost">Cost of the check, 0 to 1e12.</param>
public sealed record DecisionCheck(double DelayDays, double Cost);
