using System.Globalization;
using Dashboard.Live;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using ServiceDefaults;
using ServiceDefaults.Access;

namespace Dashboard.SignIn;

/// <summary>
/// Signing in by OpenID Connect: code flow with PKCE at the issuer of the section <c>Access</c>; without one, nobody is asked.
/// </summary>
static class SignInSetup
{
    /// <summary>Where the form to sign out is sent.</summary>
    public const string SignOutPath = "/sign-out";

    const string FailedPath = "/sign-in-failed";

    // As long as the issuer of this system remembers a browser.
    static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    public static void AddSignIn(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Sessions>();
        builder.Services.AddScoped<Visitor>().AddScoped<CircuitHandler>(services => services.GetRequiredService<Visitor>());
        var access = builder.AddAccessSettings();
        if (!access.IsOn) return;
        var port = builder.Configuration["Ports:Http"];
        builder.Services.AddAuthentication(options =>
        {
            options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
            options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
        }).AddCookie().AddOpenIdConnect();
        builder.Services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme)
            .Configure<Sessions>((cookie, sessions) =>
            {
                // Cookies do not know ports: another system on this machine has another name.
                cookie.Cookie.Name = $"pollux-dashboard-{port}";
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.ExpireTimeSpan = Longest;
                cookie.SessionStore = sessions;
            });
        builder.Services.AddOptions<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme)
            .Configure<IOptions<DashboardSettings>>((oidc, settings) =>
            {
                oidc.Authority = access.Issuer;
                oidc.RequireHttpsMetadata = access.IsProtected;
                oidc.ClientId = settings.Value.ClientId;
                oidc.ClientSecret = ReadSecret(settings.Value.ClientSecretFile);
                oidc.ResponseType = OpenIdConnectResponseType.Code;
                // A form from another site would arrive without the cookies that it must be compared with.
                oidc.ResponseMode = OpenIdConnectResponseMode.Query;
                oidc.UsePkce = true;
                oidc.SaveTokens = true;
                oidc.MapInboundClaims = false;
                oidc.Scope.Add("offline_access");
                oidc.TokenValidationParameters.NameClaimType = access.NameClaim;
                oidc.TokenValidationParameters.RoleClaimType = access.RoleClaim;
                foreach (var cookie in new[] { oidc.CorrelationCookie, oidc.NonceCookie })
                    (cookie.SecurePolicy, cookie.SameSite) = (CookieSecurePolicy.SameAsRequest, SameSiteMode.Lax);
                // Somebody who went back in the browser, or took too long; or an issuer that does not know this dashboard.
                oidc.Events.OnRemoteFailure = context =>
                {
                    context.Response.Redirect(FailedPath);
                    context.HandleResponse();
                    return Task.CompletedTask;
                };
            });
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new([
            new Microsoft.AspNetCore.Authorization.Infrastructure.DenyAnonymousAuthorizationRequirement()], []));
    }

    /// <summary>After routing, before the endpoints.</summary>
    public static void UseSignIn(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<IOptions<AccessSettings>>().Value.IsOn) return;
        app.UseAuthentication();
        app.UseAuthorization();
        app.Use((context, next) =>
        {
            context.RequestServices.GetRequiredService<Visitor>().Be(context.User);
            return next(context);
        });
        app.MapGet(FailedPath, () => Results.Text(
            "<!DOCTYPE html><html lang=\"en\"><title>Pollux</title><h1>Signing in failed</h1>"
                + "<p>The reason is in the dashboard's log. <a href=\"/\">Try again</a></p></html>",
            "text/html", statusCode: StatusCodes.Status401Unauthorized)).AllowAnonymous();
        // Another site cannot send this with the cookie (SameSite).
        app.MapPost(SignOutPath, () => Results.SignOut(
            new AuthenticationProperties { RedirectUri = "/" },
            [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme])).DisableAntiforgery();
    }

    static string ReadSecret(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } secret ? secret : throw new IOException();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidSettingException(
                "Dashboard:ClientSecretFile", file, "a file with the secret of Dashboard:ClientId, as Access:Issuer is set");
        }
    }
}
