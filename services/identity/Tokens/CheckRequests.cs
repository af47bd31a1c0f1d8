using System.Security.Claims;
using Identity.Accounts;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Identity.Tokens;

/// <summary>What OpenIddict leaves to whoever keeps the accounts himself: which clients there are, and for whom tokens are.</summary>
sealed class CheckRequests(
    AccountFile file, IdentitySettings settings, Spent spent, Guesses guesses, ILogger<CheckRequests> log) :
    IOpenIddictServerHandler<ValidateAuthorizationRequestContext>,
    IOpenIddictServerHandler<ValidateTokenRequestContext>,
    IOpenIddictServerHandler<HandleTokenRequestContext>,
    IOpenIddictServerHandler<ValidateEndSessionRequestContext>
{
    public ValueTask HandleAsync(ValidateAuthorizationRequestContext context)
    {
        if (file.Now(log).Client(context.ClientId) is not { } client)
            context.Reject(Errors.InvalidClient, $"There is no client '{context.ClientId}'.");
        else if (!client.RedirectUris.Any(uri => uri.OriginalString == context.RedirectUri))
            context.Reject(
                Errors.InvalidRequest, $"redirect_uri is not one of the client's; allowed: {string.Join(", ", client.RedirectUris)}.");
        return default;
    }

    public ValueTask HandleAsync(ValidateTokenRequestContext context)
    {
        var client = file.Now(log).Client(context.ClientId);
        var address = $"{context.Transaction.GetHttpRequest()?.HttpContext.Connection.RemoteIpAddress}";
        var isRight = guesses.IsRight(client?.SecretHash, context.ClientSecret, address, $"client {context.ClientId}");
        if (isRight is null) context.Reject(Errors.TemporarilyUnavailable, "Too many wrong secrets; try again in a minute.");
        else if (isRight is false) context.Reject(Errors.InvalidClient, "There is no such client, or its secret is another.");
        else if (context.Request.IsClientCredentialsGrantType() && client!.Roles.Count == 0)
            context.Reject(Errors.UnauthorizedClient, $"The client '{client.Id}' gets no tokens for itself.");
        else if (context.Request.IsAuthorizationCodeGrantType()
            && IsUsed(context.AuthorizationCodePrincipal!, SetUpTokens.CodeLifetime))
            context.Reject(Errors.InvalidGrant, "The code has been used.");
        else if (context.Request.IsRefreshTokenGrantType() && IsUsed(context.RefreshTokenPrincipal!, Session))
            context.Reject(Errors.InvalidGrant, "The refresh token has been used; sign in again.");
        return default;
    }

    TimeSpan Session => TimeSpan.FromHours(settings.SessionHours);

    // Who uses a code or a refresh token twice has stolen it, or it was stolen from him: the session ends.
    bool IsUsed(ClaimsPrincipal once, TimeSpan lifetime)
    {
        if (spent.Spend(Bearer.OnceOf(once), lifetime)) return false;
        spent.Spend(Bearer.SessionOf(once), Session);
        return true;
    }

    public ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        var accounts = file.Now(log);
        if (context.Request.IsClientCredentialsGrantType())
            context.Principal = Bearer.Of(accounts.Client(context.ClientId)!, settings.Audience)
                .SetAccessTokenLifetime(TimeSpan.FromSeconds(settings.ProgramTokenSeconds));
        else if (!spent.IsSpent(Bearer.SessionOf(context.Principal!)) && Bearer.StillThere(context.Principal!, accounts) is { } user)
            context.Principal = Bearer.Of(user, Bearer.SessionOf(context.Principal!), context.Principal!.GetScopes(), settings.Audience);
        else context.Reject(Errors.InvalidGrant, "Signed out, or the account is gone or has another password; sign in again.");
        return default;
    }

    public ValueTask HandleAsync(ValidateEndSessionRequestContext context)
    {
        // Anybody could send a browser here; the session that ends is that of the token.
        if (context.IdentityTokenHintPrincipal is null)
            context.Reject(Errors.InvalidRequest, "id_token_hint is missing or not one of ours.");
        else if (context.PostLogoutRedirectUri is { Length: > 0 } given
            && !file.Now(log).Clients.Any(c => c.SignedOutUris.Any(uri => uri.OriginalString == given)))
            context.Reject(Errors.InvalidRequest, "post_logout_redirect_uri is not one of a client's.");
        return default;
    }
}
