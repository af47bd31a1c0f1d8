using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;
using ServiceDefaults;

namespace Query.Api;

/// <summary>The API description at /openapi/v1.json (OpenAPI 3.1), and a page at /scalar to read it and try it out.</summary>
static class Reference
{
    const string DateTime = "date-time";

    static readonly string[] Times = ["validAt", "since", "until", "at"];

    static readonly (string Name, string Description)[] Tags =
    [
        ("Assets", "Machines, the models they follow, and their registration."),
        ("Models", "What machines are made of and measure; revised while everything goes on, with a preview of what that changes."),
        ("Twins", "The current state of machines, their state at any time in the past, and the history of their sensors."),
        ("Graph", "How assets, places and components are related: the plant as a tree, and questions along relationships."),
        ("Health", "Condition and remaining life of wearing parts, and their maintenance records."),
        ("Decisions", "When to replace a part: options compared by cost and risk, and the outcome of past decisions."),
        ("Calibrations", "Parameters of a machine's physics, learned from a part of its history; people adopt them or roll them back."),
        ("Corrections", "Readings that people have corrected or retracted; a correction can be withdrawn."),
        ("Alarms", "Alarms for exceeded limits and missing data, and their acknowledgement."),
        ("Scenarios", "What-if questions, answered by simulating a machine's twin."),
        ("Rejected", "Payloads that could not be accepted, with the reasons; they can be replayed."),
        ("Event log", "The log that everything else is derived from."),
        ("Rebuilds", "Twins rebuilt from the whole log, many at a time, while everything goes on."),
        ("Policies", "Who may do what on which assets, and why somebody may or not."),
        ("Replicas", "The replicas of a service, which share the assets among them."),
    ];

    public static void AddReference(this WebApplicationBuilder builder) => builder.AddApiReference(
        "Pollux query API",
        "Live twins of machines, their history, and the event log they are derived from. Values are in the sensor's unit. HEAD works "
            + "wherever GET does. The same operations are available over gRPC and gRPC-Web (package `pollux.query.v1`, with reflection).",
        Tags,
        openApi =>
        {
            openApi.AddOperationTransformer(AddTimesAndExamples);
            openApi.AddSchemaTransformer(SayThatTimesAreText);
        });

    public static void MapReference(this WebApplication app)
    {
        app.MapOpenApi().WithHead().AllowAnonymous();
        app.MapScalarApiReference("/scalar", (scalar, context) =>
        {
            var nonce = SecurityHeaders.Nonce();
            context.Response.Headers.ContentSecurityPolicy = Policy(nonce);
            scalar.WithNonce(nonce);
            scalar.Title = "Pollux API";
            // The page must work without internet access, and tells nobody about its use.
            scalar.DefaultFonts = scalar.Telemetry = false;
            (scalar.Agent, scalar.Mcp) = (new() { Disabled = true }, new() { Disabled = true });
        }).WithHead().AllowAnonymous();
        app.MapGet("/", () => Results.Redirect("/scalar")).WithHead().AllowAnonymous().ExcludeFromDescription();
    }

    // The page makes its style sheets by script, without a mark. It asks nobody but this service.
    static string Policy(string nonce) =>
        $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
            + "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    // Times have a custom converter, so the generator does not know that they are strings.
    static Task SayThatTimesAreText(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancel)
    {
        var type = context.JsonTypeInfo.Type;
        if (type == typeof(DateTimeOffset)) (schema.Type, schema.Format) = (JsonSchemaType.String, DateTime);
        if (type == typeof(DateTimeOffset?)) (schema.Type, schema.Format) = (JsonSchemaType.String | JsonSchemaType.Null, DateTime);
        if (type == typeof(string) && context.JsonPropertyInfo is { Name: "validAt" }) schema.Format = DateTime;
        // The only member with two types (knownAt).
        if (type == typeof(System.Text.Json.JsonElement?))
        {
            schema.Type = null;
            schema.AnyOf = [.. PositionOrTime(), new OpenApiSchema { Type = JsonSchemaType.Null }];
        }
        return Task.CompletedTask;
    }

    static IEnumerable<IOpenApiSchema> PositionOrTime() =>
    [
        new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0", Description = "A log position." },
        new OpenApiSchema { Type = JsonSchemaType.String, Format = DateTime, Description = "A time in ISO 8601." },
    ];

    static Task AddTimesAndExamples(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            var schema = parameter.Schema as OpenApiSchema;
            var isTime = Times.Contains(parameter.Name) || (parameter.Name is "from" or "to" && !IsGraph(context.Description.RelativePath));
            if (schema is { Type: JsonSchemaType.String } && isTime) schema.Format = DateTime;
            if (parameter.Name == "knownAt") parameter.Schema = new OpenApiSchema { AnyOf = [.. PositionOrTime()] };
            if (ExampleOf(parameter.Name, context.Description.RelativePath ?? "") is { } example)
                parameter.Example = schema?.Type == JsonSchemaType.Array ? new JsonArray(example) : JsonValue.Create(example);
            parameter.Description ??= DescriptionOf(parameter.Name);
        }
        return Task.CompletedTask;
    }

    // There from is where a path starts.
    static bool IsGraph(string? path) => path?.EndsWith("/graph", StringComparison.Ordinal) == true;

    static string? DescriptionOf(string? parameter) => parameter switch
    {
        "id" => "Id of the resource.",
        "correctionId" => "Id of the correction.",
        "component" => "Id of a component of the asset's model.",
        "type" => "Type of the relationship.",
        "target" => "Id of the asset that it leads to.",
        "a" or "b" => "Id of a completed scenario.",
        _ => null,
    };

    static string? ExampleOf(string? parameter, string path) => (parameter, path) switch
    {
        ("id", var p) when p.Contains("/alarms/", StringComparison.Ordinal) => "extrusion-line.melt-pressure-high.1772344800000000",
        ("id", var p) when p.Contains("/rejected/", StringComparison.Ordinal) => "0198c1de-5f0a-7c52-9a52-0f6c3a1b7d10",
        ("id" or "a", var p) when p.Contains("/scenarios/", StringComparison.Ordinal) => "0198c1de-5f0a-7c52-9a52-0f6c3a1b7d10",
        ("b", var p) when p.Contains("/scenarios/", StringComparison.Ordinal) => "0198c1de-5f0a-7c52-9a52-0f6c3a1b7d11",
        ("state", var p) when p.Contains("scenarios", StringComparison.Ordinal) => "completed",
        ("state", var p) when p.Contains("decisions", StringComparison.Ordinal) => "recommended",
        ("id", var p) when p.Contains("/decisions/", StringComparison.Ordinal) => "0198c1de-5f0a-7c52-9a52-0f6c3a1b7d12",
        ("state", var p) when p.Contains("calibrations", StringComparison.Ordinal) => "proposed",
        ("id", var p) when p.Contains("/calibrations/", StringComparison.Ordinal) => "0198c1de-5f0a-7c52-9a52-0f6c3a1b7d13",
        ("from", var p) when IsGraph(p) => "line-2",
        ("path", _) => "<feeds",
        ("kind", _) => "machine",
        ("condition", _) => "degrading",
        ("alarm", var p) when IsGraph(p) => "critical",
        ("type", var p) when p.Contains("/relationships", StringComparison.Ordinal) => "part-of",
        ("target", _) => "line-2",
        ("id", var p) when p.Contains("/rebuilds/", StringComparison.Ordinal) => "0198c1de-5f0a-7c52-9a52-0f6c3a1b7d14",
        ("component", _) => "gearbox-bearing",
        ("id" or "asset", _) => "extrusion-line",
        ("assets", _) => "extrusion-line,pump-loop",
        ("model", _) => "pump-loop",
        ("severity", _) => "alarm",
        ("state", _) => "active",
        ("sensor", _) => "melt-temperature",
        ("validAt" or "from" or "since", _) => "2026-03-01T06:00:00Z",
        ("to", _) => "2026-03-01T14:00:00Z",
        ("bucket", _) => "1d",
        ("timeZone", _) => "Europe/Berlin",
        ("fill", _) => "previous",
        ("format", _) => "csv",
        ("knownAt", _) => "2026-03-02T00:00:00Z",
        ("stream", _) => "telemetry/extrusion-line/*",
        ("actor", _) => "Ada Marsh",
        ("at", _) => "2026-03-01T06:00:00Z",
        _ => null,
    };
}
