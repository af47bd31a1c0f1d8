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
        Formats: CSV, one JSON object per line, or Parquet; wide (a time and one column per sensor) or long (time, sensor, value[, unit]
        [, quality]). Columns are named after sensor ids or names, in any case, optionally with a unit in brackets, or as the model's
        `imports.csv` says. Parameters override `imports.csv`. Cells that cannot be read are rejected individually, with line and reason;
        columns unknown to the model are listed in the answer. An import can be repeated: readings already stored count as duplicates.
        `Content-Encoding` may be gzip, br or deflate; text may have the charset utf-8, us-ascii, iso-8859-1, iso-8859-15, windows-1252
        or utf-16. `Accept: application/x-ndjson` reports progress every second. InfluxDB's annotated CSV is not supported.
        """;

    /// <summary>Query parameters and their descriptions.</summary>
    public static IReadOnlyDictionary<string, string> Parameters { get; } = new Dictionary<string, string>
    {
        [ImportFormats.Preview] =
            "true: stores nothing; shows how the first rows would be read, and settings that would read more of them.",
        ["separator"] = "Separator of CSV columns; default: the most frequent one of ; tab | and , in the header.",
        ["decimal"] = "Decimal separator: . (default) or , (comma).",
        ["thousands"] = "Thousands separator: . or , or ' or a blank, or none (default). Numbers without it are also read; wrong "
            + "grouping is rejected.",
        ["missing"] = "Exact text of a cell that stands for 'no value': stored as a reading without a value, quality bad. Can be "
            + "repeated; an empty one makes empty cells count as well.",
        ["comment"] = "Lines that begin with this character are skipped.",
        ["time"] = "Header of the time column (default time); if given twice, of the date and the time-of-day columns.",
        ["time-format"] = "A .NET format, e.g. dd.MM.yyyy HH:mm:ss or M/d/yyyy h:mm:ss tt; or epoch-s, epoch-ms, epoch-us, epoch-ns. "
            + "ISO 8601 is always read as well.",
        ["time-zone"] = "IANA time zone for times without an offset; default UTC. Daylight saving is resolved by the order of the rows; "
            + "times that remain ambiguous are rejected.",
        ["units-row"] = "true: the line under the header of a CSV file holds the units of its columns.",
    };

    public static void AddImportReference(this WebApplicationBuilder builder)
    {
        // Otherwise counts would be described as "number or string".
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        builder.AddApiReference(
            "Pollux ingest API", "Bulk import of readings. Live readings arrive over MQTT.",
            [("Imports", "Files with readings of any age.")],
            _ => { });
    }

    public static void Describe(this RouteHandlerBuilder import) => import
        .WithName("ImportTelemetry").WithTags("Imports").WithSummary("Import readings of any age in bulk")
            .WithDescription(Description.ReplaceLineEndings(" "))
        .Produces<ImportProgress>(contentType: "application/json", additionalContentTypes: "application/x-ndjson")
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status429TooManyRequests)
        .ProducesProblem(StatusCodes.Status504GatewayTimeout)
        .AddOpenApiOperationTransformer(async (operation, context, cancel) =>
        {
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
                (parameter.Description, parameter.Example) = ("Id of the asset that the readings belong to.", "extrusion-line");
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
                    Description = "Result of the import; with preview=true, what it would be.",
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
