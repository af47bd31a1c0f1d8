using Contracts.Scenarios;
using TwinModel.Assets;
using TwinModel.Physics;
using TwinModel.Units;

namespace TwinModel.Scenarios;

/// <summary>A problem in a scenario.</summary>
/// <param name="Path">Path of the input, e.g. <c>interventions[0].target</c>.</param>
/// <param name="Value">The value given.</param>
/// <param name="Allowed">What is allowed.</param>
public sealed record ScenarioProblem(string Path, string Value, string Allowed);

/// <summary>A scenario is invalid; lists all problems.</summary>
public sealed class InvalidScenarioException(IReadOnlyList<ScenarioProblem> problems)
    : ArgumentException(string.Join("; ", problems.Select(p => $"'{p.Path}' is '{p.Value}'; allowed: {p.Allowed}")))
{
    /// <summary>The problems, in the order of the definition.</summary>
    public IReadOnlyList<ScenarioProblem> Problems => problems;
}

/// <summary>Validates a scenario against the model of its asset before anything is computed.</summary>
public static class ScenarioRules
{
    /// <summary>Largest ensemble.</summary>
    public const int MostMembers = 2000;

    /// <summary>Longest run, s: five weeks.</summary>
    public const double LongestHorizonSeconds = 35 * 86400.0;

    /// <summary>Most points of a sweep.</summary>
    public const int MostSweepPoints = 400;

    /// <summary>Most interventions.</summary>
    public const int MostInterventions = 20;

    /// <summary>Earliest sample time that imports accept: before it, no machine has a state.</summary>
    public static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;

    const int MostSweepAxes = 2;
    const int FewestCells = 20;
    const int MostCells = 400;
    static readonly string[] Kinds = ["set", "scale", "offset"];

    /// <summary>Validates a scenario.</summary>
    /// <exception cref="InvalidScenarioException">Names every problem.</exception>
    public static void Check(AssetModel model, ScenarioDefinition definition)
    {
        List<ScenarioProblem> problems = [];
        if (model.Physics is not { } physics)
            throw new InvalidScenarioException(
                [new("asset", definition.AssetId, $"an asset whose model has a physics section; '{model.Id}' has none")]);
        // Check counts first: each entry is compared with all others, so an excessive number must not get that far.
        CheckCounts(problems, definition);
        if (problems.Count > 0) throw new InvalidScenarioException(problems);
        if (definition.ValidAt < Earliest) problems.Add(new("validAt", $"{definition.ValidAt:O}", $"a time from {Earliest:O}"));
        OneOf(problems, "mode", definition.Mode, "steady", "transient");
        OneOf(problems, "ensemble.sampling", definition.Sampling, "latin-hypercube", "sobol");
        OneOf(problems, "solver", definition.Solver, "rodas3", "tr-bdf2");
        Within(problems, "ensemble.size", definition.EnsembleSize, 0, MostMembers);
        Within(problems, "tolerance", definition.Tolerance, 1e-8, 1e-2);
        var steady = definition.Mode == "steady";
        if (steady && definition.HorizonSeconds != 0)
            problems.Add(new("horizonSeconds", Text(definition.HorizonSeconds), "0 in mode steady"));
        if (!steady) Within(problems, "horizonSeconds", definition.HorizonSeconds, 1, LongestHorizonSeconds);
        CheckCells(problems, physics, definition.Cells);
        for (var i = 0; i < definition.Interventions.Count; i++) CheckIntervention(problems, physics, definition, i);
        CheckContradictions(problems, physics, definition);
        CheckSweep(problems, physics, definition);
        if (problems.Count > 0) throw new InvalidScenarioException(problems);
    }

    static void CheckCounts(List<ScenarioProblem> problems, ScenarioDefinition definition)
    {
        var (interventions, sweep) = (definition.Interventions.Count, definition.Sweep);
        if (interventions > MostInterventions)
            problems.Add(new("interventions", $"{interventions} entries", $"at most {MostInterventions}"));
        if (sweep.Count > MostSweepAxes) problems.Add(new("sweep", $"{sweep.Count} axes", $"1 to {MostSweepAxes} axes"));
        else if (sweep.Count > 0
            && sweep.Aggregate(1L, (points, axis) => points * axis.Values.Count) is (< 1 or > MostSweepPoints) and var count)
            problems.Add(new("sweep", $"{count} points", $"1 to {MostSweepPoints} points"));
    }

    static void CheckCells(List<ScenarioProblem> problems, PhysicsModel physics, int cells)
    {
        if (cells is >= FewestCells and <= MostCells && Fits(physics, cells)) return;
        problems.Add(new(
            "cells", $"{cells}",
            $"a whole number from {FewestCells} to {MostCells} whose cell boundaries match the zones, e.g. "
                + $"{string.Join(", ", new[] { 50, 100, 200 }.Where(c => Fits(physics, c)))}"));
    }

    static bool Fits(PhysicsModel physics, int cells)
    {
        try
        {
            CompiledModels.Of(physics, cells, withEnergy: false);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    static void CheckIntervention(List<ScenarioProblem> problems, PhysicsModel physics, ScenarioDefinition definition, int i)
    {
        var it = definition.Interventions[i];
        var path = $"interventions[{i}]";
        OneOf(problems, $"{path}.kind", it.Kind, Kinds);
        if (ScenarioTarget.Find(physics, it.Target) is not { } target)
        {
            problems.Add(new($"{path}.target", it.Target, $"one of {string.Join(", ", ScenarioTarget.Names(physics))}"));
            return;
        }
        if (it.Kind == "scale" ? it.Unit.Length > 0 && it.Unit != "1" : target.UnitOf(it.Unit, it.Kind) is null)
        {
            problems.Add(new(
                $"{path}.unit", it.Unit,
                it.Kind == "scale"
                    ? "empty: a factor has no unit"
                    : $"one of {string.Join(", ", target.Units(it.Kind))}, or empty for {target.Unit.Symbol}"));
            return;
        }
        if (!double.IsFinite(it.Value)) problems.Add(new($"{path}.value", Text(it.Value), "a finite number"));
        else if (it.Kind == "scale") Within(problems, $"{path}.value", it.Value, 0.01, 100);
        else if (it.Kind == "set" && target.Range is { } range)
        {
            var value = target.UnitOf(it.Unit, it.Kind)!.ConvertTo(target.Unit, it.Value);
            if (!range.Contains(value))
                problems.Add(new($"{path}.value", Text(it.Value), $"{Text(range.Min)} to {Text(range.Max)} {target.Unit.Symbol}"));
        }
        var last = definition.Mode == "steady" ? 0 : definition.HorizonSeconds;
        Within(problems, $"{path}.fromSeconds", it.FromSeconds, 0, last);
        Within(problems, $"{path}.rampSeconds", it.RampSeconds, 0, target.Parameter is null ? last : 0);
        Within(problems, $"{path}.forSeconds", it.ForSeconds, 0, last);
    }

    // Two simultaneous changes of the same quantity have no obvious order.
    static void CheckContradictions(List<ScenarioProblem> problems, PhysicsModel physics, ScenarioDefinition definition)
    {
        var all = definition.Interventions;
        for (var i = 0; i < all.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (Affected(physics, all[i].Target) != Affected(physics, all[j].Target)) continue;
                static double End(Intervention it) =>
                    it.ForSeconds > 0 ? it.FromSeconds + it.ForSeconds + it.RampSeconds : double.PositiveInfinity;
                if (definition.Mode != "steady" && !(all[i].FromSeconds < End(all[j]) && all[j].FromSeconds < End(all[i]))) continue;
                problems.Add(new(
                    $"interventions[{i}].target", all[i].Target,
                    $"something that interventions[{j}] ('{all[j].Target}') does not change at the same time"));
                break;
            }
        }
    }

    static void CheckSweep(List<ScenarioProblem> problems, PhysicsModel physics, ScenarioDefinition definition)
    {
        var sweep = definition.Sweep;
        if (sweep.Count == 0) return;
        if (definition.Mode != "steady") problems.Add(new("sweep", $"{sweep.Count} axes", "none in mode transient"));
        for (var a = 0; a < sweep.Count; a++)
        {
            if (ScenarioTarget.Find(physics, sweep[a].Target) is not { Parameter: null } target)
            {
                problems.Add(new(
                    $"sweep[{a}].target", sweep[a].Target,
                    $"one of {string.Join(", ", physics.Inputs.Select(i => i.Id).Concat(physics.Targets.Select(t => t.Id)))}"));
                continue;
            }
            if (target.UnitOf(sweep[a].Unit, "set") is not { } unit)
                problems.Add(new($"sweep[{a}].unit", sweep[a].Unit, $"one of {string.Join(", ", target.Units("set"))}"));
            else if (target.Range is { } range)
            {
                for (var v = 0; v < sweep[a].Values.Count; v++)
                {
                    if (!range.Contains(unit.ConvertTo(target.Unit, sweep[a].Values[v])))
                        problems.Add(new(
                            $"sweep[{a}].values[{v}]", Text(sweep[a].Values[v]),
                            $"{Text(range.Min)} to {Text(range.Max)} {target.Unit.Symbol}"));
                }
            }
            if (definition.Interventions.Any(i => Affected(physics, i.Target) == Affected(physics, sweep[a].Target)))
                problems.Add(new($"sweep[{a}].target", sweep[a].Target, "something that no intervention changes"));
        }
        if (sweep.Count == 2 && Affected(physics, sweep[0].Target) == Affected(physics, sweep[1].Target))
            problems.Add(new("sweep[1].target", sweep[1].Target, "a target other than that of sweep[0]"));
    }

    static string Affected(PhysicsModel physics, string target) => physics.Targets.FirstOrDefault(t => t.Id == target)?.Input ?? target;

    static void OneOf(List<ScenarioProblem> problems, string path, string value, params string[] allowed)
    {
        if (!allowed.Contains(value)) problems.Add(new(path, value, $"one of {string.Join(", ", allowed)}"));
    }

    static void Within(List<ScenarioProblem> problems, string path, double value, double min, double max)
    {
        if (!(value >= min && value <= max)) problems.Add(new(path, Text(value), min == max ? Text(min) : $"{Text(min)} to {Text(max)}"));
    }

    static string Text(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
