using Contracts.Decisions;
using TwinModel.Assets;
using TwinModel.Reliability;

namespace TwinModel.Decisions;

/// <summary>An input of a decision that has no meaning.</summary>
/// <param name="Path">e.g. <c>options[1].weeks</c>.</param>
/// <param name="Value">What was given; null: nothing.</param>
/// <param name="Allowed">What would be accepted.</param>
public sealed record DecisionProblem(string Path, object? Value, string Allowed);

/// <summary>What a decision may ask.</summary>
public static class DecisionRules
{
    /// <summary>Kinds of options.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["now", "at-stop", "wait", "run-to-failure", "optimal-date", "derate", "order-spare-now"];

    const int MostOptions = 20;
    const int MostStops = 200;

    /// <summary>The first thing that has no meaning; null when all has.</summary>
    public static DecisionProblem? Check(Degradation degradation, DecisionDefinition d)
    {
        if (d.Options.Count is 0 or > MostOptions) return new("options", d.Options.Count == 0 ? null : d.Options.Count, $"1 to {MostOptions} options of kind {string.Join(", ", Kinds)}");
        return Economics(d.Economics)
            ?? Outside("horizonDays", d.HorizonDays, 1, 3650)
            ?? Outside("riskAversion", d.RiskAversion, 0, 1)
            ?? Outside("rate", d.Rate, 0.1, 3)
            ?? (d.Futures is < 100 or > 100_000 ? new DecisionProblem("futures", d.Futures, "100 to 100000") : null)
            ?? Life("remainingLife", d.RemainingLife)
            ?? Life("newLife", d.NewLife)
            ?? (d.NewLife is null && degradation.Rul.Fleet is null ? new DecisionProblem("newLife", null, "shape and scaleDays of a new part, as the model knows no life of the fleet") : null)
            ?? (d.Rate != 1 && degradation.Life is null ? new DecisionProblem("rate", d.Rate, "1, as the model does not say how load ages the part") : null)
            ?? (d.Check is { } check ? NotNegative("check.delayDays", check.DelayDays) ?? NotNegative("check.cost", check.Cost) : null)
            ?? Stops(d)
            ?? d.Options.Select((o, i) => Option(degradation, d, o, $"options[{i}]")).FirstOrDefault(p => p is not null)
            ?? Doubled(d);
    }

    static DecisionProblem? Economics(DecisionEconomics e) =>
        NotNegative("economics.partCost", e.PartCost) ?? NotNegative("economics.labourCost", e.LabourCost) ?? NotNegative("economics.overtimeCost", e.OvertimeCost)
        ?? NotNegative("economics.marginPerHour", e.MarginPerHour) ?? NotNegative("economics.plannedHours", e.PlannedHours) ?? NotNegative("economics.unplannedHours", e.UnplannedHours)
        ?? NotNegative("economics.unplannedHoursSdLn", e.UnplannedHoursSdLn) ?? NotNegative("economics.spareLeadDays", e.SpareLeadDays)
        ?? Outside("economics.waitingHoursPerDay", e.WaitingHoursPerDay, 0, 24) ?? Outside("economics.secondaryDamageProbability", e.SecondaryDamageProbability, 0, 1)
        ?? NotNegative("economics.secondaryDamageCost", e.SecondaryDamageCost) ?? NotNegative("economics.scrapAndRestartCost", e.ScrapAndRestartCost)
        ?? NotNegative("economics.expediteCost", e.ExpediteCost) ?? NotNegative("economics.spareHoldingCostPerDay", e.SpareHoldingCostPerDay)
        ?? (DecisionSetup.Economics(e).FailureCost > 0 ? null : new DecisionProblem("economics", "a failure that costs nothing", "costs of which one at least is above 0"));

    static DecisionProblem? Stops(DecisionDefinition d)
    {
        if (d.Stops.Count > MostStops) return new("stops", d.Stops.Count, $"at most {MostStops}");
        for (var i = 0; i < d.Stops.Count; i++)
        {
            if (d.Stops[i].At < d.At) return new($"stops[{i}].at", d.Stops[i].At.ToString("O"), $"not before the decision ({d.At:O})");
            if (NotNegative($"stops[{i}].lostHours", d.Stops[i].LostHours) is { } problem) return problem;
        }
        return null;
    }

    static DecisionProblem? Option(Degradation degradation, DecisionDefinition d, DecisionOption o, string path) => o.Kind switch
    {
        "now" or "run-to-failure" or "optimal-date" or "order-spare-now" => null,
        "wait" => Weeks(d, o, path),
        "derate" => Weeks(d, o, path)
            ?? (o.Rate is > 0 and < 1 ? null : new DecisionProblem($"{path}.rate", o.Rate, "between 0 and 1, in times the planned rate"))
            ?? (o.MarginLossPerDay is { } loss ? NotNegative($"{path}.marginLossPerDay", loss) : null)
            ?? (degradation.Life is null ? new DecisionProblem($"{path}.kind", o.Kind, "another kind, as the model does not say how load ages the part") : null),
        "at-stop" when o.At is not { } at || d.Stops.All(s => s.At != at) =>
            new($"{path}.at", o.At?.ToString("O"), d.Stops.Count == 0 ? "the time of a stop; give stops" : string.Join(", ", d.Stops.Select(s => s.At.ToString("O")))),
        "at-stop" => (o.At!.Value - d.At).TotalDays > d.HorizonDays ? new($"{path}.at", o.At.Value.ToString("O"), FormattableString.Invariant($"within the horizon of {d.HorizonDays:0.#} days")) : null,
        _ => new($"{path}.kind", o.Kind, string.Join(", ", Kinds)),
    };

    static DecisionProblem? Weeks(DecisionDefinition d, DecisionOption o, string path) =>
        o.Weeks is { } weeks && weeks >= 0 && 7 * weeks <= d.HorizonDays ? null : new($"{path}.weeks", o.Weeks, FormattableString.Invariant($"0 to {d.HorizonDays / 7:0.##}, within the horizon"));

    static DecisionProblem? Doubled(DecisionDefinition d)
    {
        var names = d.Options.Select(o => DecisionSetup.Option(d, o, null).Name).ToList();
        for (var i = 0; i < names.Count; i++)
        {
            if (names.IndexOf(names[i]) < i) return new($"options[{i}]", names[i], "each option once");
        }
        return null;
    }

    static DecisionProblem? Life(string path, WeibullInput? life) => life is null ? null
        : !(life.Shape is > 0 and <= 50) ? new($"{path}.shape", life.Shape, "greater than 0, up to 50")
        : !(life.ScaleDays is > 0 and <= 100_000) ? new($"{path}.scaleDays", life.ScaleDays, "greater than 0, up to 100000")
        : null;

    static DecisionProblem? NotNegative(string path, double value) => value >= 0 && double.IsFinite(value) ? null : new(path, double.IsNaN(value) ? null : value, "0 or more");

    static DecisionProblem? Outside(string path, double value, double low, double high) =>
        value >= low && value <= high ? null : new(path, double.IsNaN(value) ? null : value, FormattableString.Invariant($"{low} to {high}"));
}
