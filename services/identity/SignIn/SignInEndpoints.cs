using System.Security.Claims;
using Identity.Accounts;
using Identity.Tokens;
using Microsoft.AspNetCore;
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
        app.MapMethods("/authorize", [HttpMethods.Get, HttpMethods.Post], Authorize);
        app.MapMethods("/sign-out", [HttpMethods.Get, HttpMethods.Post], (Delegate)SignOut);
        app.MapGet(Path, ([FromQuery(Name = ReturnUrl)] string? to, AccountFile file, ILogger<SignInPage> log) =>
            IsOurs(to) ? Page(to, null, null) : Home(file, log));
        app.MapGet("/", Home);
        // Instead of a token in the form, which a second page of the same browser would invalidate: see IsFromHere.
        app.MapPost(Path, Check).DisableAntiforgery();
    }

    static async Task<IResult> Authorize(
        HttpContext context, AccountFile file, IdentitySettings settings, Spent spent, TimeProvider time, ILogger<SignInPage> log)
    {
        var request = context.GetOpenIddictServerRequest()!;
        var session = await context.AuthenticateAsync(Session);
        var isRecent = request.MaxAge is not { } seconds
            || time.GetUtcNow() - session.Properties?.IssuedUtc <= TimeSpan.FromSeconds(seconds);
        if (session.Principal is { } principal && isRecent && !request.HasPromptValue(PromptValues.Login)
            && !spent.IsSpent(Bearer.SessionOf(principal)) && Bearer.StillThere(principal, file.Now(log)) is { } user)
            return Results.SignIn(
                Bearer.Of(user, Bearer.SessionOf(principal), request.GetScopes(), settings.Audience), authenticationScheme: Server);
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
        // Without what asked for it, so that who has just signed in is not asked again.
        var parameters = request.GetParameters().Where(p => p.Key is not (Parameters.Prompt or Parameters.MaxAge))
            .Select(p => KeyValuePair.Create(p.Key, (string?)p.Value));
        return Results.Redirect($"{Path}{QueryString.Create(ReturnUrl, $"/authorize{QueryString.Create(parameters)}")}");
    }

    static async Task<IResult> SignOut(HttpContext context, Spent spent, IdentitySettings settings)
    {
        // The token was checked; the session it is of ends wherever it is used, and this browser's only if it is that one.
        var hint = await context.AuthenticateAsync(Server);
        var session = Bearer.SessionOf(hint.Principal!);
        spent.Spend(session, TimeSpan.FromHours(settings.SessionHours));
        if ((await context.AuthenticateAsync(Session)).Principal is { } principal && Bearer.SessionOf(principal) == session)
            await context.SignOutAsync(Session);
        return Results.SignOut(new AuthenticationProperties { RedirectUri = Path }, [Server]);
    }

    static async Task<IResult> Check(
        HttpContext context, AccountFile file, IdentitySettings settings, Guesses guesses, TimeProvider time, ILogger<SignInPage> log,
        [FromForm] string? name, [FromForm] string? password, [FromQuery(Name = ReturnUrl)] string? to)
    {
        if (!IsFromHere(context.Request, settings)) return Results.BadRequest();
        var (user, address) = (file.Now(log).User(name), $"{context.Connection.RemoteIpAddress}");
        var isRight = guesses.IsRight(user?.PasswordHash, password, address, $"user {name}");
        // Somebody may have typed a password into the field for the name.
        LogAttempt(
            log, user?.Name ?? "somebody unknown", address,
            isRight is true ? "signed in" : isRight is null ? "slowed down" : "refused");
        if (isRight is null)
            return Page(to, "Too many wrong passwords; try again in a minute.", name, StatusCodes.Status429TooManyRequests);
        if (isRight is false)
            return Page(to, "There is no such account, or its password is another.", name, StatusCodes.Status401Unauthorized);
        var identity = new ClaimsIdentity(Bearer.SessionClaims(user!), Session);
        await context.SignInAsync(Session, new ClaimsPrincipal(identity), new AuthenticationProperties { IssuedUtc = time.GetUtcNow() });
        return IsOurs(to) ? Results.Redirect(to!) : Home(file, log);
    }

    // Browsers say which page sent a form; another one must not sign anybody in.
    static bool IsFromHere(HttpRequest request, IdentitySettings settings) =>
        request.Headers.Origin is [{ } origin] && origin == settings.Address.GetLeftPart(UriPartial.Authority);

    // Who comes here by hand is looking for the program to sign in to.
    static IResult Home(AccountFile file, ILogger<SignInPage> log) =>
        file.Now(log).Clients.SelectMany(c => c.RedirectUris).FirstOrDefault() is { } uri
            ? Results.Redirect(uri.GetLeftPart(UriPartial.Authority))
            : Results.NotFound();

    // Only back to where we came from; another address would send whoever signs in to a page that looks like ours.
    static bool IsOurs(string? to) =>
        to?.StartsWith("/authorize?", StringComparison.Ordinal) == true && to.All(c => c is > ' ' and < (char)127);

    static IResult Page(string? to, string? failure, string? name, int status = StatusCodes.Status200OK) =>
        new RazorComponentResult<SignInPage>(new Dictionary<string, object?>
        {
            [nameof(SignInPage.Action)] = $"{Path}{(IsOurs(to) ? QueryString.Create(ReturnUrl, to!) : default)}",
            [nameof(SignInPage.Failure)] = failure,
            [nameof(SignInPage.Name)] = name,
        })
        { StatusCode = status };

    [LoggerMessage(Level = LogLevel.Information, Message = "{Name} from {Address}: {Outcome}")]
    static partial void LogAttempt(ILogger log, string name, string? address, string outcome);
}
