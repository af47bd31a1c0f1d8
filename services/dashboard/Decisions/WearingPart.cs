using Contracts.Query.V1;
using TwinModel.Assets;
using TwinModel.Maintenance;

namespace Dashboard.Decisions;

/// <summary>A wearing part in the asset's model, for which a replacement can be evaluated.</summary>
/// <param name="Component">Component id.</param>
/// <param name="Name">Display name.</param>
/// <param name="Economics">Usual costs of an exchange and a failure; empty if the model gives none.</param>
/// <param name="Currency">Currency; empty if the model gives none.</param>
/// <param name="AgesWithLoad">True if the model describes ageing under load, so that other rates can be asked for.</param>
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
