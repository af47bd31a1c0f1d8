using System.Text.Json.Serialization;
using Ingest.Imports;
using Microsoft.OpenApi;
using ServiceDefaults;

namespace Ingest;

/// <summary>The API's description at /openapi/v1.json.</summary>
static class Reference
{
    public static void AddReference(this WebApplicationBuilder builder)
    {
        // Else counts are described as numbers or text.
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        builder.AddApiReference(
            "Pollux ingest API", "Readings in bulk. Live readings come over MQTT.", [("Imports", "Files of readings of any age.")],
            openApi => openApi.AddOperationTransformer((operation, _, _) => DescribeImport(operation)));
    }

    static Task DescribeImport(OpenApiOperation operation)
    {
        // The operation reads the body as a stream, so nothing else tells what it is.
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "Rows of one file.",
            Content = ImportFormats.MediaTypes.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } }),
        };
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            (parameter.Description, parameter.Example) = ("The asset that the readings are of.", "extrusion-line");
        return Task.CompletedTask;
    }
}
