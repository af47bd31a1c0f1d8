using Contracts.Query.V1;
using Dashboard.Shown;

namespace Dashboard.WhatIf;

/// <summary>Questions and answers in words. Pure.</summary>
static class Wording
{
    /// <summary>e.g. <c>Production rate +15 %, zone 4 set point −10 K after 10 min</c>.</summary>
    public static string Changes(ScenarioDefinition definition, IReadOnlyList<Askable> askable)
    {
        var parts = definition.Interventions.Select(i => Change(i, askable)).ToList();
        return parts.Count == 0 ? "Nothing is changed" : Capital(string.Join(", ", parts));
    }

    static string Change(Intervention i, IReadOnlyList<Askable> askable)
    {
        var target = askable.FirstOrDefault(a => a.Id == i.Target);
        var unit = i.Unit.Length > 0 ? i.Unit : target?.Unit ?? "";
        var amount = !double.IsFinite(i.Value) ? "…" : i.Kind switch
        {
            "scale" => $"{(i.Value >= 1 ? "+" : "")}{Digits((i.Value - 1) * 100)}\u00a0%",
            "offset" => $"{(i.Value >= 0 ? "+" : "")}{Digits(i.Value)}\u00a0{(unit == "degC" ? "K" : Units.Symbol(unit))}",
            _ => $"to {Digits(i.Value)}\u00a0{Units.Symbol(unit)}",
        };
        var shape = (i.RampSeconds > 0 ? $" within {Span(i.RampSeconds)}" : "") + (i.FromSeconds > 0 ? $" after {Span(i.FromSeconds)}" : "")
            + (i.ForSeconds > 0 ? $" for {Span(i.ForSeconds)}" : "");
        return $"{target?.Name ?? Name(i.Target)} {amount.TrimEnd('\u00a0')}{shape}";
    }

    /// <summary>e.g. <c>over 2 h</c>.</summary>
    public static string Mode(ScenarioDefinition definition) =>
        definition.Mode == "steady" ? "steady state" : $"over {Span(definition.HorizonSeconds)}";

    /// <summary>The question as a sentence.</summary>
    public static string Sentence(ScenarioQuestion question, IReadOnlyList<Askable> askable)
    {
        var definition = question.ToDefinition();
        var start = question.AgoMinutes > 0
            ? $"starting {Span(question.AgoMinutes * 60)} ago, with the inputs recorded since"
            : "from the machine's state now";
        var end = question.IsSteady ? "to the steady state that follows" : $"over {Span(question.Hours * 3600)}";
        var members = question.Members == 0 ? "without a band" : $"with {question.Members} members for the band";
        return $"{Changes(definition, askable)}: {start}, {end}, {members}.";
    }

    /// <summary>The answer in one sentence: the most important figure with its band.</summary>
    public static string Headline(ScenarioResult result)
    {
        if (MainFigure(result) is not { } main) return "The model has no key figure for the machine as a whole.";
        var (change, unit, decimals) = (
            main.Difference, main.Unit == "degC" ? "K" : Units.Symbol(main.Unit), Units.Decimals(main.Unit, main.Scenario.P50));
        var (name, at) = (
            Capital(main.Name), result.Definition.Mode == "steady" ? "" : $" by the end of {Span(result.Definition.HorizonSeconds)}");
        if (new[] { change.P5, change.P50, change.P95 }.All(v => IsNothing(v, decimals)))
            return $"{name} stays as it is{at}: {Units.Text(main.Scenario.P50, main.Unit)}.";
        // A band that includes zero has no direction.
        if (change.P5 < 0 && change.P95 > 0)
            return $"{name} changes by {Signed(change.P50, decimals)}\u00a0{unit}{at}, but even the direction is uncertain (p5 "
                + $"{Signed(change.P5, decimals)} … p95 {Signed(change.P95, decimals)}).";
        var (least, most) = change.P50 < 0 ? (change.P95, change.P5) : (change.P5, change.P95);
        var band = result.Definition.EnsembleSize == 0 ? "no band: one member only" : $"p5 {Size(least)} … p95 {Size(most)}";
        return $"{name} {(change.P50 < 0 ? "falls" : "rises")} by {Size(change.P50)}\u00a0{unit}{at} ({band}).";

        string Size(double value) => Units.Number(Math.Abs(value), decimals);
    }

    /// <summary>True if the difference rounds to zero at this number of decimals.</summary>
    public static bool IsNothing(double difference, int decimals) => Math.Abs(difference) < 0.5 * Math.Pow(10, -decimals);

    /// <summary>A signed difference without its unit.</summary>
    public static string Signed(double difference, int decimals) =>
        IsNothing(difference, decimals) ? "0" : (difference > 0 ? "+" : "") + Units.Number(difference, decimals);

    /// <summary>The first key figure with a limit; the model lists the most important first.</summary>
    public static KpiResult? MainFigure(ScenarioResult result)
    {
        var limited = result.Limits.Select(l => l.Signal).ToHashSet();
        return result.Kpis.FirstOrDefault(k => limited.Contains(k.Id)) ?? result.Kpis.FirstOrDefault();
    }

    /// <summary>The inputs that were solved for.</summary>
    public static IEnumerable<string> Solved(ScenarioResult result, IReadOnlyList<Askable> askable) => result.Solved.Select(s =>
        $"{Capital(askable.FirstOrDefault(a => a.Id == s.Input)?.Name ?? Name(s.Input))} must go from {Units.Number(s.Baseline, s.Unit)} "
            + $"to {Units.Text(s.Scenario.P50, s.Unit)} (p5 {Units.Number(s.Scenario.P5, s.Unit)} … p95 "
            + $"{Units.Number(s.Scenario.P95, s.Unit)}).");

    /// <summary>Whether the physics followed the machine.</summary>
    public static string Sync(string state) => state switch
    {
        "in-sync" => "in sync",
        "unknown" => "with too few observations to tell whether it is in sync",
        _ => state,
    };

    /// <summary>What to do about a failed scenario.</summary>
    public static string NextStep(string cause) => cause switch
    {
        "invalid" => "The question does not fit the machine's model or its recorded data. Change it and ask again.",
        "solver" => "The model finds no such state. Ask for a smaller or a slower change (a ramp), and check that the inputs stay in "
            + "the calibrated range.",
        "time-limit" => "It took longer than allowed. Ask for a shorter duration, fewer members or fewer cells.",
        _ => "This should not happen. Ask again; if it fails again, send the scenario's id to whoever runs Pollux.",
    };

    public static string Name(string id) =>
        id.Split('.') is [var component, var parameter] ? $"{Name(parameter)} of the {Name(component)}" : id.Replace('-', ' ');

    public static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>A duration without rounding.</summary>
    public static string Span(double seconds) => seconds switch
    {
        < 60 => $"{Digits(seconds)} s",
        < 3600 => $"{Digits(seconds / 60)} min",
        < 48 * 3600 => $"{Digits(seconds / 3600)} h",
        _ => $"{Digits(seconds / 86400)} days",
    };

    static string Digits(double value) =>
        Math.Round(value, 3).ToString("0.###", System.Globalization.CultureInfo.InvariantCulture)
            .Replace("-", "−", StringComparison.Ordinal);
}
