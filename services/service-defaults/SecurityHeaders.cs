using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ServiceDefaults;

/// <summary>
/// What browsers are told about every answer. A page sets its own content security policy, referrer policy or caching before; whatever it
/// leaves out is as strict as for an answer that is no page.
/// </summary>
public static class SecurityHeaders
{
    const string ReferrerPolicy = "Referrer-Policy";

    // A year, as browsers' lists demand.
    static readonly StringValues OnlyHttps = "max-age=31536000; includeSubDomains";

    static readonly StringValues NoPage = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    static readonly (string Name, StringValues Value)[] Others =
    [
        ("X-Content-Type-Options", "nosniff"),
        // For browsers that do not know frame-ancestors.
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()"),
    ];

    static readonly StringValues NoReferrer = "no-referrer", SameOrigin = "same-origin";

    /// <summary>Before everything that answers.</summary>
    internal static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        // When the answer starts, since the handler of exceptions forgets what was set before.
        if (!IsGrpc(context.Request)) context.Response.OnStarting(Complete, context.Response);
        return next(context);
    });

    // No browser speaks it; gRPC-Web, which they do, has another type.
    static bool IsGrpc(HttpRequest request) => request.ContentType == "application/grpc";

    static Task Complete(object state)
    {
        var response = (HttpResponse)state;
        var headers = response.Headers;
        foreach (var (name, value) in Others) headers[name] = value;
        if (headers.ContentSecurityPolicy.Count == 0) headers.ContentSecurityPolicy = NoPage;
        if (headers[ReferrerPolicy].Count == 0) headers[ReferrerPolicy] = NoReferrer;
        if (response.HttpContext.Request.IsHttps) headers.StrictTransportSecurity = OnlyHttps;
        return Task.CompletedTask;
    }

    /// <summary>
    /// For pages with forms whose origin is checked: with no referrer at all, browsers would not say either where a form comes from.
    /// </summary>
    public static void TellOriginOfForms(this HttpResponse response) => response.Headers[ReferrerPolicy] = SameOrigin;

    /// <summary>Nothing of it is kept on disk by the browser or by a proxy.</summary>
    public static void NotToBeKept(this HttpResponse response) => response.Headers.CacheControl = "no-store";

    /// <summary>A number that nobody can guess, which marks the scripts and styles of one page as ours.</summary>
    public static string Nonce() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
