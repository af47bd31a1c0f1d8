using System.Security.Claims;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using TwinModel.Access;
using TwinModel.Assets;

namespace ServiceDefaults.Access;

/// <summary>The caller is not known.</summary>
/// <param name="message">What is wrong with the token, and what is needed.</param>
public sealed class UnauthenticatedException(string message) : Exception(message);

/// <summary>The caller is known, and may not do this.</summary>
/// <param name="message">Who may.</param>
public sealed class ForbiddenException(string message) : Exception(message);

/// <summary>The one place that decides whether a request may go on, for REST and gRPC.</summary>
public static partial class CheckAccess
{
    // Clocks of servers agree within seconds.
    internal static readonly TimeSpan ClocksApart = TimeSpan.FromSeconds(30);

    internal static async Task Check(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            await next(context);
            return;
        }
        if (OperationOf(endpoint) is not { } operation)
        {
            // What nobody has thought of is closed.
            await Refuse(context, new ForbiddenException("This is for nobody: it is no operation of the API."));
            return;
        }
        context.Response.NotToBeKept();
        var proof = await context.AuthenticateAsync();
        if (proof.Failure is not null && !await HasKeys(context))
            await Refuse(context, new UnavailableException("The issuer of tokens cannot be reached; try again."));
        else if (Refusal(context, proof, operation) is { } refusal) await Refuse(context, refusal);
        else if (proof.Properties?.ExpiresUtc is { } end && operation.StartsWith("watch", StringComparison.OrdinalIgnoreCase))
            await Until(end, context, next);
        else await next(context);
    }

    // Without the issuer's keys, every token fails as if it were forged.
    static async Task<bool> HasKeys(HttpContext context)
    {
        var bearer = context.RequestServices.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>()
            .Get(JwtBearerDefaults.AuthenticationScheme);
        try
        {
            return await bearer.ConfigurationManager!.GetConfigurationAsync(context.RequestAborted) is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    // Who watches for days would otherwise need a token only once.
    static async Task Until(DateTimeOffset end, HttpContext context, RequestDelegate next)
    {
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        using var expired = new CancellationTokenSource(
            TimeSpan.FromTicks(Math.Clamp((end + ClocksApart - time.GetUtcNow()).Ticks, 0, TimeSpan.FromDays(30).Ticks)), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, expired.Token);
        context.RequestAborted = either.Token;
        await next(context);
    }

    /// <summary>The operation of an endpoint; null if it is none, as health, metrics and the API reference.</summary>
    public static string? OperationOf(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method is { } method
            ? method.ServiceName.StartsWith("pollux.", StringComparison.Ordinal) ? method.Name : null
            : endpoint?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName;

    static Exception? Refusal(HttpContext context, AuthenticateResult proof, string operation)
    {
        if (proof.Principal is not { } principal) return Unproven(proof.Failure);
        if (principal.Identity?.Name is not { Length: > 0 and <= Caller.LongestActor })
            return new UnauthenticatedException(
                $"The token does not say who its bearer is: it has no claim {((ClaimsIdentity)principal.Identity!).NameClaimType}.");
        context.User = principal;
        if (TenantOf(context, principal) is { } tenant)
        {
            if (!AssetId.IsAllowed(tenant))
                return new UnauthenticatedException($"The token's claim {TenantClaim(context)} is '{tenant}'; allowed: {AssetId.Allowed}.");
            if (AccessTable.IsOfSystem(operation))
                return new ForbiddenException(
                    $"{operation} is about the whole system, for callers without a tenant; the token of {principal.Identity.Name} is of "
                        + $"{tenant}.");
        }
        var (given, allowed) = (GivenTo(principal), AccessTable.Of(operation));
        return (AccessTable.WithNames(given) & allowed) != Roles.None ? null : ForOthers(operation, principal.Identity.Name, given);
    }

    /// <summary>Why an operation is not for somebody's roles.</summary>
    internal static ForbiddenException ForOthers(string operation, string name, IReadOnlyCollection<string> given) => new(
        $"{operation} is for {string.Join(", ", AccessTable.Names(AccessTable.Of(operation)))}; the token of {name} has "
            + $"{(given.Count == 0 ? "no role" : $"the roles {string.Join(", ", given)}")}.");

    /// <summary>Who sends a request whose token was checked.</summary>
    public static Subject SubjectOf(HttpContext context) =>
        new(context.User.Identity!.Name!, GivenTo(context.User), TenantOf(context, context.User));

    static string? TenantOf(HttpContext context, ClaimsPrincipal principal) =>
        principal.FindFirst(TenantClaim(context))?.Value is { Length: > 0 } tenant ? tenant : null;

    static string TenantClaim(HttpContext context) =>
        context.RequestServices.GetRequiredService<IOptions<AccessSettings>>().Value.TenantClaim;

    static List<string> GivenTo(ClaimsPrincipal principal) =>
        [.. principal.FindAll(((ClaimsIdentity)principal.Identity!).RoleClaimType).Select(claim => claim.Value)];

    static Exception Unproven(Exception? failure) => failure switch
    {
        null => new UnauthenticatedException("This needs a token: send 'Authorization: Bearer …'."),
        SecurityTokenExpiredException e => new UnauthenticatedException(
            FormattableString.Invariant($"The token expired at {e.Expires:yyyy-MM-ddTHH:mm:ssZ}; get a new one.")),
        SecurityTokenNotYetValidException e => new UnauthenticatedException(
            FormattableString.Invariant($"The token is valid from {e.NotBefore:yyyy-MM-ddTHH:mm:ssZ} on.")),
        SecurityTokenInvalidAudienceException => new UnauthenticatedException("The token is for another audience than this API."),
        SecurityTokenInvalidIssuerException e => new UnauthenticatedException(
            $"The token is from '{e.InvalidIssuer}', which is not the issuer of this system."),
        SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidSignatureException => new UnauthenticatedException(
            "The token is not signed with a key of the issuer of this system."),
        _ => new UnauthenticatedException("The token is not understood; get a new one."),
    };

    static async Task Refuse(HttpContext context, Exception exception)
    {
        LogRefused(
            context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(CheckAccess)),
            $"{context.Connection.RemoteIpAddress}", OperationOf(context.GetEndpoint()) ?? "something else", exception.Message);
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is not null)
        {
            RefuseGrpc.Answer(context, exception);
            return;
        }
        if (exception is UnauthenticatedException)
            context.Response.Headers.WWWAuthenticate =
                context.Request.Headers.Authorization.Count == 0 ? "Bearer" : "Bearer error=\"invalid_token\"";
        if (exception is ForbiddenException) context.Response.Headers.WWWAuthenticate = "Bearer error=\"insufficient_scope\"";
        await Problem.Of(context, exception).Write(context);
    }

    // Whoever watches over the system sees who tries what.
    [LoggerMessage(Level = LogLevel.Information, Message = "Refused to {Address}: {Operation}. {Reason}")]
    static partial void LogRefused(ILogger log, string address, string operation, string reason);
}
