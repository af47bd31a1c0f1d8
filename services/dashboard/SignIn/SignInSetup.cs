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
static partial class SignInSetup
{
    /// <summary>Where the form to sign out is sent.</summary>
    public const string SignOutPath = "/sign-out";

    const string Ask = "ask";
    const string RetrySeconds = "3";
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
            options.DefaultChallengeScheme = Ask;
        }).AddCookie().AddOpenIdConnect().AddPolicyScheme(Ask, null, ask => ask.ForwardDefaultSelector = context =>
            // Whatever a script or a picture asks for cannot sign in, and would leave cookies of an attempt to.
            IsPage(context.Request) ? OpenIdConnectDefaults.AuthenticationScheme : CookieAuthenticationDefaults.AuthenticationScheme);
        builder.Services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme)
            .Configure<Sessions>((cookie, sessions) =>
            {
                // Cookies do not know ports: another system on this machine has another name.
                cookie.Cookie.Name = $"pollux-dashboard-{port}";
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.CookieManager = new HostCookies();
                cookie.ExpireTimeSpan = Longest;
                cookie.SessionStore = sessions;
                cookie.Events.OnRedirectToLogin = context =>
                {
                    context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                    return Task.CompletedTask;
                };
            });
        builder.Services.AddOptions<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme)
            .Configure<IOptions<DashboardSettings>, ILogger<Sessions>>((oidc, settings, log) =>
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
                // An address without any proof, which a link on another page could open.
                oidc.RemoteSignOutPath = default;
                oidc.Events.OnRedirectToIdentityProvider = context =>
                {
                    // A path that begins with two slashes is another server.
                    if (context.Properties.RedirectUri is ['/', '/' or '\\', ..]) context.Properties.RedirectUri = "/";
                    return Task.CompletedTask;
                };
                oidc.TokenValidationParameters.NameClaimType = access.NameClaim;
                oidc.TokenValidationParameters.RoleClaimType = access.RoleClaim;
                foreach (var (cookie, name) in new[] { (oidc.CorrelationCookie, "attempt"), (oidc.NonceCookie, "nonce") })
                    (cookie.Name, cookie.SecurePolicy, cookie.SameSite, cookie.HttpOnly) = (
                        $"pollux-dashboard-{port}-{name}.", CookieSecurePolicy.SameAsRequest, SameSiteMode.Lax, true);
                // Somebody who went back in the browser, or took too long; or an issuer that does not know this dashboard.
                oidc.Events.OnRemoteFailure = context =>
                {
                    LogFailed(log, context.Failure?.Message);
                    context.Response.Redirect(MayAskAgain(context, $"pollux-dashboard-{port}-again") ? "/" : FailedPath);
                    context.HandleResponse();
                    return Task.CompletedTask;
                };
            });
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new([
            new Microsoft.AspNetCore.Authorization.Infrastructure.DenyAnonymousAuthorizationRequirement()], []));
    }

    // A page that is loaded while another one signs out gets a code of the session that ends. Asked once more, the issuer asks who it is;
    // one that refuses its own codes for another reason is not asked for ever.
    static bool MayAskAgain(RemoteFailureContext context, string cookie)
    {
        if (context.Failure?.Data["error"] as string != "invalid_grant" || context.Request.Cookies.ContainsKey(cookie)) return false;
        context.Response.Cookies.Append(cookie, "1", new()
        {
            HttpOnly = true,
            IsEssential = true,
            MaxAge = TimeSpan.FromSeconds(30),
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
        });
        return true;
    }

    /// <summary>After routing, before the endpoints.</summary>
    public static void UseSignIn(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<IOptions<AccessSettings>>().Value.IsOn) return;
        app.Use(SayThatThereIsNoIssuer);
        app.UseAuthentication();
        app.UseAuthorization();
        app.Use((context, next) =>
        {
            // Also whose pages follow, as each has what its connection had.
            context.User = Visitor.From(context.Connection.RemoteIpAddress, context.User);
            context.RequestServices.GetRequiredService<Visitor>().Be(context.User);
            return next(context);
        });
        app.MapGet(FailedPath, () => Short(
            StatusCodes.Status401Unauthorized, "Signing in failed", "The reason is in the dashboard's log.")).AllowAnonymous();
        app.MapPost(SignOutPath, SignOut).AllowAnonymous().DisableAntiforgery();
    }

    static IResult SignOut(HttpContext context)
    {
        if (!FromHere.Is(context.Request)) return Results.BadRequest();
        return context.User.Identity?.IsAuthenticated == true
            ? Results.SignOut(
                new AuthenticationProperties { RedirectUri = "/" },
                [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme])
            : Results.Redirect("/");
    }

    static bool IsPage(HttpRequest request) => HttpMethods.IsGet(request.Method)
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
        && request.Headers["Sec-Fetch-Mode"].ToString() is "" or "navigate";

    // Its description could not be read, so nobody can be sent there. Who is signed in goes on meanwhile.
    static async Task SayThatThereIsNoIssuer(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (InvalidOperationException e)
            when (e.Message.StartsWith("IDX20803", StringComparison.Ordinal) && !context.Response.HasStarted)
        {
            context.Response.Headers.RetryAfter = RetrySeconds;
            await Short(
                StatusCodes.Status503ServiceUnavailable, "Nobody can sign in now",
                "The issuer of tokens cannot be reached. This page tries again by itself.",
                // A screen in a hall must recover when nobody is there.
                $"<meta http-equiv=\"refresh\" content=\"{RetrySeconds}\">").ExecuteAsync(context);
        }
    }

    static IResult Short(int status, string title, string text, string head = "") => Results.Text(
        $"<!DOCTYPE html><html lang=\"en\"><title>Pollux</title>{head}<h1>{title}</h1><p>{text} <a href=\"/\">Try again</a></p></html>",
        "text/html", statusCode: status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Somebody could not sign in: {Reason}")]
    static partial void LogFailed(ILogger log, string? reason);

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
