using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;
using JasperFx;
using JasperFx.Events;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using TwinModel.Assets;
using TwinModel.Scenarios;

namespace ServiceDefaults;

/// <summary>Input that cannot be accepted: names the field, the value and what is allowed.</summary>
public sealed class InvalidInputException(string fieldName, object? value, string allowed)
    : ArgumentException(
        $"'{ShownText.Of(fieldName)}' is {(value is null ? "missing" : $"'{Shorten(value)}'")}; allowed: {allowed}.")
{
    /// <summary>The offending field.</summary>
    public string Field { get; } = ShownText.Of(fieldName);

    /// <summary>Its value, shortened; null when missing.</summary>
    public string? Value { get; } = value is null ? null : Shorten(value);

    /// <summary>What would have been accepted.</summary>
    public string Allowed => allowed;

    static string Shorten(object value) => ShownText.Of(Shown(value));

    static string Shown(object value) => value switch
    {
        DateTimeOffset time => time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };
}

/// <summary>A body in an unsupported encoding: names the header or parameter, its value and what is allowed.</summary>
public sealed class UnsupportedMediaException(string fieldName, string? value, string allowed) : Exception(
    $"'{fieldName}' is '{ShownText.Of(value)}'; allowed: {allowed}.")
{
    /// <summary>The offending header or parameter.</summary>
    public string Field => fieldName;

    /// <summary>Its value.</summary>
    public string? Value => value;

    /// <summary>What would have been accepted.</summary>
    public string Allowed => allowed;
}

/// <summary>A value in a JSON body that a converter cannot accept; the serializer adds its path.</summary>
/// <param name="allowed">What would have been accepted.</param>
public sealed class InvalidJsonException(string allowed) : JsonException(allowed)
{
    /// <summary>What would have been accepted.</summary>
    public string Allowed { get; } = allowed;
}

/// <summary>Something with this id does not exist.</summary>
public sealed class NotFoundException(string message) : Exception(message)
{
    /// <summary>Something with this id.</summary>
    /// <param name="what">What it is.</param>
    /// <param name="id">Its identity.</param>
    /// <param name="why">Why it is not there; null: it just is not.</param>
    public NotFoundException(string what, string id, string? why = null)
        : this($"There is no {what} '{ShownText.Of(id)}'{(why is null ? "" : $": {why}")}.")
    {
    }

    /// <summary>The parameter for which nothing was found, and what it may be; null when that is the address itself.</summary>
    public OffendingField? Offending { get; init; }
}

/// <summary>A rule forbids the operation in the present state.</summary>
public sealed class RuleViolationException(string message) : Exception(message);

/// <summary>More bytes, rows or points than the limit.</summary>
/// <param name="what">What is too large.</param>
/// <param name="limit">Largest accepted amount.</param>
/// <param name="unit">Unit of the limit.</param>
/// <param name="fieldName">The field that exceeds the limit; null when there is no single one.</param>
public sealed class TooLargeException(string what, long limit, string unit, string? fieldName = null) : Exception(
    $"{what} is over the limit of {limit} {unit}.")
{
    /// <summary>The field that exceeds the limit; null when there is no single one.</summary>
    public string? Field { get; } = fieldName;

    /// <summary>What would have been accepted.</summary>
    public string Allowed => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"at most {limit} {unit}");
}

/// <summary>Too many concurrent requests for a limited resource; try again later.</summary>
public class BusyException(string message, TimeSpan retryAfter) : Exception(message)
{
    /// <summary>How long to wait before trying again.</summary>
    public TimeSpan RetryAfter => retryAfter;
}

/// <summary>A service that this needs is not available.</summary>
public class UnavailableException(string message, TimeSpan? retryAfter = null) : Exception(message)
{
    /// <summary>How long to wait before trying again; null: not known.</summary>
    public TimeSpan? RetryAfter => retryAfter;
}

/// <summary>What an exception means to a caller.</summary>
/// <param name="Kind">The kind of error, which also names the HTTP status and the title.</param>
/// <param name="Grpc">gRPC status.</param>
/// <param name="Http">HTTP status.</param>
/// <param name="Detail">Message that may be shown to the caller.</param>
/// <param name="Retry">Whether a consumer may try again.</param>
public sealed record ErrorMeaning(ProblemKind Kind, StatusCode Grpc, int Http, string Detail, bool Retry)
{
    internal ErrorMeaning(ProblemKind kind, string detail)
        : this(kind, kind.Grpc, kind.Status, detail, kind.Retry)
    {
    }
}

/// <summary>
/// The one mapping from exceptions to <see cref="Problem"/>, gRPC status and retry. An unlisted exception is shown as a fixed text with the
/// trace id.
/// </summary>
public static class Errors
{
    /// <summary>Looks up the meaning of an exception.</summary>
    public static ErrorMeaning Meaning(Exception exception) => exception switch
    {
        RpcException e => new ErrorMeaning(ProblemKind.UpstreamError, e.Status.Detail) with { Grpc = e.StatusCode },
        Access.UnauthenticatedException e => new(ProblemKind.Unauthenticated, e.Message),
        Access.ForbiddenException e => new(ProblemKind.Forbidden, e.Message),
        NotFoundException e => new(ProblemKind.NotFound, e.Message),
        RuleViolationException e => new(ProblemKind.WrongState, e.Message),
        Seals.DroppedReadingsException e => new(ProblemKind.WrongState, e.Message),
        // What to do about it is in the message; to try again does not help.
        Seals.DamagedArchiveException e => new ErrorMeaning(ProblemKind.Internal, e.Message) with { Retry = false },
        TooLargeException e => new(ProblemKind.TooLarge, e.Message),
        UnsupportedMediaException e => new(ProblemKind.UnsupportedMediaType, e.Message),
        Access.QuotaException e => new(ProblemKind.QuotaExceeded, e.Message),
        BusyException e => new(ProblemKind.Busy, e.Message),
        InvalidModelException e => new(ProblemKind.InvalidModel, e.Message),
        InvalidScenarioException e => new(ProblemKind.InvalidScenario, e.Message),
        UnavailableException e => new(ProblemKind.Unavailable, e.Message),
        // What a library refuses is a fault of the code that called it, not of the caller.
        ArgumentException e when !IsOfLibrary(e.Source) => new(ProblemKind.InvalidInput, e.Message),
        BadHttpRequestException { InnerException: JsonException { Path: not null } e } => new(
            ProblemKind.InvalidInput, $"'{PathOf(e)}' in the body is not understood; allowed: {AllowedBy(e)}."),
        BadHttpRequestException e => new ErrorMeaning(ProblemKind.OfStatus(e.StatusCode), e.Message) with { Http = e.StatusCode },
        EventStreamUnexpectedMaxEventIdException or ExistingStreamIdCollisionException or ConcurrencyException =>
            new(ProblemKind.ChangedMeanwhile, "It was changed by someone else at the same time; try again."),
        TimeoutException e => new(ProblemKind.Timeout, e.Message),
        NpgsqlException { IsTransient: true } => new(ProblemKind.LogUnreachable, "The event log cannot be reached; try again."),
        OperationCanceledException => new(ProblemKind.Cancelled, "The request was cancelled."),
        _ => new ErrorMeaning(
            ProblemKind.Internal,
            $"Something went wrong; it is logged with trace id {Activity.Current?.TraceId.ToString() ?? "none"}.") with
        {
            Retry = !StoreFaults.IsPermanent(exception),
        },
    };

    /// <summary>The field that an exception is about and its allowed values; null when there is no single one.</summary>
    public static OffendingField? Offending(Exception exception) => exception switch
    {
        InvalidInputException e => new(e.Field, e.Value, e.Allowed),
        UnsupportedMediaException e => new(e.Field, e.Value, e.Allowed),
        NotFoundException e => e.Offending,
        TooLargeException { Field: { } field } e => new(field, null, e.Allowed),
        InvalidModelException { Problems: [var first, ..] } => new(
            first.Path.Length == 0 ? "document" : first.Path, $"line {first.Line}", first.Message),
        InvalidScenarioException { Problems: [var first, ..] } => new(first.Path, first.Value, first.Allowed),
        BadHttpRequestException { InnerException: JsonException { Path: not null } e } => new(PathOf(e), null, AllowedBy(e)),
        _ => null,
    };

    /// <summary>How long a caller should wait before asking again; null when nobody knows, or it does not help.</summary>
    public static TimeSpan? RetryAfter(Exception exception) => exception switch
    {
        BusyException e => e.RetryAfter,
        UnavailableException e => e.RetryAfter,
        _ => null,
    };

    static bool IsOfLibrary(string? assembly) => assembly is not null
        && (assembly.StartsWith("System.", StringComparison.Ordinal) || assembly.StartsWith("Microsoft.", StringComparison.Ordinal));

    static string PathOf(JsonException e) => e.Path is "$" ? "body" : e.Path!.TrimStart('$').TrimStart('.');

    // The library's own message names runtime types and what was found, not what is allowed.
    static string AllowedBy(JsonException e) =>
        e is InvalidJsonException invalid ? invalid.Allowed : "members and types as in the API reference";
}

/// <summary>Answers every exception with a <see cref="Problem"/>, by <see cref="Errors.Meaning"/>.</summary>
sealed partial class ProblemHandler(ILogger<ProblemHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancel)
    {
        var problem = Problem.Of(context, exception);
        if (problem.Status == StatusCodes.Status500InternalServerError) LogUnexpected(exception, context.Request.Path, problem.TraceId);
        if (Errors.RetryAfter(exception) is { } retryAfter)
            context.Response.Headers.RetryAfter = retryAfter.TotalSeconds.ToString(
                "0", System.Globalization.CultureInfo.InvariantCulture);
        await problem.Write(context);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Unexpected error at {Path} (trace {TraceId})")]
    partial void LogUnexpected(Exception exception, string path, string traceId);
}

/// <summary>
/// Turns every exception into a gRPC status, by <see cref="Errors.Meaning"/>, with <c>google.rpc</c> details. For clients that do not read
/// these, the trailers <c>field</c> and <c>allowed-bin</c> repeat the offending field, and <c>errors-bin</c> holds all problems of a
/// scenario as JSON.
/// </summary>
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
            LogIfUnexpected(e, context);
            throw Translate(e);
        }
    }

    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responses, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responses, context);
        }
        catch (Exception e) when (e is not RpcException)
        {
            LogIfUnexpected(e, context);
            throw Translate(e);
        }
    }

    void LogIfUnexpected(Exception exception, ServerCallContext context)
    {
        if (Errors.Meaning(exception).Grpc == StatusCode.Internal) LogUnexpected(exception, context.Method, TraceId);
    }

    static string TraceId => Activity.Current?.TraceId.ToString() ?? "none";

    internal static RpcException Translate(Exception exception)
    {
        var meaning = Errors.Meaning(exception);
        var offending = Errors.Offending(exception);
        var problems = (exception as InvalidScenarioException)?.Problems ?? [];
        var trailers = new Metadata();
        if (offending is not null)
        {
            trailers.Add("field", offending.Field);
            trailers.Add("allowed-bin", System.Text.Encoding.UTF8.GetBytes(offending.Allowed));
        }
        if (problems.Count > 0) trailers.Add("errors-bin", JsonSerializer.SerializeToUtf8Bytes(problems, JsonSerializerOptions.Web));
        trailers.SetRpcStatus(
            Details(exception, meaning, TraceId, problems.Count > 0
                ? [.. problems.Select(p => new OffendingField(p.Path, p.Value, p.Allowed))] : offending is null ? [] : [offending]));
        return new(new Grpc.Core.Status(meaning.Grpc, meaning.Detail), trailers);
    }

    static Google.Rpc.Status Details(Exception exception, ErrorMeaning meaning, string traceId, IReadOnlyList<OffendingField> fields)
    {
        var status = new Google.Rpc.Status
        {
            Code = (int)meaning.Grpc,
            Message = meaning.Detail,
            Details =
            {
                // By google.rpc convention, reasons are in upper case.
                Any.Pack(new ErrorInfo
                {
                    Domain = "pollux",
                    Reason = meaning.Kind.Name.Replace('-', '_').ToUpperInvariant(),
                    Metadata = { ["type"] = meaning.Kind.Type },
                }),
                Any.Pack(new RequestInfo { RequestId = traceId }),
            },
        };
        if (fields.Count > 0)
        {
            var violations = fields.Select(f => new BadRequest.Types.FieldViolation
            {
                Field = f.Field,
                Description = f.Value is null ? $"allowed: {f.Allowed}" : $"'{f.Value}'; allowed: {f.Allowed}",
            });
            status.Details.Add(Any.Pack(new BadRequest { FieldViolations = { violations } }));
        }
        if (Errors.RetryAfter(exception) is { } retryAfter)
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter) }));
        return status;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Unexpected error in {Method} (trace {TraceId})")]
    partial void LogUnexpected(Exception exception, string method, string traceId);
}
