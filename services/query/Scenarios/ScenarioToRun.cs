using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using TwinModel.Scenarios;

namespace Query.Scenarios;

/// <summary>A scenario request; members that are left out have defaults.</summary>
/// <param name="Ensemble">How uncertain parameters of the machine are varied.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record ScenarioToRun(
    [property: Description("The asset.")] string? Asset = null,
    [property: Description("For people, at most 200 characters.")] string? Name = null,
    [property: Description("The machine's state at this time is the start, ISO 8601, from 1970 up to now; default: now.")]
    string? ValidAt = null,
    [property: Description(
        "What the log held then: a log position or a time in ISO 8601; default: everything.")] JsonElement? KnownAt = null,
    [property: Description("steady or transient; default: steady, or transient when a horizon is given.")] string? Mode = null,
    [property: Description("Length of a transient run, s.")] double? HorizonSeconds = null,
    [property: Description("What the scenario changes against the baseline.")] IReadOnlyList<InterventionToRun>? Interventions = null,
    EnsembleToRun? Ensemble = null,
    [property: Description("Relative tolerance of the integrator; default 1e-4.")] double? Tolerance = null,
    [property: Description("rodas3 (default) or tr-bdf2.")] string? Solver = null,
    [property: Description("Cells of the axis; default 100. The model's own number is the most accurate one in use.")] int? Cells = null,
    [property: Description("Inputs or targets varied over a grid, at most two; steady only.")] IReadOnlyList<SweepToRun>? Sweep = null)
{
    const string Number = "a number";
    const string Whole = "a whole number";
    const string List = "a list";
    const string Text = "text";

    static readonly Dictionary<string, string> Kinds = new()
    {
        ["horizonSeconds"] = Number,
        ["tolerance"] = Number,
        ["value"] = Number,
        ["values"] = "a list of numbers",
        ["fromSeconds"] = Number,
        ["rampSeconds"] = Number,
        ["forSeconds"] = Number,
        ["cells"] = Whole,
        ["size"] = Whole,
        ["seed"] = "a whole number, 0 or above",
        ["interventions"] = List,
        ["sweep"] = List,
        ["ensemble"] = "an object with size, sampling, seed",
        ["$"] = "a JSON object with asset and interventions",
    };

    static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    /// <summary>Reads a request body.</summary>
    /// <exception cref="InvalidScenarioException">The body is malformed; names the path.</exception>
    public static async Task<ScenarioToRun> Read(Stream body, CancellationToken cancel)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<ScenarioToRun>(body, Json, cancel)
                ?? throw new InvalidScenarioException([new("body", "null", Kinds["$"])]);
        }
        catch (JsonException e)
        {
            throw new InvalidScenarioException([Problem(e)]);
        }
    }

    static ScenarioProblem Problem(JsonException e)
    {
        var path = e.Path is null or "$" ? "$" : e.Path.TrimStart('$').TrimStart('.');
        var last = path[(path.LastIndexOf('.') + 1)..];
        if (last.IndexOf('[', StringComparison.Ordinal) is > 0 and var bracket) last = last[..bracket];
        // The library tells this case apart only by its message.
        if (e.Message.Contains("could not be mapped", StringComparison.Ordinal))
            return new(path, "unknown", $"members are {Members(path)}");
        return path == "$"
            ? new("body", "not JSON, or of another kind", Kinds["$"])
            : new(path, "of another kind", Kinds.GetValueOrDefault(last, Text));
    }

    static string Members(string path)
    {
        var type = path.StartsWith("interventions", StringComparison.Ordinal) ? typeof(InterventionToRun)
            : path.StartsWith("ensemble", StringComparison.Ordinal) ? typeof(EnsembleToRun)
            : path.StartsWith("sweep", StringComparison.Ordinal) ? typeof(SweepToRun)
            : typeof(ScenarioToRun);
        return string.Join(", ", type.GetProperties().Where(p => p.CanWrite).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)));
    }
}

/// <summary>A change of an input, target or parameter.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record InterventionToRun(
    [property: Description(
        "Input (screw-speed), target (production-rate: the input that reaches it is solved for) or component.parameter.")]
    string? Target = null,
    [property: Description("set (default): to the value; scale: times the value; offset: plus the value.")] string? Kind = null,
    [property: Description("In unit; a factor for scale.")] double? Value = null,
    [property: Description("Default: the unit of the target; offsets of temperatures are in K.")] string? Unit = null,
    [property: Description("Start of the change after the start of the run, s; default 0.")] double? FromSeconds = null,
    [property: Description("Time over which an input moves, s; default 0, a step.")] double? RampSeconds = null,
    [property: Description("How long, s; default 0, to the end of the run.")] double? ForSeconds = null);

/// <summary>Ensemble members with varied parameters: uncertainty about the machine becomes a band.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record EnsembleToRun(
    [property: Description("Members besides the nominal one; default 200, 0: none.")] int? Size = null,
    [property: Description("latin-hypercube (default) or sobol.")] string? Sampling = null,
    [property: Description("Decides the members; default 1.")] ulong? Seed = null);

/// <summary>Values of one swept input.</summary>
/// <param name="Values">Values of the input, in unit.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record SweepToRun(
    [property: Description("Input or target.")] string? Target = null,
    IReadOnlyList<double>? Values = null,
    [property: Description("Default: the unit of the target.")] string? Unit = null);
