using Contracts.Query.V1;

namespace Dashboard.Decisions;

/// <summary>A field of the economics in the form.</summary>
/// <param name="Label">Display name.</param>
/// <param name="Unit">Unit; <c>money</c> stands for the currency.</param>
/// <param name="Get">Null: not given; query uses its default or refuses.</param>
/// <param name="Set">Null clears the value.</param>
sealed record EconomicsField(string Label, string Unit, Func<DecisionEconomics, double?> Get, Action<DecisionEconomics, double?> Set)
{
    public static IReadOnlyList<EconomicsField> All { get; } =
    [
        new("Part with seals", "money", e => e.HasPartCost ? e.PartCost : null, (e, v) => Put(v, x => e.PartCost = x, e.ClearPartCost)),
        new("Labour, planned", "money", e => e.HasLabourCost ? e.LabourCost : null,
            (e, v) => Put(v, x => e.LabourCost = x, e.ClearLabourCost)),
        new("Extra for an unplanned replacement", "money", e => e.HasOvertimeCost ? e.OvertimeCost : null,
            (e, v) => Put(v, x => e.OvertimeCost = x, e.ClearOvertimeCost)),
        new("Margin of production", "money/h", e => e.HasMarginPerHour ? e.MarginPerHour : null,
            (e, v) => Put(v, x => e.MarginPerHour = x, e.ClearMarginPerHour)),
        new("Hours lost, planned", "h", e => e.HasPlannedHours ? e.PlannedHours : null,
            (e, v) => Put(v, x => e.PlannedHours = x, e.ClearPlannedHours)),
        new("Hours lost by a failure", "h", e => e.HasUnplannedHours ? e.UnplannedHours : null,
            (e, v) => Put(v, x => e.UnplannedHours = x, e.ClearUnplannedHours)),
        new("Their spread (s.d. of ln)", "", e => e.HasUnplannedHoursSdLn ? e.UnplannedHoursSdLn : null,
            (e, v) => Put(v, x => e.UnplannedHoursSdLn = x, e.ClearUnplannedHoursSdLn)),
        new("Lead time of the spare", "days", e => e.HasSpareLeadDays ? e.SpareLeadDays : null,
            (e, v) => Put(v, x => e.SpareLeadDays = x, e.ClearSpareLeadDays)),
        new("Hours lost per day of waiting for it", "h", e => e.HasWaitingHoursPerDay ? e.WaitingHoursPerDay : null,
            (e, v) => Put(v, x => e.WaitingHoursPerDay = x, e.ClearWaitingHoursPerDay)),
        new("P(a failure damages more), 0 to 1", "", e => e.HasSecondaryDamageProbability ? e.SecondaryDamageProbability : null,
            (e, v) => Put(v, x => e.SecondaryDamageProbability = x, e.ClearSecondaryDamageProbability)),
        new("Cost of that damage", "money", e => e.HasSecondaryDamageCost ? e.SecondaryDamageCost : null,
            (e, v) => Put(v, x => e.SecondaryDamageCost = x, e.ClearSecondaryDamageCost)),
        new("Scrap and restart after a failure", "money", e => e.HasScrapAndRestartCost ? e.ScrapAndRestartCost : null,
            (e, v) => Put(v, x => e.ScrapAndRestartCost = x, e.ClearScrapAndRestartCost)),
        new("Getting the spare at once", "money", e => e.HasExpediteCost ? e.ExpediteCost : null,
            (e, v) => Put(v, x => e.ExpediteCost = x, e.ClearExpediteCost)),
        new("Keeping the spare for a day", "money", e => e.HasSpareHoldingCostPerDay ? e.SpareHoldingCostPerDay : null,
            (e, v) => Put(v, x => e.SpareHoldingCostPerDay = x, e.ClearSpareHoldingCostPerDay)),
    ];

    public string UnitIn(string currency) => Unit.Replace("money", currency, StringComparison.Ordinal);

    static void Put(double? value, Action<double> set, Action clear)
    {
        if (value is { } v) set(v);
        else clear();
    }
}
