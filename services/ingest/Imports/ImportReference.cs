using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using ServiceDefaults;

namespace Ingest.Imports;

/// <summary>Describes the import endpoint at /openapi/v1.json.</summary>
static class ImportReference
{
    const string Description = """
        Formats: CSV, one JSON object per line, Parquet; wide (a time and a column per sensor) or long (time, sensor, value[, unit][, quality]). Columns are named by
        sensor ids or names, in any case, perhaps with a unit in brackets, or as the model's `imports.csv` says. Parameters override `imports.csv`. Cells that cannot be
        read are rejected one by one, with line and reason; columns that the model does not know are listed in the answer. An import can be repeated: what is stored
        already is a duplicate. `Content-Encoding` may be gzip, br or deflate; text may have the charset utf-8, us-ascii, iso-8859-1, iso-8859-15, windows-1252 or
        utf-16. `Accept: application/x-ndjson` reports progress every second. Annotated CSV of InfluxDB is not read.
        """;

    /// <summary>Query parameters and their descriptions.</summary>
    public static IReadOnlyDictionary<string, string> Parameters { get; } = new Dictionary<string, string>
    {
        [ImportFormats.Preview] =
            "true: stores nothing; answers how the first rows would be read, and settings that would read more of them.",
        ["separator"] = "Between columns of CSV; default: the one that the header has most of ; tab | and ,.",
        ["decimal"] = "Between whole number and fraction: . (default) or , (comma).",
        ["thousands"] = "Between groups of three digits: . or , or ' or a blank, or none (default). Numbers without it are read too; wrong "
            + "grouping is rejected.",
        ["missing"] = "A cell that stands for 'no value', exactly as written; a reading without a value, quality bad. Repeat it for "
            + "several; an empty one makes empty cells count.",
        ["comment"] = "Lines that begin with this character are passed over.",
        ["time"] = "Header of the time column (default time); given twice: of the date and of the time of day.",
        ["time-format"] = "As .NET writes it, e.g. dd.MM.yyyy HH:mm:ss or M/d/yyyy h:mm:ss tt; or epoch-s, epoch-ms, epoch-us, epoch-ns. "
            + "ISO 8601 is read as well.",
        ["time-zone"] = "IANA name, for times without an offset; default UTC. Daylight saving is resolved by the order of the rows; what "
            + "stays ambiguous is rejected.",
        ["units-row"] = "true: the line under the header of a CSV file holds the units of its columns.",
    };

    public static void AddImportReference(this WebApplicationBuilder builder)
    {
        // Otherwise counts would be described as "number or string".
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        builder.AddApiReference(
            "Pollux ingest API", "Readings in bulk. Live readings come over MQTT.", [("Imports", "Files of readings of any age.")],
            _ => { });
    }

    public static void Describe(this RouteHandlerBuilder import) => import
        .WithName("ImportTelemetry").WithTags("Imports").WithSummary("Readings of any age in bulk")
            .WithDescription(Description.ReplaceLineEndings(" "))
        .Produces<ImportProgress>(contentType: "application/json", additionalContentTypes: "application/x-ndjson")
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status504GatewayTimeout)
        .AddOpenApiOperationTransformer(async (operation, context, cancel) =>
        {
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
                (parameter.Description, parameter.Example) = ("The asset that the readings are of.", "extrusion-line");
            operation.Parameters = [.. operation.Parameters ?? [], .. Parameters.Select(p => Parameter(p.Key, p.Value))];
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "Rows of one file.",
                Content = ImportFormats.MediaTypes.ToDictionary(type => type, _ => new OpenApiMediaType
                {
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                }),
            };
            if (operation.Responses?.TryGetValue("200", out var answer) == true
                && answer.Content?.TryGetValue("application/json", out var body) == true)
            {
                var progress = body.Schema!;
                body.Schema = new OpenApiSchema
                {
                    OneOf = [progress, await context.GetOrCreateSchemaAsync(typeof(ImportPreview), cancellationToken: cancel)],
                    Description = "What the import came to; with preview=true what it would come to.",
                };
            }
        });

    static OpenApiParameter Parameter(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Query,
        Description = description,
        Schema = name switch
        {
            ImportFormats.Preview or "units-row" => new OpenApiSchema { Type = JsonSchemaType.Boolean, Default = JsonValue.Create(false) },
            "missing" or "time" =>
                new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            _ => new OpenApiSchema { Type = JsonSchemaType.String },
        },
    };
}
