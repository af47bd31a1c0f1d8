using System.Globalization;
using Contracts.Scenarios;

namespace Cli.Scenarios;

/// <summary>Formats a result as text. Pure.</summary>
static class ShowAnswer
{
    const int ShownPositions = 11;
    const int ShownContributors = 4;

    public static IEnumerable<string> Lines(ScenarioView scenario, ScenarioResult result) =>
        [.. Question(scenario, result), "", .. Kpis(result), .. Profile(result), "", .. Limits(result), .. Contributors(result),
            .. Notes(result)];

    static IEnumerable<string> Question(ScenarioView scenario, ScenarioResult result)
    {
        var d = result.Definition;
        yield return Text($"{d.AssetId} as of {d.ValidAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, known up to log position {d.KnownAt}");
        yield return result.Start is { } start
            ? Text($"starts from the estimate of {start.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, {start.Sync}")
            : result.Provenance.CalibrationId is { } calibration ? $"starts from the parameters of calibration {calibration}"
            : "starts from the parameters of the model";
        yield return d.Mode == "steady"
            ? "steady state"
            : Text($"run over {TimeSpan.FromSeconds(d.HorizonSeconds):g}; numbers are those at its end");
        foreach (var i in d.Interventions)
        {
            var change = i.Kind switch
            {
                "scale" => Text($"x {i.Value}"),
                "offset" => Text($"{i.Value:+0.###;-0.###} {i.Unit}"),
                _ => Text($"= {i.Value} {i.Unit}")
            };
            var (from, during) = (
                i.FromSeconds > 0 ? Text($" from {i.FromSeconds} s") : "", i.ForSeconds > 0 ? Text($" for {i.ForSeconds} s") : "");
            yield return $"  {i.Target} {change.TrimEnd()}{from}{during}";
        }
        foreach (var s in result.Solved)
        {
            var band = Text($"(p5 {s.Scenario.P5:0.###}, p95 {s.Scenario.P95:0.###})");
            yield return Text($"  solved for: {s.Input} {s.Baseline:0.###} -> {s.Scenario.P50:0.###} {s.Unit} {band}");
        }
        var computed = scenario.WasStored ? "answer was already stored" : Text($"computed in {scenario.RunSeconds:0.00} s");
        yield return Text($"{d.EnsembleSize} members, {d.Sampling}, seed {d.Seed}, {d.Cells} cells; {computed}");
    }

    static IEnumerable<string> Kpis(ScenarioResult result)
    {
        yield return $"{"",-28}{"baseline",10}{"scenario",10}   {"difference",9}";
        yield return $"{"",-28}{"p50",10}{"p50",10}{"p5",10}{"p50",10}{"p95",10}";
        foreach (var k in result.Kpis)
        {
            var unit = k.Unit == "degC" ? "°C, K" : k.Unit;
            yield return $"{k.Name,-28}{Value(k.Baseline.P50),10}{Value(k.Scenario.P50),10}{Change(k.Difference.P5),10}"
                + $"{Change(k.Difference.P50),10}{Change(k.Difference.P95),10}  {unit}";
        }
    }

    static IEnumerable<string> Profile(ScenarioResult result)
    {
        // Prefers temperatures, and of those the one that changes most; the result holds all profiles.
        var profile = result.Profiles.OrderByDescending(p => p.Unit == "degC").ThenByDescending(p => p.Difference.P50.Max(Math.Abs))
            .FirstOrDefault();
        if (profile is null) yield break;
        yield return "";
        yield return $"{profile.Name} along the axis, {(profile.Unit == "degC" ? "°C, differences in K" : profile.Unit)}";
        yield return $"{"z/m",8}{"baseline",10}{"scenario",10}{"p5",10}{"p50",10}{"p95",10}";
        var (count, last) = (Math.Min(ShownPositions, profile.PositionsMetre.Count), profile.PositionsMetre.Count - 1);
        for (var n = 0; n < count; n++)
        {
            var i = count == 1 ? 0 : (int)Math.Round((double)n * last / (count - 1));
            yield return Text($"{profile.PositionsMetre[i],8:0.000}{Value(profile.Baseline.P50[i]),10}{Value(profile.Scenario.P50[i]),10}")
                + $"{Change(profile.Difference.P5[i]),10}{Change(profile.Difference.P50[i]),10}{Change(profile.Difference.P95[i]),10}";
        }
    }

    static IEnumerable<string> Limits(ScenarioResult result)
    {
        var likely = result.Limits.Where(l => l.BaselineProbability > 0 || l.ScenarioProbability > 0).ToList();
        yield return $"Limits exceeded, share of members: {(likely.Count == 0 ? $"none of {result.Limits.Count}" : "")}".TrimEnd();
        foreach (var l in likely)
        {
            var limit = Text($"{l.Id} ({(l.IsAbove ? "above" : "below")} {l.Threshold} {l.Unit}, {l.Severity})");
            yield return Text($"  {limit}: {l.BaselineProbability * 100:0.#} % -> {l.ScenarioProbability * 100:0.#} %");
        }
    }

    static IEnumerable<string> Contributors(ScenarioResult result)
    {
        // The signals that matter most: those with limits, in the model's order.
        var limited = result.Limits.Select(l => l.Signal).ToHashSet();
        foreach (var signal in result.Contributors.GroupBy(c => c.Signal).OrderByDescending(g => limited.Contains(g.Key))
            .Take(ShownContributors))
        {
            var hint = signal.First().Explained < 0.8 ? " (only a hint)" : "";
            yield return $"Uncertainty of the change of {signal.Key}: "
                + $"{string.Join(", ", signal.Select(c => Text($"{c.Parameter} {c.Total * 100:0} %")))}{hint}";
        }
    }

    static IEnumerable<string> Notes(ScenarioResult result) =>
        [.. result.Warnings.Select(w => $"Warning: {w}"), "Assumptions:", .. result.Assumptions.Select(a => $"  {a}")];

    static string Value(double value) =>
        value.ToString(Math.Abs(value) switch { >= 100 => "0.0", >= 10 => "0.00", >= 1 => "0.000", _ => "0.0000" },
            CultureInfo.InvariantCulture);

    static string Change(double value) => Math.Abs(value) < 5e-5 ? "0" : (value > 0 ? "+" : "") + Value(value);

    static string Text(FormattableString text) => FormattableString.Invariant(text);
}
