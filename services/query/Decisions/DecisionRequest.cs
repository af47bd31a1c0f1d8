using System.ComponentModel;
using System.Text.Json.Serialization;
using Contracts.Decisions;
using Query.Health;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Decisions;

namespace Query.Decisions;

/// <summary>A maintenance question.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record DecisionRequest(
    [property: Description("Asset id.")] string? Asset,
    [property: Description("The worn part: a component whose degradation the model describes.")] string? Component,
    [property: Description("Ways to go on, 1 to 20.")] IReadOnlyList<OptionRequest>? Options,
    [property: Description("What differs from the model's economics.")] EconomicsRequest? Economics,
    [property: Description("Calendar of planned stops.")] IReadOnlyList<StopRequest>? Stops,
    [property: Description("No exchange is planned later; 1 to 3650, default 180.")] double? HorizonDays,
    [property: Description("0 (default) ranks by expected cost, up to 1 by the mean of the worst twentieth.")] double? RiskAversion,
    [property: Description("Production rate from now on in times the present one; default 1. Ageing follows ISO 281.")] double? Rate,
    [property: Description("Remaining life instead of what the condition says.")] LifeRequest? RemainingLife,
    [property: Description("Life of a new part instead of the fleet's.")] LifeRequest? NewLife,
    [property: Description("A vibration check that could be made before deciding.")] CheckRequest? Check,
    [property: Description("Simulated futures, 100 to 100000; default 10000.")] int? Futures,
    [property: Description("Of the futures; default 1. The same question has the same answer.")] ulong? Seed,
    [property: Description("Day 0; default now. Earlier: as the condition was assessed then.")] DateTimeOffset? At)
{
    /// <summary>The question with all defaults, checked.</summary>
    /// <exception cref="InvalidInputException">Names the path and what is allowed.</exception>
    public DecisionDefinition Define(AssetModel model, DateTimeOffset now)
    {
        var part = WornPart.Check(model, Component, "component");
        if (At > now.AddMinutes(1)) throw new InvalidInputException("at", At?.ToString("O"), $"a time up to now ({now:O})");
        var at = (At ?? now).ToUniversalTime();
        var definition = new DecisionDefinition(
            Asset!, part.Component, at, [.. (Options ?? []).Select((o, i) => o?.Define() ?? throw new InvalidInputException($"options[{i}]", null, "an option"))],
            (Economics ?? new()).Define(part.Economics),
            [.. (Stops ?? []).Select((s, i) => s?.Define(i) ?? throw new InvalidInputException($"stops[{i}]", null, "a stop"))],
            HorizonDays ?? 180, RiskAversion ?? 0, Rate ?? 1, RemainingLife?.Define(), NewLife?.Define(), Check is null ? null : new(Check.DelayDays ?? 0, Check.Cost ?? 0),
            Futures ?? 10_000, Seed ?? 1);
        return DecisionRules.Check(part, definition) is { } problem ? throw new InvalidInputException(problem.Path, problem.Value, problem.Allowed) : definition;
    }
}

/// <summary>One way to go on.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record OptionRequest(
    [property: Description("now, at-stop, wait, run-to-failure, optimal-date, derate or order-spare-now.")] string? Kind,
    [property: Description("Of at-stop: the time of one of the stops.")] DateTimeOffset? At = null,
    [property: Description("Of wait and derate.")] double? Weeks = null,
    [property: Description("Of derate: between 0 and 1, in times the planned rate.")] double? Rate = null,
    [property: Description("Of derate; default: the margin of the production that is not made.")] double? MarginLossPerDay = null)
{
    public DecisionOption Define() => new(Kind ?? "", At?.ToUniversalTime(), Weeks, Rate, MarginLossPerDay);
}

/// <summary>A planned stop.</summary>
/// <param name="At">When the stop begins.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record StopRequest(DateTimeOffset? At, [property: Description("What the exchange makes the stop longer; default 0.")] double? LostHours = null)
{
    public DecisionStop Define(int i) => new((At ?? throw new InvalidInputException($"stops[{i}].at", null, "a time in ISO 8601")).ToUniversalTime(), LostHours ?? 0);
}

/// <summary>A Weibull life.</summary>
/// <param name="Shape">Weibull shape, dimensionless; above 1 for wear.</param>
/// <param name="ScaleDays">Weibull scale, days: by then 63 % have failed.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record LifeRequest(double? Shape, double? ScaleDays)
{
    public WeibullInput Define() => new(Shape ?? double.NaN, ScaleDays ?? double.NaN);
}

/// <summary>A vibration check.</summary>
/// <param name="DelayDays">Days until the result is known; default 0.</param>
/// <param name="Cost">What the check costs; default 0.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record CheckRequest(double? DelayDays, double? Cost);

/// <summary>What differs from the model's economics; money in one currency, hours of lost production.</summary>
/// <param name="PartCost">Part with seals; default: the model's.</param>
/// <param name="LabourCost">Planned labour; default: the model's.</param>
/// <param name="OvertimeCost">What an unplanned exchange costs more in labour and transport; default: the model's.</param>
/// <param name="MarginPerHour">Margin of an hour of production; default: the model's.</param>
/// <param name="PlannedHours">Lost hours of an exchange outside a planned stop; default: the model's.</param>
/// <param name="UnplannedHours">Mean lost hours of a failure with the spare on the shelf; default: the model's.</param>
/// <param name="UnplannedHoursSdLn">Standard deviation of their logarithm; default: the model's.</param>
/// <param name="SpareLeadDays">From the order to the spare on site; 0 when it is on the shelf; default: the model's.</param>
/// <param name="WaitingHoursPerDay">Lost hours for each day a failed part waits for the spare, 0 to 24; default: the model's.</param>
/// <param name="SecondaryDamageProbability">P(a failure damages other parts), 0 to 1; default: the model's.</param>
/// <param name="SecondaryDamageCost">Cost of that damage; default: the model's.</param>
/// <param name="ScrapAndRestartCost">Of a failure; default: the model's.</param>
/// <param name="ExpediteCost">To have the spare at once for a planned exchange; default: the model's.</param>
/// <param name="SpareHoldingCostPerDay">Of the spare on the shelf; default: the model's.</param>
/// <param name="IsSpareOrderedNow">The spare is ordered now whatever is decided; default: the model's.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record EconomicsRequest(
    double? PartCost = null,
    double? LabourCost = null,
    double? OvertimeCost = null,
    double? MarginPerHour = null,
    double? PlannedHours = null,
    double? UnplannedHours = null,
    double? UnplannedHoursSdLn = null,
    double? SpareLeadDays = null,
    double? WaitingHoursPerDay = null,
    double? SecondaryDamageProbability = null,
    double? SecondaryDamageCost = null,
    double? ScrapAndRestartCost = null,
    double? ExpediteCost = null,
    double? SpareHoldingCostPerDay = null,
    bool? IsSpareOrderedNow = null)
{
    // What neither says is not a number, which the rules refuse by name.
    public DecisionEconomics Define(TwinModel.Reliability.Economics? usual) => new(
        PartCost ?? usual?.PartCost ?? double.NaN, LabourCost ?? usual?.LabourCost ?? double.NaN, OvertimeCost ?? usual?.OvertimeCost ?? double.NaN,
        MarginPerHour ?? usual?.MarginPerHour ?? double.NaN, PlannedHours ?? usual?.PlannedHours ?? double.NaN, UnplannedHours ?? usual?.UnplannedHours ?? double.NaN,
        UnplannedHoursSdLn ?? usual?.UnplannedHoursSdLn ?? 0.35, SpareLeadDays ?? usual?.SpareLeadDays ?? double.NaN, WaitingHoursPerDay ?? usual?.WaitingHoursPerDay ?? double.NaN,
        SecondaryDamageProbability ?? usual?.SecondaryDamageProbability ?? double.NaN, SecondaryDamageCost ?? usual?.SecondaryDamageCost ?? double.NaN,
        ScrapAndRestartCost ?? usual?.ScrapAndRestartCost ?? 0, ExpediteCost ?? usual?.ExpediteCost ?? 0, SpareHoldingCostPerDay ?? usual?.SpareHoldingCostPerDay ?? 0,
        IsSpareOrderedNow ?? usual?.IsSpareOrderedNow ?? true);
}
