using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using TwinModel.Scenarios;

namespace Query.Scenarios;

/// <summary>A scenario request; members that are left out have defaults.</summary>
/// <param name="Ensemble">How uncertain parameters of the machine are varied.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record ScenarioToRun(
    [property: Description("Asset id.")] string? Asset = null,
    [property: Description("Display name, at most 200 characters.")] string? Name = null,
    [property: Description("Sample time of the machine's initial state, ISO 8601, from 1970 up to now; default: now.")]
    string? ValidAt = null,
    [property: Description(
        "Uses only what the log held at this point: a log position or a time in ISO 8601; default: everything.")]
    JsonElement? KnownAt = null,
    [property: Description("steady or transient; default: steady, or transient when a horizon is given.")] string? Mode = null,
    [property: Description("Length of a transient run, s.")] double? HorizonSeconds = null,
    [property: Description("What the scenario changes relative to the baseline.")] IReadOnlyList<InterventionToRun>? Interventions = null,
    EnsembleToRun? Ensemble = null,
    [property: Description("Relative tolerance of the integrator; default 1e-4.")] double? Tolerance = null,
    [property: Description("rodas3 (default) or tr-bdf2.")] string? Solver = null,
    [property: Description("Number of cells along the axis, 20 to 400; default: the model's number, at most 100.")]
    int? Cells = null,
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
        ["seed"] = "a whole number, 0 or more",
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
            return new(path, "unknown", $"one of the members {Members(path)}");
        return path == "$"
            ? new("body", "not JSON, or not of this type", Kinds["$"])
            : new(path, "of another type", Kinds.GetValueOrDefault(last, Text));
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
        "An input (screw-speed), a target (production-rate: the input that reaches it is solved for) or component.parameter.")]
    string? Target = null,
    [property: Description("set (default) to the value, scale by the value, or offset by the value.")] string? Kind = null,
    [property: Description("In unit; for scale, a factor.")] double? Value = null,
    [property: Description("Default: the unit of the target; offsets of temperatures are in K.")] string? Unit = null,
    [property: Description("Seconds from the start of the run to the change; default 0.")] double? FromSeconds = null,
    [property: Description("Seconds over which an input ramps; default 0, a step.")] double? RampSeconds = null,
    [property: Description("Seconds that the change lasts; default 0, until the end of the run.")] double? ForSeconds = null);

/// <summary>Ensemble members with varied parameters: uncertainty about the machine becomes a band.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record EnsembleToRun(
    [property: Description("Members besides the nominal one; default 200, 0: none.")] int? Size = null,
    [property: Description("latin-hypercube (default) or sobol.")] string? Sampling = null,
    [property: Description("Seed of the members' parameters; default 1.")] ulong? Seed = null);

/// <summary>Values of one swept input.</summary>
/// <param name="Values">Values of the input, in unit.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record SweepToRun(
    [property: Description("Input or target.")] string? Target = null,
    IReadOnlyList<double>? Values = null,
    [property: Description("Default: the unit of the target.")] string? Unit = null);
