using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Access;

namespace Dashboard.Shell;

/// <summary>
/// The content security policy of pages: scripts and styles are files of this dashboard, or marked with the number that this very page has.
/// </summary>
static class PagePolicy
{
    static readonly object Key = new();

    /// <summary>The number of the page that is answered.</summary>
    public static string NonceOf(HttpContext context) => (string)context.Items[Key]!;

    public static void UsePagePolicy(this WebApplication app)
    {
        var access = app.Services.GetRequiredService<IOptions<AccessSettings>>().Value;
        // Signing out is a form that is answered with the address of the issuer.
        var issuer = access.IsOn ? $" {new Uri(access.Issuer).GetLeftPart(UriPartial.Authority)}" : "";
        app.Use((context, next) =>
        {
            var nonce = SecurityHeaders.Nonce();
            context.Items[Key] = nonce;
            context.Response.Headers.ContentSecurityPolicy = Of(nonce, issuer);
            context.Response.TellOriginOfForms();
            context.Response.OnStarting(KeepOnlyFiles, context.Response);
            return next(context);
        });
    }

    // Blazor sets attributes named style by setAttribute, as components of MudBlazor and charts have them; they can change what an element
    // looks like, and cannot run anything. MudBlazor's style sheet and charts hold pictures as data.
    static string Of(string nonce, string issuer) =>
        $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; "
            + $"img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'{issuer}; base-uri 'self'; "
            + "frame-ancestors 'none'";

    // Static files say how long they may be kept; anything else may hold what only its user may see.
    static Task KeepOnlyFiles(object state)
    {
        var response = (HttpResponse)state;
        if (response.Headers.CacheControl.Count == 0 || response.Headers.CacheControl.ToString() == "no-cache, no-store")
            response.NotToBeKept();
        return Task.CompletedTask;
    }
}
