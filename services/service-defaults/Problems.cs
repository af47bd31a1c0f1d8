using System.ComponentModel;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using TwinModel.Scenarios;

namespace ServiceDefaults;

/// <summary>A kind of error. Clients branch on <see cref="Type"/>, so a kind never changes its name or status.</summary>
/// <param name="Name">Last part of the URN.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Grpc">gRPC status.</param>
/// <param name="Title">Short text, the same for every error of the kind.</param>
/// <param name="Retry">The same request may succeed later.</param>
public sealed record ProblemKind(string Name, int Status, StatusCode Grpc, string Title, bool Retry = false)
{
    const string Urn = "urn:pollux:problem:";

    public static readonly ProblemKind InvalidInput = new("invalid-input", 400, StatusCode.InvalidArgument, "Invalid input");
    public static readonly ProblemKind InvalidModel = new("invalid-model", 400, StatusCode.InvalidArgument, "Invalid asset model");
    public static readonly ProblemKind InvalidScenario = new("invalid-scenario", 400, StatusCode.InvalidArgument, "Invalid scenario");
    public static readonly ProblemKind Unauthenticated = new("unauthenticated", 401, StatusCode.Unauthenticated, "Not known who asks");
    public static readonly ProblemKind Forbidden = new("forbidden", 403, StatusCode.PermissionDenied, "Not allowed to this caller");
    public static readonly ProblemKind NotFound = new("not-found", 404, StatusCode.NotFound, "Not found");
    public static readonly ProblemKind MethodNotAllowed = new("method-not-allowed", 405, StatusCode.Unimplemented, "Method not allowed");
    public static readonly ProblemKind WrongState = new("wrong-state", 409, StatusCode.FailedPrecondition, "Not possible in this state");
    public static readonly ProblemKind ChangedMeanwhile = new(
        "changed-meanwhile", 409, StatusCode.Aborted, "Changed meanwhile", Retry: true);
    public static readonly ProblemKind TooLarge = new("too-large", 413, StatusCode.ResourceExhausted, "Too large");
    public static readonly ProblemKind UnsupportedMediaType = new(
        "unsupported-media-type", 415, StatusCode.InvalidArgument, "Unsupported media type");
    public static readonly ProblemKind Busy = new("busy", 429, StatusCode.ResourceExhausted, "Busy", Retry: true);
    public static readonly ProblemKind QuotaExceeded = new(
        "quota-exceeded", 429, StatusCode.ResourceExhausted, "Quota used up", Retry: true);
    public static readonly ProblemKind Cancelled = new("cancelled", 499, StatusCode.Cancelled, "Cancelled");
    public static readonly ProblemKind Internal = new("internal", 500, StatusCode.Internal, "Internal error");
    public static readonly ProblemKind Unavailable = new("unavailable", 503, StatusCode.Unavailable, "Not available", Retry: true);
    public static readonly ProblemKind LogUnreachable = new(
        "log-unreachable", 503, StatusCode.Unavailable, "Event log not reachable", Retry: true);
    public static readonly ProblemKind UpstreamError = new("upstream-error", 503, StatusCode.Unavailable, "Upstream error", Retry: true);
    public static readonly ProblemKind Timeout = new("timeout", 504, StatusCode.DeadlineExceeded, "Took too long", Retry: true);

    /// <summary>Every kind; where several share a status, errors of the framework itself are assigned to the first.</summary>
    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        InvalidInput, InvalidModel, InvalidScenario, Unauthenticated, Forbidden, NotFound, MethodNotAllowed, WrongState, ChangedMeanwhile,
        TooLarge, UnsupportedMediaType, Busy, QuotaExceeded, Cancelled, Internal, Unavailable, LogUnreachable, UpstreamError, Timeout,
    ];

    /// <summary>The URN of the kind.</summary>
    public string Type => Urn + Name;

    /// <summary>The kind for a bare HTTP status.</summary>
    public static ProblemKind OfStatus(int status) =>
        All.FirstOrDefault(k => k.Status == status) ?? (status < 500 ? InvalidInput : Internal);
}

/// <summary>The field that an error is about.</summary>
/// <param name="Field">Its name, or its path in a body.</param>
/// <param name="Value">Its value, shortened; null when missing or not understood.</param>
/// <param name="Allowed">What would have been accepted.</param>
public sealed record OffendingField(string Field, string? Value, string Allowed);

/// <summary>An error as RFC 9457 describes it (application/problem+json).</summary>
public sealed record Problem(
    [property: Description("URN of the kind of error, for clients to branch on, e.g. urn:pollux:problem:invalid-input.")] string Type,
    [property: Description("Name of the kind of error; the same for every error of that kind.")] string Title,
    [property: Description("The HTTP status.")] int Status,
    [property: Description("Human-readable description of what is wrong with this request.")] string Detail,
    [property: Description("Path of the request.")] string Instance,
    [property: Description("The parameter, header or member of the body at fault; absent when there is no single one.")] string? Field,
    [property: Description("What the field held, at most 100 characters; absent if it is missing or of the wrong type.")] string? Value,
    [property: Description("What the field may hold.")] string? Allowed,
    [property: Description("Every problem with a scenario; absent for other requests.")] IReadOnlyList<ScenarioProblem>? Errors,
    [property: Description("W3C trace id, hexadecimal, as found in traces and in the service's log.")] string TraceId)
{
    public const string MediaType = "application/problem+json";

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // The output is never embedded in HTML; units and quotes stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The problem for an exception thrown by an operation.</summary>
    public static Problem Of(HttpContext context, Exception exception)
    {
        var meaning = ServiceDefaults.Errors.Meaning(exception);
        // The exceptions of these two state only in words what was expected.
        var offending = exception is BadHttpRequestException
        {
            StatusCode: StatusCodes.Status413PayloadTooLarge or StatusCodes.Status415UnsupportedMediaType,
        } refused
            ? Refused(context, refused.StatusCode) : ServiceDefaults.Errors.Offending(exception);
        return Of(context, meaning.Kind, meaning.Http, meaning.Detail, offending) with
        {
            Errors = (exception as InvalidScenarioException)?.Problems is { Count: > 0 } all ? all : null,
        };
    }

    /// <summary>The problem for a bare status set by the framework.</summary>
    public static Problem Of(HttpContext context)
    {
        var status = context.Response.StatusCode;
        return Of(context, ProblemKind.OfStatus(status), status, DetailOf(context, status), Refused(context, status));
    }

    static Problem Of(HttpContext context, ProblemKind kind, int status, string detail, OffendingField? field) => new(
        kind.Type, kind.Title, status, detail, (context.Request.PathBase + context.Request.Path).ToUriComponent(), field?.Field,
        field?.Value, field?.Allowed, null,
        Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier);

    static string DetailOf(HttpContext context, int status) => status switch
    {
        StatusCodes.Status404NotFound => "There is no operation at this path.",
        StatusCodes.Status405MethodNotAllowed =>
            $"This path does not accept {context.Request.Method}; allowed: {context.Response.Headers.Allow}.",
        StatusCodes.Status413PayloadTooLarge => "The body is too large.",
        StatusCodes.Status415UnsupportedMediaType => "The Content-Type of the body is not supported.",
        StatusCodes.Status429TooManyRequests => "Too many requests; Retry-After says when to try again.",
        StatusCodes.Status503ServiceUnavailable => "Not available at the moment; try again.",
        _ => "The request was refused.",
    };

    static OffendingField? Refused(HttpContext context, int status) => status switch
    {
        StatusCodes.Status413PayloadTooLarge when context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize is { } most =>
            new("body", null, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"at most {most} bytes")),
        StatusCodes.Status415UnsupportedMediaType => new(
            "Content-Type", context.Request.ContentType,
            context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes is { Count: > 0 } accepted
                ? string.Join(", ", accepted)
                : "application/json"),
        _ => null,
    };

    /// <summary>Sends the problem whatever the caller accepts: an unreadable error is worse than one of another media type.</summary>
    public Task Write(HttpContext context)
    {
        context.Response.StatusCode = Status;
        return context.Response.WriteAsJsonAsync(this, Json, MediaType);
    }
}
