using System.Diagnostics;
using System.Text.Json;
using Grpc.Core;
using Grpc.Core.Interceptors;
using JasperFx;
using JasperFx.Events;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using Npgsql;
using TwinModel.Assets;
using TwinModel.Scenarios;

namespace ServiceDefaults;

/// <summary>Input that cannot be accepted: names the field, the value and what is allowed.</summary>
public sealed class InvalidInputException(string fieldName, object? value, string allowed)
    : ArgumentException($"'{fieldName}' is {(value is null ? "missing" : $"'{Shorten(value)}'")}; allowed: {allowed}.")
{
    /// <summary>The offending field.</summary>
    public string Field { get; } = fieldName;

    /// <summary>What would have been accepted.</summary>
    public string Allowed => allowed;

    static string Shorten(object value) => value.ToString() is { Length: > 100 } text ? text[..100] + "…" : $"{value}";
}

/// <summary>A body in an encoding that is not read: names the header or parameter, its value and what is allowed.</summary>
public sealed class UnsupportedMediaException(string fieldName, string? value, string allowed) : Exception($"'{fieldName}' is '{value}'; allowed: {allowed}.")
{
    /// <summary>The offending header or parameter.</summary>
    public string Field => fieldName;

    /// <summary>What would have been accepted.</summary>
    public string Allowed => allowed;
}

/// <summary>A value in a JSON body that a converter cannot accept; the serializer adds where it stands.</summary>
/// <param name="allowed">What would have been accepted.</param>
public sealed class InvalidJsonException(string allowed) : JsonException(allowed)
{
    /// <summary>What would have been accepted.</summary>
    public string Allowed { get; } = allowed;
}

/// <summary>Something with this id does not exist.</summary>
public sealed class NotFoundException(string what, string id) : Exception($"There is no {what} '{(id.Length > 100 ? id[..100] + "…" : id)}'.");

/// <summary>A rule forbids it in the present state.</summary>
public sealed class RuleViolationException(string message) : Exception(message);

/// <summary>More bytes, rows or points than the limit.</summary>
/// <param name="what">What is too large.</param>
/// <param name="limit">The largest that is taken.</param>
/// <param name="unit">Of the limit.</param>
/// <param name="fieldName">The field that asked for so much; null when there is no single one.</param>
public sealed class TooLargeException(string what, long limit, string unit, string? fieldName = null) : Exception($"{what} is over the limit of {limit} {unit}.")
{
    /// <summary>The field that asked for so much.</summary>
    public string? Field { get; } = fieldName;

    /// <summary>What would have been accepted.</summary>
    public string Allowed => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"at most {limit} {unit}");
}

/// <summary>Too many ask for the same scarce thing; later it will be there.</summary>
public sealed class BusyException(string message, TimeSpan retryAfter) : Exception(message)
{
    /// <summary>When to come back.</summary>
    public TimeSpan RetryAfter => retryAfter;
}

/// <summary>Another service that is needed for this is not there.</summary>
public sealed class UnavailableException(string message) : Exception(message);

/// <summary>What an exception means to a caller.</summary>
/// <param name="Http">HTTP status.</param>
/// <param name="Grpc">gRPC status.</param>
/// <param name="Title">Stable short text.</param>
/// <param name="Detail">May be shown to the caller.</param>
/// <param name="Retry">A consumer may try again.</param>
public sealed record ErrorMeaning(int Http, StatusCode Grpc, string Title, string Detail, bool Retry);

/// <summary>The one table from exceptions to ProblemDetails, gRPC status and retry. What is not in it is shown as a fixed text with the trace id.</summary>
public static class Errors
{
    /// <summary>Looks an exception up.</summary>
    public static ErrorMeaning Meaning(Exception exception) => exception switch
    {
        RpcException e => new(StatusCodes.Status503ServiceUnavailable, e.StatusCode, "Upstream error", e.Status.Detail, true),
        NotFoundException e => new(StatusCodes.Status404NotFound, StatusCode.NotFound, "Not found", e.Message, false),
        RuleViolationException e => new(StatusCodes.Status409Conflict, StatusCode.FailedPrecondition, "Not possible in this state", e.Message, false),
        TooLargeException e => new(StatusCodes.Status413PayloadTooLarge, StatusCode.ResourceExhausted, "Too large", e.Message, false),
        UnsupportedMediaException e => new(StatusCodes.Status415UnsupportedMediaType, StatusCode.InvalidArgument, "Unsupported encoding", e.Message, false),
        BusyException e => new(StatusCodes.Status429TooManyRequests, StatusCode.ResourceExhausted, "Busy", e.Message, true),
        InvalidModelException e => new(StatusCodes.Status400BadRequest, StatusCode.InvalidArgument, "Invalid asset model", e.Message, false),
        InvalidScenarioException e => new(StatusCodes.Status400BadRequest, StatusCode.InvalidArgument, "Invalid scenario", e.Message, false),
        UnavailableException e => new(StatusCodes.Status503ServiceUnavailable, StatusCode.Unavailable, "Not available", e.Message, true),
        ArgumentException e => new(StatusCodes.Status400BadRequest, StatusCode.InvalidArgument, "Invalid input", e.Message, false),
        BadHttpRequestException { InnerException: JsonException { Path: not null } e } => new(
            StatusCodes.Status400BadRequest, StatusCode.InvalidArgument, "Invalid input", $"'{PathOf(e)}' in the body is not understood; allowed: {AllowedBy(e)}.", false),
        BadHttpRequestException e => new(e.StatusCode, StatusCode.InvalidArgument, "Invalid input", e.Message, false),
        EventStreamUnexpectedMaxEventIdException or ExistingStreamIdCollisionException or ConcurrencyException =>
            new(StatusCodes.Status409Conflict, StatusCode.Aborted, "Changed meanwhile", "Somebody else changed it at the same time; try again.", true),
        TimeoutException e => new(StatusCodes.Status504GatewayTimeout, StatusCode.DeadlineExceeded, "Took too long", e.Message, true),
        NpgsqlException { IsTransient: true } => new(StatusCodes.Status503ServiceUnavailable, StatusCode.Unavailable, "Event log not reachable", "The event log cannot be reached; try again.", true),
        OperationCanceledException => new(StatusCodes.Status499ClientClosedRequest, StatusCode.Cancelled, "Cancelled", "The request was cancelled.", false),
        _ => new(StatusCodes.Status500InternalServerError, StatusCode.Internal, "Internal error", $"Something went wrong; it is logged with trace id {Activity.Current?.TraceId.ToString() ?? "none"}.", !StoreFaults.IsPermanent(exception)),
    };

    /// <summary>The field that an exception complains of and what it may hold; null when there is no single one.</summary>
    public static (string Field, string Allowed)? Offending(Exception exception) => exception switch
    {
        InvalidInputException e => (e.Field, e.Allowed),
        UnsupportedMediaException e => (e.Field, e.Allowed),
        TooLargeException { Field: { } field } e => (field, e.Allowed),
        InvalidScenarioException { Problems: [var first, ..] } => (first.Path, first.Allowed),
        BadHttpRequestException { InnerException: JsonException { Path: not null } e } => (PathOf(e), AllowedBy(e)),
        _ => null,
    };

    static string PathOf(JsonException e) => e.Path is "$" ? "body" : e.Path!.TrimStart('$').TrimStart('.');

    // What the library itself says names types of the runtime and what was found, not what is allowed.
    static string AllowedBy(JsonException e) => e is InvalidJsonException invalid ? invalid.Allowed : "members and types as in the API reference";
}

/// <summary>Writes ProblemDetails for every exception, by <see cref="Errors.Meaning"/>.</summary>
sealed partial class ProblemDetailsHandler(IProblemDetailsService problems, ILogger<ProblemDetailsHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancel)
    {
        var meaning = Errors.Meaning(exception);
        if (meaning.Http == StatusCodes.Status500InternalServerError) LogUnexpected(exception, context.Request.Path);
        context.Response.StatusCode = meaning.Http;
        var details = new ProblemDetails { Status = meaning.Http, Title = meaning.Title, Detail = meaning.Detail, Instance = context.Request.Path };
        if (Errors.Offending(exception) is var (field, allowed))
        {
            details.Extensions["field"] = field;
            details.Extensions["allowed"] = allowed;
        }
        if (exception is InvalidScenarioException { Problems: { Count: > 0 } all }) details.Extensions["errors"] = all;
        if (exception is BusyException busy) context.Response.Headers.RetryAfter = busy.RetryAfter.TotalSeconds.ToString("0", System.Globalization.CultureInfo.InvariantCulture);
        return await problems.TryWriteAsync(new() { HttpContext = context, ProblemDetails = details, Exception = exception });
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Unexpected error at {Path}")]
    partial void LogUnexpected(Exception exception, string path);
}

/// <summary>Turns every exception into a gRPC status, by <see cref="Errors.Meaning"/>; the offending field travels in the trailers <c>field</c> and <c>allowed-bin</c>, all problems of a scenario as JSON in <c>errors-bin</c>.</summary>
public sealed partial class GrpcErrors(ILogger<GrpcErrors> log) : Interceptor
{
    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw Translate(e, context);
        }
    }

    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responses, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responses, context);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw Translate(e, context);
        }
    }

    RpcException Translate(Exception exception, ServerCallContext context)
    {
        var meaning = Errors.Meaning(exception);
        if (meaning.Grpc == StatusCode.Internal) LogUnexpected(exception, context.Method);
        var trailers = new Metadata();
        if (Errors.Offending(exception) is var (field, allowed))
        {
            trailers.Add("field", field);
            trailers.Add("allowed-bin", System.Text.Encoding.UTF8.GetBytes(allowed));
        }
        if (exception is InvalidScenarioException { Problems: { Count: > 0 } all })
            trailers.Add("errors-bin", System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(all, System.Text.Json.JsonSerializerOptions.Web));
        return new(new Status(meaning.Grpc, meaning.Detail), trailers);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Unexpected error in {Method}")]
    partial void LogUnexpected(Exception exception, string method);
}
