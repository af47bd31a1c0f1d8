using System.Globalization;
using Identity.Accounts;
using Identity.Tokens;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using ServiceDefaults;

namespace Identity.SignIn;

/// <summary>Sessions of browsers, and what keeps pages from being framed or changed.</summary>
static class SignInSetup
{
    public static void AddSignIn(this WebApplicationBuilder builder, IdentitySettings settings)
    {
        // Sessions outlive a restart.
        builder.Services.AddDataProtection().SetApplicationName("pollux identity")
            .PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(settings.Directory, "cookie-keys")));
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            // Cookies do not know ports: another system on this machine has another name.
            cookie.Cookie.Name = $"pollux-identity-{settings.Address.Port.ToString(CultureInfo.InvariantCulture)}";
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.CookieManager = new HostCookies();
            cookie.ExpireTimeSpan = TimeSpan.FromHours(settings.SessionHours);
            cookie.SlidingExpiration = false;
            cookie.LoginPath = SignInEndpoints.Path;
            cookie.ReturnUrlParameter = SignInEndpoints.ReturnUrl;
        });
        builder.Services.AddRazorComponents();
    }

    public static void UseSignIn(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            context.Response.NotToBeKept();
            context.Response.TellOriginOfForms();
            // A form's target, and whatever it redirects to, must be named: browsers are sent on to the client.
            headers.ContentSecurityPolicy =
                $"default-src 'none'; style-src 'sha256-{SignInStyle.Hash}'; base-uri 'none'; frame-ancestors 'none'; "
                    + $"form-action 'self'{Clients(context)}";
            return next(context);
        });
        app.UseRefusals();
        app.UseAuthentication();
    }

    static string Clients(HttpContext context)
    {
        var accounts = context.RequestServices.GetRequiredService<AccountFile>()
            .Now(context.RequestServices.GetRequiredService<ILogger<CheckRequests>>());
        return string.Concat(
            accounts.Clients.SelectMany(c => c.RedirectUris).Select(uri => " " + uri.GetLeftPart(UriPartial.Authority)).Distinct());
    }
}
