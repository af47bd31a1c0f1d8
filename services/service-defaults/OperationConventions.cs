using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using ServiceDefaults.Access;

namespace ServiceDefaults;

/// <summary>Conventions for all operations of a group.</summary>
public static class OperationConventions
{
    /// <summary>Answers HEAD wherever GET is mapped; Kestrel sends the same headers and drops the body.</summary>
    public static TBuilder WithHead<TBuilder>(this TBuilder operations)
        where TBuilder : IEndpointConventionBuilder
    {
        operations.Finally(endpoint =>
        {
            if (endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { HttpMethods: ["GET"] })
                endpoint.Metadata.Add(new HttpMethodMetadata(["GET", "HEAD"]));
        });
        return operations;
    }

    /// <summary>Describes the errors that an operation can return, each as a <see cref="Problem"/>.</summary>
    public static RouteGroupBuilder WithProblems(this RouteGroupBuilder operations)
    {
        ((IEndpointConventionBuilder)operations).Finally(endpoint =>
        {
            var isLimited = endpoint.Metadata.OfType<EnableRateLimitingAttribute>().Any();
            var hasBody = endpoint.Metadata.OfType<IAcceptsMetadata>().Any();
            var names = endpoint is RouteEndpointBuilder { RoutePattern.Parameters.Count: > 0 };
            var said = endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Where(r => r.StatusCode >= 400).ToList();
            foreach (var response in said) endpoint.Metadata.Remove(response);
            SortedSet<int> statuses = [400, 500, 503, .. said.Select(r => r.StatusCode)];
            if (names) statuses.Add(404);
            if (endpoint.Metadata.OfType<IEndpointNameMetadata>().LastOrDefault() is { } operation
                && AccessTable.Of(operation.EndpointName) != Roles.None)
                statuses.UnionWith([401, 403]);
            // 409: a registered asset whose model cannot be read.
            var route = (endpoint as RouteEndpointBuilder)?.RoutePattern.RawText ?? "";
            string[] ofOneAsset = ["/assets/{id}", "/twins/{id}"];
            if (ofOneAsset.Any(path => route.Contains(path, StringComparison.Ordinal))) statuses.Add(409);
            if (isLimited) statuses.Add(429);
            // What changes something goes over RabbitMQ.
            if (endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault()?.HttpMethods is not ["GET", ..]) statuses.Add(504);
            if (hasBody) statuses.UnionWith([413, 415]);
            foreach (var status in statuses)
                endpoint.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(Problem), [Problem.MediaType]));
        });
        return operations;
    }
}
