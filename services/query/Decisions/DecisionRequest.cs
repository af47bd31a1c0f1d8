using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Contracts.Decisions;
using Query.Api;
using Query.Health;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Decisions;
using TwinModel.Maintenance;

namespace Query.Decisions;

/// <summary>A maintenance question.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record DecisionRequest(
    [property: Description("Asset id.")] string? Asset,
    [property: Description("The worn part: a component whose degradation the model describes.")] string? Component,
    [property: Description("The options to compare, 1 to 20.")] IReadOnlyList<OptionRequest>? Options,
    [property: Description("Overrides of the model's economics.")] EconomicsRequest? Economics,
    [property: Description("Calendar of planned stops.")] IReadOnlyList<StopRequest>? Stops,
    [property: Description("Latest day on which a replacement can be planned, 1 to 3650; default 180.")]
    [property: Range(1.0, DecisionRules.MostDays)] double? HorizonDays,
    [property: Description("0 (default) ranks by expected cost, 1 by the mean cost of the worst 5 % of futures; 0 to 1.")]
    [property: Range(0.0, 1.0)] double? RiskAversion,
    [property: Description("Future production rate as a multiple of the present one, 0.1 to 3; default 1. Ageing follows ISO 281.")]
    [property: Range(0.1, 3.0)] double? Rate,
    [property: Description("Overrides the remaining life estimated from the condition.")] LifeRequest? RemainingLife,
    [property: Description("Overrides the fleet's life of a new part.")] LifeRequest? NewLife,
    [property: Description("A vibration check that could be made before deciding.")] CheckRequest? Check,
    [property: Description("Number of simulated futures, 100 to 100000; default 10000."), Range(100, 100_000)] int? Futures,
    [property: Description("Seed of the simulated futures; default 1. The same question with the same seed has the same answer.")]
    ulong? Seed,
    [property: Description("Day 0 of the question, from 1970 up to now; default now. A past day uses the condition as assessed then.")]
    DateTimeOffset? At)
{
    /// <summary>The checked question with all defaults filled in.</summary>
    /// <exception cref="InvalidInputException">Names the path and what is allowed.</exception>
    public DecisionDefinition Define(AssetModel model, DateTimeOffset now)
    {
        var part = WornPart.Check(model, Component, "component");
        var at = At is { } given ? Input.Past("at", given, now) : now;
        var definition = new DecisionDefinition(
            Asset!, part.Component, at,
            [.. (Options ?? []).Select((o, i) => o?.Define() ?? throw new InvalidInputException($"options[{i}]", null, "an option"))],
            (Economics ?? new()).Define(part.Economics),
            [.. (Stops ?? []).Select((s, i) => s?.Define(i) ?? throw new InvalidInputException($"stops[{i}]", null, "a stop"))],
            HorizonDays ?? 180, RiskAversion ?? 0, Rate ?? 1, RemainingLife?.Define(), NewLife?.Define(),
            Check is null ? null : new(Check.DelayDays ?? 0, Check.Cost ?? 0),
            Futures ?? 10_000, Seed ?? 1);
        return DecisionRules.Check(part, definition) is { } problem
            ? throw new InvalidInputException(problem.Path, problem.Value, problem.Allowed)
            : definition;
    }
}

/// <summary>One course of action.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record OptionRequest(
    [property: Description("now, at-stop, wait, run-to-failure, optimal-date, derate or order-spare-now.")] string? Kind,
    [property: Description("For at-stop only: the time of one of the stops.")] DateTimeOffset? At = null,
    [property: Description("For wait and derate only; within the horizon."), Range(0.0, DecisionRules.MostDays / 7)] double? Weeks = null,
    [property: Description("For derate only: share of the planned rate, between 0 and 1.")] double? Rate = null,
    [property: Description("For derate only, 0 to 1e12; default: the margin of the lost production.")]
    [property: Range(0.0, DecisionRules.MostMoney)] double? MarginLossPerDay = null)
{
    public DecisionOption Define() => new(Kind ?? "", At?.ToUniversalTime(), Weeks, Rate, MarginLossPerDay);
}

/// <summary>A planned stop.</summary>
/// <param name="At">When the stop begins.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record StopRequest(
    DateTimeOffset? At,
    [property: Description("Hours by which a replacement extends the stop, 0 to 8760; default 0."),
        Range(0.0, DecisionRules.MostHours)] double? LostHours = null)
{
    public DecisionStop Define(int i) =>
        new((At ?? throw new InvalidInputException($"stops[{i}].at", null, "a time in ISO 8601")).ToUniversalTime(), LostHours ?? 0);
}

/// <summary>A Weibull life.</summary>
/// <param name="Shape">Weibull shape, dimensionless, 0.2 to 50; above 1 for wear.</param>
/// <param name="ScaleDays">Weibull scale, 0.01 to 100000 days: the age by which 63 % have failed.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record LifeRequest(
    [property: Range(DecisionRules.LeastShape, DecisionRules.MostShape)] double? Shape,
    [property: Range(DecisionRules.LeastScaleDays, DecisionRules.MostScaleDays)] double? ScaleDays)
{
    public WeibullInput Define() => new(Shape ?? double.NaN, ScaleDays ?? double.NaN);
}

/// <summary>A vibration check.</summary>
/// <param name="DelayDays">Days until the result is known, 0 to 3650; default 0.</param>
/// <param name="Cost">Cost of the check, 0 to 1e12; default 0.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record CheckRequest(
    [property: Range(0.0, DecisionRules.MostDays)] double? DelayDays,
    [property: Range(0.0, DecisionRules.MostMoney)] double? Cost);

/// <summary>Overrides of the model's economics; money in one currency, 0 to 1e12 each; hours of lost production, 0 to 8760.</summary>
/// <param name="PartCost">Cost of the part with seals; default: the model's.</param>
/// <param name="LabourCost">Cost of planned labour; default: the model's.</param>
/// <param name="OvertimeCost">Extra labour and transport cost of an unplanned exchange; default: the model's.</param>
/// <param name="MarginPerHour">Margin per hour of production; default: the model's.</param>
/// <param name="PlannedHours">Lost hours of an exchange outside a planned stop; default: the model's.</param>
/// <param name="UnplannedHours">Mean lost hours of a failure with the spare in stock; default: the model's.</param>
/// <param name="UnplannedHoursSdLn">Standard deviation of the logarithm of those hours, 0 to 3; default: the model's.</param>
/// <param name="SpareLeadDays">Days from order to spare on site, 0 to 3650; 0 if in stock; default: the model's.</param>
/// <param name="WaitingHoursPerDay">Lost hours per day that a failed part waits for the spare, 0 to 24; default: the model's.</param>
/// <param name="SecondaryDamageProbability">Probability that a failure damages other parts, 0 to 1; default: the model's.</param>
/// <param name="SecondaryDamageCost">Cost of that damage; default: the model's.</param>
/// <param name="ScrapAndRestartCost">Scrap and restart cost of a failure; default: the model's.</param>
/// <param name="ExpediteCost">Cost of getting the spare at once for a planned exchange; default: the model's.</param>
/// <param name="SpareHoldingCostPerDay">Cost per day of a spare in stock; default: the model's.</param>
/// <param name="IsSpareOrderedNow">Whether the spare is ordered now whatever is decided; default: the model's.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record EconomicsRequest(
    [property: Range(0.0, DecisionRules.MostMoney)] double? PartCost = null,
    [property: Range(0.0, DecisionRules.MostMoney)] double? LabourCost = null,
    [property: Range(0.0, DecisionRules.MostMoney)] double? OvertimeCost = null,
    [property: Range(0.0, DecisionRules.MostMoney)] double? MarginPerHour = null,
    [property: Range(0.0, DecisionRules.MostHours)] double? PlannedHours = null,
    [property: Range(0.0, DecisionRules.MostHours)] double? UnplannedHours = null,
    [property: Range(0.0, DecisionRules.MostSdLn)] double? UnplannedHoursSdLn = null,
    [property: Range(0.0, DecisionRules.MostDays)] double? SpareLeadDays = null,
    [property: Range(0.0, 24.0)] double? WaitingHoursPerDay = null,
    [property: Range(0.0, 1.0)] double? SecondaryDamageProbability = null,
    [property: Range(0.0, DecisionRules.MostMoney)] double? SecondaryDamageCost = null,
    [property: Range(0.0, DecisionRules.MostMoney)] double? ScrapAndRestartCost = null,
    [property: Range(0.0, DecisionRules.MostMoney)] double? ExpediteCost = null,
    [property: Range(0.0, DecisionRules.MostMoney)] double? SpareHoldingCostPerDay = null,
    bool? IsSpareOrderedNow = null)
{
    // Missing from both becomes NaN, which the rules refuse naming the field.
    public DecisionEconomics Define(TwinModel.Maintenance.Economics? usual) => new(
        PartCost ?? usual?.PartCost ?? double.NaN, LabourCost ?? usual?.LabourCost ?? double.NaN,
        OvertimeCost ?? usual?.OvertimeCost ?? double.NaN,
        MarginPerHour ?? usual?.MarginPerHour ?? double.NaN, PlannedHours ?? usual?.PlannedHours ?? double.NaN,
        UnplannedHours ?? usual?.UnplannedHours ?? double.NaN,
        UnplannedHoursSdLn ?? usual?.UnplannedHoursSdLn ?? 0.35, SpareLeadDays ?? usual?.SpareLeadDays ?? double.NaN,
        WaitingHoursPerDay ?? usual?.WaitingHoursPerDay ?? double.NaN,
        SecondaryDamageProbability ?? usual?.SecondaryDamageProbability ?? double.NaN,
        SecondaryDamageCost ?? usual?.SecondaryDamageCost ?? double.NaN,
        ScrapAndRestartCost ?? usual?.ScrapAndRestartCost ?? 0, ExpediteCost ?? usual?.ExpediteCost ?? 0,
        SpareHoldingCostPerDay ?? usual?.SpareHoldingCostPerDay ?? 0,
        IsSpareOrderedNow ?? usual?.IsSpareOrderedNow ?? true);
}
