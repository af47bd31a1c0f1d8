using System.Security.Claims;
using Identity.Accounts;
using Identity.Tokens;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Identity.SignIn;

/// <summary>Asks who a browser's user is, remembers it for the session, and sends the browser on with a code.</summary>
static partial class SignInEndpoints
{
    public const string Path = "/sign-in";
    public const string ReturnUrl = "to";

    const string Session = CookieAuthenticationDefaults.AuthenticationScheme;
    const string Server = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    public static void MapSignIn(this WebApplication app)
    {
        app.MapMethods("/authorize", [HttpMethods.Get, HttpMethods.Post], Authorize).DisableAntiforgery();
        app.MapMethods("/sign-out", [HttpMethods.Get, HttpMethods.Post], (Delegate)SignOut).DisableAntiforgery();
        app.MapGet(Path, (HttpContext context, IAntiforgery forgery, [FromQuery(Name = ReturnUrl)] string? to, AccountFile file,
            ILogger<SignInPage> log) => IsOurs(to) ? Page(context, forgery, to, null, null) : Home(file, log));
        app.MapGet("/", Home);
        app.MapPost(Path, Check);
    }

    static async Task<IResult> Authorize(HttpContext context, AccountFile file, IdentitySettings settings, ILogger<SignInPage> log)
    {
        var request = context.GetOpenIddictServerRequest()!;
        var session = await context.AuthenticateAsync(Session);
        if (session.Principal is { } principal && !request.HasPromptValue(PromptValues.Login)
            && Bearer.StillThere(principal, file.Now(log)) is { } user)
            return Results.SignIn(Bearer.Of(user, request.GetScopes(), settings.Audience), authenticationScheme: Server);
        if (request.HasPromptValue(PromptValues.None))
        {
            return Results.Forbid(
                new AuthenticationProperties(new Dictionary<string, string?>
                {
                    [OpenIddictServerAspNetCoreConstants.Properties.Error] = Errors.LoginRequired,
                    [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = "Nobody is signed in.",
                }),
                [Server]);
        }
        // Without the prompt, so that who has just signed in is not asked again.
        var parameters = request.GetParameters().Where(p => p.Key != Parameters.Prompt)
            .Select(p => KeyValuePair.Create(p.Key, (string?)p.Value));
        return Results.Redirect($"{Path}{QueryString.Create(ReturnUrl, $"/authorize{QueryString.Create(parameters)}")}");
    }

    static async Task<IResult> SignOut(HttpContext context)
    {
        await context.SignOutAsync(Session);
        return Results.SignOut(new AuthenticationProperties { RedirectUri = Path }, [Server]);
    }

    static async Task<IResult> Check(
        HttpContext context, IAntiforgery forgery, AccountFile file, TimeProvider time, ILogger<SignInPage> log,
        [FromForm] string? name, [FromForm] string? password, [FromQuery(Name = ReturnUrl)] string? to)
    {
        var user = file.Now(log).User(name);
        var isRight = Secrets.Match(user?.PasswordHash, password);
        LogAttempt(
            log, name is { Length: <= 100 } ? name : "…", $"{context.Connection.RemoteIpAddress}", isRight ? "signed in" : "refused");
        if (!isRight) return Page(context, forgery, to, "There is no such account, or its password is another.", name);
        var identity = new ClaimsIdentity(Bearer.SessionClaims(user!), Session);
        await context.SignInAsync(Session, new ClaimsPrincipal(identity), new AuthenticationProperties { IssuedUtc = time.GetUtcNow() });
        return IsOurs(to) ? Results.Redirect(to!) : Home(file, log);
    }

    // Who comes here by hand is looking for the program to sign in to.
    static IResult Home(AccountFile file, ILogger<SignInPage> log) =>
        file.Now(log).Clients.SelectMany(c => c.RedirectUris).FirstOrDefault() is { } uri
            ? Results.Redirect(uri.GetLeftPart(UriPartial.Authority))
            : Results.NotFound();

    // Only back to where we came from; another address would send whoever signs in to a page that looks like ours.
    static bool IsOurs(string? to) => to?.StartsWith("/authorize?", StringComparison.Ordinal) == true;

    static IResult Page(HttpContext context, IAntiforgery forgery, string? to, string? failure, string? name) =>
        new RazorComponentResult<SignInPage>(new Dictionary<string, object?>
        {
            [nameof(SignInPage.Action)] = $"{Path}{(IsOurs(to) ? QueryString.Create(ReturnUrl, to!) : default)}",
            [nameof(SignInPage.Token)] = forgery.GetAndStoreTokens(context),
            [nameof(SignInPage.Failure)] = failure,
            [nameof(SignInPage.Name)] = name,
        })
        { StatusCode = failure is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized };

    [LoggerMessage(Level = LogLevel.Information, Message = "{Name} from {Address}: {Outcome}")]
    static partial void LogAttempt(ILogger log, string name, string? address, string outcome);
}
