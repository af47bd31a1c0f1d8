using System.Collections.Concurrent;
using System.ComponentModel;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Query.Api;

/// <summary>The API's description at /openapi/v1.json (OpenAPI 3.1) and a page to read and try it at /scalar.</summary>
static class Reference
{
    const string DateTime = "date-time";

    static readonly string[] Times = ["validAt", "from", "to", "since"];

    static readonly (string Name, string Description)[] Tags =
    [
        ("Assets", "Machines, the models they follow, and their registration."),
        ("Twins", "The present state of machines, their state as of any time, and the history of their sensors."),
        ("Health", "Condition and remaining life of wearing parts, and what maintenance did."),
        ("Decisions", "When to replace a part: options compared by cost and risk, and what came of past decisions."),
        ("Alarms", "Limits that readings have crossed, and their acknowledgement."),
        ("Scenarios", "What would happen if: simulated runs of a machine's twin."),
        ("Rejected", "Payloads that were not understood, with the reasons; they can be replayed."),
        ("Event log", "The log that everything else is derived from."),
    ];

    static readonly Dictionary<string, string> Errors = new()
    {
        ["400"] = "The input was refused; `field` names the member at fault and `allowed` says what is accepted.",
        ["404"] = "There is no such thing.",
        ["409"] = "Not possible in the present state.",
        ["413"] = "The body is too large, or the request asks for more than is answered; `allowed` names the limit.",
        ["415"] = "The body is not JSON.",
        ["429"] = "Too many requests; `Retry-After` says when to come back.",
        ["500"] = "Internal error; it is logged with `traceId`.",
        ["503"] = "The event log cannot be reached, or the service has just started and knows no assets yet; try again.",
        ["504"] = "It took too long; repeating it is harmless.",
    };

    public static void AddReference(this WebApplicationBuilder builder) => builder.Services.AddOpenApi("v1", openApi =>
    {
        var types = new ConcurrentDictionary<string, JsonTypeInfo>();
        openApi.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        // HEAD is what GET is, without the body.
        openApi.ShouldInclude = operation => !HttpMethods.IsHead(operation.HttpMethod ?? "");
        openApi.AddOperationTransformer(AddErrorsAndExamples);
        openApi.AddSchemaTransformer((schema, context, _) =>
        {
            if (OpenApiOptions.CreateDefaultSchemaReferenceId(context.JsonTypeInfo) is { } id) types.TryAdd(id, context.JsonTypeInfo);
            return SayThatTimesAreText(schema, context);
        });
        openApi.AddDocumentTransformer((document, _, _) => Complete(document, types));
    });

    public static void MapReference(this WebApplication app)
    {
        app.MapOpenApi().WithHead();
        app.MapScalarApiReference("/scalar", scalar =>
        {
            scalar.Title = "Pollux API";
            // The page must work where there is no internet.
            scalar.DefaultFonts = false;
        });
        app.MapGet("/", () => Results.Redirect("/scalar")).ExcludeFromDescription();
    }

    static Task Complete(OpenApiDocument document, ConcurrentDictionary<string, JsonTypeInfo> types)
    {
        document.Info = new()
        {
            Title = "Pollux query API",
            Version = "v1",
            Description = "Live twins of machines, their history, and the event log they come from. Times are ISO 8601 in UTC; values carry "
                + "the sensor's unit; every error is a `Problem` (RFC 9457) whose `type` names its kind, with `field`, `value` and `allowed` where an input was refused. "
                + "HEAD is answered wherever GET is. There is no authentication yet. "
                + "The same abilities are offered over gRPC and gRPC-Web (package `pollux.query.v1`, reflection is on).",
            Contact = new() { Name = "The operator of this Pollux system" },
            // SPDX wants a name of its own for what is on no list.
            License = new() { Name = "No public licence", Identifier = "LicenseRef-not-published" },
        };
        document.Servers = [new() { Url = "/", Description = "This service" }];
        // No authentication exists: an empty requirement says so.
        document.Security = [new()];
        document.Tags = Tags.Select(t => new OpenApiTag { Name = t.Name, Description = t.Description }).ToHashSet();
        foreach (var (id, component) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
            if (component is OpenApiSchema schema && types.TryGetValue(id, out var type)) Describe(schema, type);
        return Task.CompletedTask;
    }

    // Done at the end: descriptions of members that are references do not survive the way here.
    static void Describe(OpenApiSchema schema, JsonTypeInfo type)
    {
        schema.Description ??= Documentation.OfType(type.Type);
        foreach (var member in type.Properties)
        {
            if (member.AttributeProvider is not PropertyInfo property || schema.Properties?.TryGetValue(member.Name, out var described) != true) continue;
            var text = property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? Documentation.OfProperty(property);
            if (text is null) continue;
            if (described is OpenApiSchemaReference reference) reference.Description = text;
            else if (described is OpenApiSchema inline) inline.Description = text;
        }
    }

    // Times have a converter of their own, which hides from the generator that they are text.
    static Task SayThatTimesAreText(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        var type = context.JsonTypeInfo.Type;
        if (type == typeof(DateTimeOffset)) (schema.Type, schema.Format) = (JsonSchemaType.String, DateTime);
        if (type == typeof(DateTimeOffset?)) (schema.Type, schema.Format) = (JsonSchemaType.String | JsonSchemaType.Null, DateTime);
        if (type == typeof(string) && context.JsonPropertyInfo is { Name: "validAt" }) schema.Format = DateTime;
        // The only member of two kinds.
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

    static Task AddErrorsAndExamples(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            var schema = parameter.Schema as OpenApiSchema;
            if (schema is { Type: JsonSchemaType.String } && Times.Contains(parameter.Name)) schema.Format = DateTime;
            if (parameter.Name == "knownAt") parameter.Schema = new OpenApiSchema { AnyOf = [.. PositionOrTime()] };
            if (ExampleOf(parameter.Name, context.Description.RelativePath ?? "") is { } example)
                parameter.Example = schema?.Type == JsonSchemaType.Array ? new JsonArray(example) : JsonValue.Create(example);
            parameter.Description ??= DescriptionOf(parameter.Name);
        }
        foreach (var (status, response) in operation.Responses ?? [])
            if (Errors.TryGetValue(status, out var description)) response.Description = description;
        return Task.CompletedTask;
    }

    static string? DescriptionOf(string? parameter) => parameter switch
    {
        "id" => "Id of the thing.",
        "component" => "Id of a component of the asset's model.",
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
        ("component", _) => "gearbox-bearing",
        ("id" or "asset", _) => "extrusion-line",
        ("assets", _) => "extrusion-line,pump-loop",
        ("model", _) => "pump-loop",
        ("severity", _) => "alarm",
        ("state", _) => "active",
        ("sensor", _) => "melt-temperature",
        ("validAt" or "from" or "since", _) => "2026-03-01T06:00:00Z",
        ("to", _) => "2026-03-01T14:00:00Z",
        ("knownAt", _) => "2026-03-02T00:00:00Z",
        ("stream", _) => "telemetry/extrusion-line/*",
        _ => null,
    };
}
