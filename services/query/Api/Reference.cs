using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Query.Api;

/// <summary>The API's description at /openapi/v1.json (OpenAPI 3.1) and a page to read and try it at /scalar.</summary>
static class Reference
{
    public static void AddReference(this WebApplicationBuilder builder) => builder.Services.AddOpenApi("v1", openApi =>
    {
        openApi.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "Pollux query API",
                Version = "v1",
                Description = "Live twins of machines, their history, and the event log they come from. Times are ISO 8601 in UTC; values carry "
                    + "the sensor's unit; errors are ProblemDetails (RFC 9457) with `field` and `allowed` where an input was refused. "
                    + "The same abilities are offered over gRPC (package `pollux.query.v1`, reflection is on).",
            };
            document.Servers = [];
            return Task.CompletedTask;
        });
        openApi.AddOperationTransformer(AddErrorsAndExamples);
        openApi.AddSchemaTransformer(SayThatTimesAreText);
    });

    public static void MapReference(this WebApplication app)
    {
        app.MapOpenApi();
        app.MapScalarApiReference("/scalar", scalar =>
        {
            scalar.Title = "Pollux API";
            // The page must work where there is no internet.
            scalar.DefaultFonts = false;
        });
        app.MapGet("/", () => Results.Redirect("/scalar")).ExcludeFromDescription();
    }

    // Times have a converter of their own, which hides from the generator that they are text.
    static Task SayThatTimesAreText(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancel)
    {
        var type = context.JsonTypeInfo.Type;
        if (type == typeof(DateTimeOffset)) schema.Type = JsonSchemaType.String;
        if (type == typeof(DateTimeOffset?)) schema.Type = JsonSchemaType.String | JsonSchemaType.Null;
        // The only member of two kinds.
        if (type == typeof(System.Text.Json.JsonElement?))
        {
            schema.Type = JsonSchemaType.Integer | JsonSchemaType.String | JsonSchemaType.Null;
            schema.Description = "What the log held then: a log position or a time in ISO 8601; default: everything.";
        }
        return Task.CompletedTask;
    }

    static Task AddErrorsAndExamples(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if (ExampleOf(parameter.Name, context.Description.RelativePath ?? "") is { } example) parameter.Example = JsonValue.Create(example);
        }
        operation.Responses ??= [];
        Add("400", "A parameter was refused; `field` names it and `allowed` says what is accepted.");
        if (context.Description.RelativePath?.Contains('{', StringComparison.Ordinal) == true) Add("404", "No such thing.");
        Add("429", "Too many requests; `Retry-After` says when to come back.");
        Add("503", "The event log cannot be reached, or the service has just started and knows no assets yet; try again.");
        return Task.CompletedTask;

        void Add(string status, string description) => operation.Responses.TryAdd(status, new OpenApiResponse
        {
            Description = description,
            Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() },
        });
    }

    static string? ExampleOf(string? parameter, string path) => (parameter, path) switch
    {
        ("id", var p) when p.Contains("/alarms/", StringComparison.Ordinal) => "extrusion-line.melt-pressure-high.1772344800000000",
        ("id", var p) when p.Contains("/rejected/", StringComparison.Ordinal) => "0198c1de-5f0a-7c52-9a52-0f6c3a1b7d10",
        ("id" or "a", var p) when p.Contains("/scenarios/", StringComparison.Ordinal) => "0198c1de-5f0a-7c52-9a52-0f6c3a1b7d10",
        ("b", var p) when p.Contains("/scenarios/", StringComparison.Ordinal) => "0198c1de-5f0a-7c52-9a52-0f6c3a1b7d11",
        ("state", var p) when p.Contains("scenarios", StringComparison.Ordinal) => "completed",
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
