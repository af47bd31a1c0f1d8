using System.Globalization;
using Contracts.Decisions;
using TwinModel.Assets;
using TwinModel.Maintenance;

namespace TwinModel.Decisions;

/// <summary>An invalid input of a decision.</summary>
/// <param name="Path">e.g. <c>options[1].weeks</c>.</param>
/// <param name="Value">The value given; null when missing.</param>
/// <param name="Allowed">What is allowed.</param>
public sealed record DecisionProblem(string Path, object? Value, string Allowed);

/// <summary>Validates a decision.</summary>
public static class DecisionRules
{
    /// <summary>The kinds of options.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["now", "at-stop", "wait", "run-to-failure", "optimal-date", "derate",
        "order-spare-now"];

    /// <summary>Largest amount of money, in any currency; far below where double precision loses cents.</summary>
    public const double MostMoney = 1e12;

    /// <summary>Most hours lost by one replacement: a year.</summary>
    public const double MostHours = 8760;

    /// <summary>Longest lead time, delay and horizon, days: ten years.</summary>
    public const double MostDays = 3650;

    /// <summary>Largest standard deviation of a logarithm: a factor of 20 either way.</summary>
    public const double MostSdLn = 3;

    /// <summary>Range of a Weibull shape; real parts have 0.5 to 10.</summary>
    public const double LeastShape = 0.2, MostShape = 50;

    /// <summary>Range of a Weibull scale, days.</summary>
    public const double LeastScaleDays = 0.01, MostScaleDays = 100_000;

    const int MostOptions = 20;
    const int MostStops = 200;

    /// <summary>The first invalid input; null when all are valid.</summary>
    public static DecisionProblem? Check(Degradation degradation, DecisionDefinition d)
    {
        if (d.Options.Count is 0 or > MostOptions)
            return new("options", d.Options.Count == 0 ? null : d.Options.Count,
                $"1 to {MostOptions} options of kind {string.Join(", ", Kinds)}");
        return Economics(d.Economics)
            ?? Outside("horizonDays", d.HorizonDays, 1, MostDays)
            ?? Outside("riskAversion", d.RiskAversion, 0, 1)
            ?? Outside("rate", d.Rate, 0.1, 3)
            ?? (d.Futures is < 100 or > 100_000 ? new DecisionProblem("futures", d.Futures, "100 to 100000") : null)
            ?? Life("remainingLife", d.RemainingLife)
            ?? Life("newLife", d.NewLife)
            ?? (d.NewLife is null && degradation.Rul.Fleet is null
                ? new DecisionProblem("newLife", null, "shape and scaleDays of a new part, because the model states no life of the fleet")
                : null)
            ?? (d.Rate != 1 && degradation.Life is null
                ? new DecisionProblem("rate", d.Rate, "1, because the model does not say how load ages the part")
                : null)
            ?? (d.Check is { } check ? Outside("check.delayDays", check.DelayDays, 0, MostDays) ?? Money("check.cost", check.Cost) : null)
            ?? Stops(d)
            ?? d.Options.Select((o, i) => Option(degradation, d, o, $"options[{i}]")).FirstOrDefault(p => p is not null)
            ?? Doubled(d);
    }

    static DecisionProblem? Economics(DecisionEconomics e) =>
        Money("economics.partCost", e.PartCost) ?? Money("economics.labourCost", e.LabourCost)
        ?? Money("economics.overtimeCost", e.OvertimeCost)
        ?? Money("economics.marginPerHour", e.MarginPerHour) ?? Outside("economics.plannedHours", e.PlannedHours, 0, MostHours)
        ?? Outside("economics.unplannedHours", e.UnplannedHours, 0, MostHours)
        ?? Outside("economics.unplannedHoursSdLn", e.UnplannedHoursSdLn, 0, MostSdLn)
        ?? Outside("economics.spareLeadDays", e.SpareLeadDays, 0, MostDays)
        ?? Outside("economics.waitingHoursPerDay", e.WaitingHoursPerDay, 0, 24)
            ?? Outside("economics.secondaryDamageProbability", e.SecondaryDamageProbability, 0, 1)
        ?? Money("economics.secondaryDamageCost", e.SecondaryDamageCost) ?? Money("economics.scrapAndRestartCost", e.ScrapAndRestartCost)
        ?? Money("economics.expediteCost", e.ExpediteCost) ?? Money("economics.spareHoldingCostPerDay", e.SpareHoldingCostPerDay)
        ?? (DecisionSetup.Economics(e).FailureCost > 0
            ? null
            : new DecisionProblem("economics", "a failure that costs nothing", "costs of which at least one is above 0"));

    static DecisionProblem? Stops(DecisionDefinition d)
    {
        if (d.Stops.Count > MostStops) return new("stops", d.Stops.Count, $"at most {MostStops}");
        for (var i = 0; i < d.Stops.Count; i++)
        {
            if (d.Stops[i].At < d.At) return new($"stops[{i}].at", d.Stops[i].At.ToString("O"), $"not before the decision ({d.At:O})");
            if (Outside($"stops[{i}].lostHours", d.Stops[i].LostHours, 0, MostHours) is { } problem) return problem;
        }
        return null;
    }

    static DecisionProblem? Option(Degradation degradation, DecisionDefinition d, DecisionOption o, string path) =>
        Kind(degradation, d, o, path)
        ?? Foreign(o.At, $"{path}.at", o.Kind, "at-stop")
        ?? Foreign(o.Weeks, $"{path}.weeks", o.Kind, "wait", "derate")
        ?? Foreign(o.Rate, $"{path}.rate", o.Kind, "derate")
        ?? Foreign(o.MarginLossPerDay, $"{path}.marginLossPerDay", o.Kind, "derate");

    // Refuse inputs that an option ignores, so that they do not seem to have an effect.
    static DecisionProblem? Foreign<T>(T? value, string path, string kind, params string[] kinds)
        where T : struct, IFormattable =>
        value is null || kinds.Contains(kind) ? null
            : new(path, value.Value.ToString(value is DateTimeOffset ? "O" : null, CultureInfo.InvariantCulture),
                $"nothing: only {string.Join(" and ", kinds)} has it");

    static DecisionProblem? Kind(Degradation degradation, DecisionDefinition d, DecisionOption o, string path) => o.Kind switch
    {
        "now" or "run-to-failure" or "optimal-date" or "order-spare-now" => null,
        "wait" => Weeks(d, o, path),
        "derate" => Weeks(d, o, path)
            ?? (o.Rate is > 0 and < 1 ? null : new DecisionProblem($"{path}.rate", o.Rate, "between 0 and 1, a share of the planned rate"))
            ?? (o.MarginLossPerDay is { } loss ? Money($"{path}.marginLossPerDay", loss) : null)
            ?? (degradation.Life is null
                ? new DecisionProblem($"{path}.kind", o.Kind, "another kind, because the model does not say how load ages the part")
                : null),
        "at-stop" when o.At is not { } at || d.Stops.All(s => s.At != at) =>
            new($"{path}.at", o.At?.ToString("O"),
                d.Stops.Count == 0 ? "the time of a stop; stops is empty" : string.Join(", ", d.Stops.Select(s => s.At.ToString("O")))),
        "at-stop" => (o.At!.Value - d.At).TotalDays > d.HorizonDays
            ? new($"{path}.at", o.At.Value.ToString("O"), FormattableString.Invariant($"within the horizon of {d.HorizonDays:0.#} days"))
            : null,
        _ => new($"{path}.kind", o.Kind, string.Join(", ", Kinds)),
    };

    static DecisionProblem? Weeks(DecisionDefinition d, DecisionOption o, string path) =>
        o.Weeks is { } weeks && weeks >= 0 && 7 * weeks <= d.HorizonDays
            ? null
            : new($"{path}.weeks", o.Weeks, FormattableString.Invariant($"0 to {d.HorizonDays / 7:0.##}, within the horizon"));

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
        : Outside($"{path}.shape", life.Shape, LeastShape, MostShape)
            ?? Outside($"{path}.scaleDays", life.ScaleDays, LeastScaleDays, MostScaleDays);

    static DecisionProblem? Money(string path, double value) => Outside(path, value, 0, MostMoney);

    internal static DecisionProblem? Outside(string path, double value, double low, double high) =>
        value >= low && value <= high
            ? null
            : new(path, double.IsNaN(value) ? null : value, FormattableString.Invariant($"{low} to {high}"));
}
