using System.Globalization;
using Contracts.Scenarios;
using Query.Api;
using Query.Events;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Scenarios;

namespace Query.Scenarios;

/// <summary>Turns a request into a complete definition: fills in defaults and reports all errors at once. Pure.</summary>
static class DefineScenario
{
    const int LongestName = 200;
    const int DefaultMembers = 200;
    const int DefaultCells = 100;
    const double DefaultTolerance = 1e-4;

    /// <summary>The requested log position or time; null if none is given.</summary>
    public static KnownAt? KnownAtOf(ScenarioToRun asked)
    {
        try
        {
            return KnownAt.Of(asked.KnownAt);
        }
        catch (InvalidInputException e)
        {
            throw Invalid("knownAt", $"{asked.KnownAt}", e.Allowed);
        }
    }

    /// <summary>Display name; null if not given.</summary>
    public static string? NameOf(ScenarioToRun asked)
    {
        try
        {
            return Input.Line("name", asked.Name, LongestName);
        }
        catch (InvalidInputException e)
        {
            throw Invalid("name", e.Value!, e.Allowed);
        }
    }

    /// <exception cref="InvalidScenarioException">Names everything that is wrong.</exception>
    public static ScenarioDefinition Of(ScenarioToRun asked, AssetModel model, long knownAt, DateTimeOffset now)
    {
        var definition = new ScenarioDefinition(
            asked.Asset!, ValidAt(asked.ValidAt, now), knownAt, asked.Mode ?? (asked.HorizonSeconds is > 0 ? "transient" : "steady"),
            asked.HorizonSeconds ?? 0,
            [.. (asked.Interventions ?? []).Select(i => new Intervention(
                i?.Target ?? "", i?.Kind ?? "set", i?.Value ?? double.NaN, i?.Unit ?? "", i?.FromSeconds ?? 0, i?.RampSeconds ?? 0,
                i?.ForSeconds ?? 0))],
            asked.Ensemble?.Size ?? DefaultMembers, asked.Ensemble?.Sampling ?? "latin-hypercube", asked.Ensemble?.Seed ?? 1,
            asked.Tolerance ?? DefaultTolerance,
            asked.Solver ?? "rodas3", asked.Cells ?? Math.Min(DefaultCells, model.Physics?.Axis.Cells ?? DefaultCells),
            [.. (asked.Sweep ?? []).Select(s => new SweepAxis(s?.Target ?? "", s?.Values ?? [], s?.Unit ?? ""))]);
        try
        {
            ScenarioRules.Check(model, definition);
        }
        catch (InvalidScenarioException e)
        {
            throw new InvalidScenarioException([.. e.Problems.Select(p => p.Value is "NaN" or "" ? p with { Value = "missing" } : p)]);
        }
        return definition;
    }

    static DateTimeOffset ValidAt(string? text, DateTimeOffset now)
    {
        var allowed = string.Create(
            CultureInfo.InvariantCulture, $"a time in ISO 8601 from 1970 up to now, e.g. {now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");
        try
        {
            return Input.Time("validAt", text) is not { } at ? now
                : at >= ScenarioRules.Earliest && at <= now + Input.Ahead ? at
                : throw Invalid("validAt", text!, allowed);
        }
        catch (InvalidInputException)
        {
            throw Invalid("validAt", text!, allowed);
        }
    }

    public static InvalidScenarioException Invalid(string path, string value, string allowed) => new([new(path, value, allowed)]);
}
