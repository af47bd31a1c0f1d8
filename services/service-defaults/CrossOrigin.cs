using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceDefaults;

/// <summary>Which pages of other origins may call a service from a browser (CORS). None by default.</summary>
public static class CrossOrigin
{
    static readonly string[] KnownMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    // A gRPC call that fails immediately sends its trailers as headers.
    static readonly string[] Exposed =
        ["ETag", "Retry-After", "Location", "Allow", "grpc-status", "grpc-message", "grpc-status-details-bin", "field", "allowed-bin",
            "errors-bin"];

    // How long browsers cache a preflight response.
    static readonly TimeSpan PreflightLifetime = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Settings, each a list or one comma-separated text: <c>Cors:Origins</c> (default: none), <c>Cors:Methods</c> (default: GET and HEAD;
    /// gRPC-Web needs POST), <c>Cors:Headers</c> of requests (default: any).
    /// </summary>
    public static void AddCrossOrigin(this WebApplicationBuilder builder)
    {
        var origins = List(builder.Configuration, "Cors:Origins", [], IsOrigin, "origins such as https://app.example.com, or *");
        var methods = List(builder.Configuration, "Cors:Methods", ["GET", "HEAD"], KnownMethods.Contains, string.Join(", ", KnownMethods));
        var headers = List(
            builder.Configuration, "Cors:Headers", ["*"], name =>
                name == "*" || name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'), "names of headers, or *");
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(origins).WithMethods(methods).WithHeaders(headers).WithExposedHeaders(Exposed)
                .SetPreflightMaxAge(PreflightLifetime)));
    }

    // A path or a trailing slash would never match what browsers send.
    static bool IsOrigin(string text) => text == "*"
        || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase));

    static string[] List(IConfiguration configuration, string name, string[] otherwise, Func<string, bool> isValid, string allowed)
    {
        var section = configuration.GetSection(name);
        var given = section.Value?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            ?? section.Get<string[]>() ?? [];
        return given.Length == 0 ? otherwise
            : given.FirstOrDefault(g => !isValid(g)) is { } wrong ? throw new InvalidSettingException(name, wrong, allowed)
            : given;
    }
}
