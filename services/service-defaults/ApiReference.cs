using System.Collections.Concurrent;
using System.ComponentModel;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using ServiceDefaults.Access;

namespace ServiceDefaults;

/// <summary>What the OpenAPI documents of all services have in common.</summary>
public static class ApiReference
{
    const string Bearer = "bearer";

    static readonly Dictionary<string, string> Errors = new()
    {
        ["400"] = "The input was refused; `field` names the member at fault and `allowed` says what is accepted.",
        ["401"] = "A token is needed, or the one that was sent is not valid; `detail` says why.",
        ["403"] = "The token has none of the roles that may do this; `detail` names them.",
        ["404"] = "It does not exist.",
        ["409"] = "Not possible in the current state.",
        ["413"] = "The body is too large, or the request asks for too much; `allowed` names the limit.",
        ["415"] = "The body is not JSON.",
        ["429"] = "Too many requests; `Retry-After` says when to try again.",
        ["500"] = "Internal error; it is logged with `traceId`.",
        ["503"] = "The event log cannot be reached, or the service has just started; try again.",
        ["504"] = "It took too long; it is safe to repeat the request.",
    };

    /// <summary>Describes the service's operations at /openapi/v1.json (OpenAPI 3.1).</summary>
    /// <param name="builder">The service.</param>
    /// <param name="title">Name of the API.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="tags">Groups of operations.</param>
    /// <param name="more">Options of this service only.</param>
    public static void AddApiReference(
        this WebApplicationBuilder builder, string title, string description, IReadOnlyList<(string Name, string Description)> tags,
        Action<OpenApiOptions> more) =>
        builder.Services.AddOpenApi("v1", openApi =>
        {
            var types = new ConcurrentDictionary<string, JsonTypeInfo>();
            openApi.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            // HEAD equals GET without the body.
            openApi.ShouldInclude = operation => !HttpMethods.IsHead(operation.HttpMethod ?? "");
            more(openApi);
            openApi.AddOperationTransformer((operation, context, _) =>
            {
                if (!HttpMethods.IsGet(context.Description.HttpMethod ?? "")) AddCaller(operation);
                if (AccessTable.Of(operation.OperationId ?? "") is not Roles.None and var roles)
                {
                    operation.Description = $"{operation.Description} For {string.Join(", ", AccessTable.Names(roles))}.".TrimStart();
                    if (Asks(context.ApplicationServices)) operation.Security = [Needed(context.Document)];
                }
                foreach (var (status, response) in operation.Responses ?? [])
                    if (Errors.TryGetValue(status, out var meaning)) response.Description = meaning;
                return Task.CompletedTask;
            });
            openApi.AddSchemaTransformer((_, context, _) =>
            {
                if (OpenApiOptions.CreateDefaultSchemaReferenceId(context.JsonTypeInfo) is { } id) types.TryAdd(id, context.JsonTypeInfo);
                return Task.CompletedTask;
            });
            openApi.AddDocumentTransformer((document, context, _) =>
            {
                document.Info = new()
                {
                    Title = title,
                    Version = "v1",
                    Description = $"{description} Times are ISO 8601 in UTC. Every error is a `Problem` (RFC 9457) whose `type` names its "
                        + "kind, with `field`, `value` and "
                        + "`allowed` if an input was refused. Where the system asks who is calling (`Access:Issuer`), each request needs a "
                        + "token of the issuer (RFC 6750) with one of the roles that the operation is for.",
                    Contact = new() { Name = "The operator of this Pollux system" },
                    // SPDX requires a LicenseRef name for a licence that is not on its list.
                    License = new() { Name = "No public licence", Identifier = "LicenseRef-not-published" },
                };
                document.Servers = [new() { Url = "/", Description = "This service" }];
                document.Components ??= new();
                document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
                document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    BearerFormat = "JWT",
                    Description = "An access token of the system's issuer.",
                };
                // An empty requirement besides, where nobody is asked: a token is not refused.
                document.Security = Asks(context.ApplicationServices) ? [Needed(document)] : [Needed(document), new()];
                document.Tags = tags.Select(t => new OpenApiTag { Name = t.Name, Description = t.Description }).ToHashSet();
                foreach (var (id, component) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
                    if (component is OpenApiSchema schema && types.TryGetValue(id, out var type)) Describe(schema, type);
                return Task.CompletedTask;
            });
        });

    static bool Asks(IServiceProvider services) => services.GetRequiredService<IOptions<AccessSettings>>().Value.IsOn;

    static OpenApiSecurityRequirement Needed(OpenApiDocument? document) =>
        new() { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] };

    static void AddCaller(OpenApiOperation operation)
    {
        operation.Parameters ??= [];
        Add(Caller.ActorHeader, $"Who asks, stored with the events that follow: 1 to {Caller.LongestActor} characters, percent-encoded "
            + "UTF-8.");
        Add(Caller.ReasonHeader, $"Why, stored with the events that follow: at most {Caller.LongestReason} characters, percent-encoded "
            + "UTF-8.");

        void Add(string header, string description) => operation.Parameters.Add(new OpenApiParameter
        {
            Name = header,
            In = ParameterLocation.Header,
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
    }

    // Applied at the end: descriptions of members that are schema references are lost in earlier transformers.
    static void Describe(OpenApiSchema schema, JsonTypeInfo type)
    {
        schema.Description ??= Documentation.OfType(type.Type);
        // The generator marks every parameter of a record as required; these are omitted when null.
        if (type.Type == typeof(Problem)) schema.Required?.ExceptWith(["field", "value", "allowed", "errors"]);
        foreach (var member in type.Properties)
        {
            if (member.AttributeProvider is not PropertyInfo property
                || schema.Properties?.TryGetValue(member.Name, out var described) != true) continue;
            var text = property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? Documentation.OfProperty(property);
            if (text is null) continue;
            if (described is OpenApiSchemaReference reference) reference.Description = text;
            else if (described is OpenApiSchema inline) inline.Description = text;
        }
    }
}
