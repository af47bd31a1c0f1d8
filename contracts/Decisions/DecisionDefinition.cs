namespace Contracts.Decisions;

/// <summary>All of a maintenance question: the same definition at the same state of the part has the same answer, bit for bit.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The worn part.</param>
/// <param name="At">Day 0.</param>
/// <param name="Options">One or more.</param>
/// <param name="Economics">Costs and times.</param>
/// <param name="Stops">Calendar of planned stops.</param>
/// <param name="HorizonDays">No exchange is planned later; 1 to 3650.</param>
/// <param name="RiskAversion">0 ranks by expected cost, 1 by the mean of the worst twentieth.</param>
/// <param name="Rate">Production rate from now on, in times the present one.</param>
/// <param name="RemainingLife">Instead of what the condition says; null: what it says.</param>
/// <param name="NewLife">Of a new part, instead of the fleet's; null: the fleet's.</param>
/// <param name="Check">A vibration check that could be made before deciding; null when none is offered.</param>
/// <param name="Futures">Simulated futures, 100 to 100000.</param>
/// <param name="Seed">Of the futures.</param>
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

/// <summary>One way to go on.</summary>
/// <param name="Kind">now, at-stop, wait, run-to-failure, optimal-date, derate or order-spare-now.</param>
/// <param name="At">Of at-stop alone: the time of a stop of the calendar.</param>
/// <param name="Weeks">Of wait and derate alone: 0 or more.</param>
/// <param name="Rate">Of derate alone: production rate in times the planned one, between 0 and 1.</param>
/// <param name="MarginLossPerDay">
/// Of derate alone: margin of what is not produced, 0 to 1e12; null: the share of 24 hours of margin that the lower rate costs.
/// </param>
public sealed record DecisionOption(
    string Kind, DateTimeOffset? At = null, double? Weeks = null, double? Rate = null, double? MarginLossPerDay = null);

/// <summary>Costs and times in one currency, 0 to 1e12 each; hours are hours of lost production, 0 to 8760.</summary>
/// <param name="PartCost">Part with seals.</param>
/// <param name="LabourCost">Planned labour.</param>
/// <param name="OvertimeCost">What an unplanned exchange costs more in labour and transport.</param>
/// <param name="MarginPerHour">Margin of an hour of production.</param>
/// <param name="PlannedHours">Lost hours of an exchange outside a planned stop.</param>
/// <param name="UnplannedHours">Mean lost hours of a failure with the spare on the shelf.</param>
/// <param name="UnplannedHoursSdLn">Standard deviation of their logarithm, 0 to 3.</param>
/// <param name="SpareLeadDays">From the order to the spare on site; 0 when it is on the shelf, up to 3650.</param>
/// <param name="WaitingHoursPerDay">Lost hours for each day a failed part waits for the spare, 0 to 24.</param>
/// <param name="SecondaryDamageProbability">P(a failure damages other parts), 0 to 1.</param>
/// <param name="SecondaryDamageCost">Cost of that damage.</param>
/// <param name="ScrapAndRestartCost">Of a failure.</param>
/// <param name="ExpediteCost">To have the spare at once for a planned exchange.</param>
/// <param name="SpareHoldingCostPerDay">Of the spare on the shelf.</param>
/// <param name="IsSpareOrderedNow">The spare is ordered now whatever is decided.</param>
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

/// <summary>A stop of the line that takes place anyway.</summary>
/// <param name="At">When.</param>
/// <param name="LostHours">Hours that the exchange makes the stop longer, 0 to 8760.</param>
public sealed record DecisionStop(DateTimeOffset At, double LostHours);

/// <summary>A Weibull life.</summary>
/// <param name="Shape">beta, 0.2 to 50.</param>
/// <param name="ScaleDays">eta, 0.01 to 100000.</param>
public sealed record WeibullInput(double Shape, double ScaleDays);

/// <summary>A vibration check that could be made before deciding.</summary>
/// <param name="DelayDays">Until the finding, 0 to 3650.</param>
/// <param name="Cost">Of the check, 0 to 1e12.</param>
public sealed record DecisionCheck(double DelayDays, double Cost);
