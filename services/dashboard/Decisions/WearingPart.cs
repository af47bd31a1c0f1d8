using Contracts.Query.V1;
using TwinModel.Assets;
using TwinModel.Maintenance;

namespace Dashboard.Decisions;

/// <summary>A part of which it can be asked whether to replace it, as the asset's model describes it.</summary>
/// <param name="Component">Its id.</param>
/// <param name="Name">For people.</param>
/// <param name="Economics">What an exchange and a failure usually cost; empty when the model does not say.</param>
/// <param name="Currency">What money is counted in; empty when the model does not say.</param>
/// <param name="AgesWithLoad">The model says how load ages it, so that another rate can be asked for.</param>
public sealed record WearingPart(string Component, string Name, DecisionEconomics Economics, string Currency, bool AgesWithLoad)
{
    internal static IReadOnlyList<WearingPart> Of(AssetModel model) =>
    [
        .. model.Degradations.Select(d => new WearingPart(
            d.Component, model.Components.FirstOrDefault(c => c.Id == d.Component)?.Name ?? d.Component, Usual(d.Economics),
            d.Economics?.Currency ?? "", d.Life is not null)),
    ];

    static DecisionEconomics Usual(TwinModel.Maintenance.Economics? e) => e is null ? new() { IsSpareOrderedNow = true } : new()
    {
        PartCost = e.PartCost,
        LabourCost = e.LabourCost,
        OvertimeCost = e.OvertimeCost,
        MarginPerHour = e.MarginPerHour,
        PlannedHours = e.PlannedHours,
        UnplannedHours = e.UnplannedHours,
        UnplannedHoursSdLn = e.UnplannedHoursSdLn,
        SpareLeadDays = e.SpareLeadDays,
        WaitingHoursPerDay = e.WaitingHoursPerDay,
        SecondaryDamageProbability = e.SecondaryDamageProbability,
        SecondaryDamageCost = e.SecondaryDamageCost,
        ScrapAndRestartCost = e.ScrapAndRestartCost,
        ExpediteCost = e.ExpediteCost,
        SpareHoldingCostPerDay = e.SpareHoldingCostPerDay,
        IsSpareOrderedNow = e.IsSpareOrderedNow,
    };
}
