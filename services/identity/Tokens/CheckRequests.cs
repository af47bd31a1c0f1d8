using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Identity.Accounts;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Identity.Tokens;

/// <summary>What OpenIddict leaves to whoever keeps the accounts himself: which clients there are, and for whom tokens are.</summary>
sealed class CheckRequests(AccountFile file, IdentitySettings settings, TimeProvider time, ILogger<CheckRequests> log) :
    IOpenIddictServerHandler<ValidateAuthorizationRequestContext>,
    IOpenIddictServerHandler<ValidateTokenRequestContext>,
    IOpenIddictServerHandler<HandleTokenRequestContext>,
    IOpenIddictServerHandler<ValidateEndSessionRequestContext>
{
    // Codes that have been exchanged, until they expire. One replica issues, so its memory is enough.
    readonly ConcurrentDictionary<string, DateTimeOffset> spent = new();

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
        if (!Secrets.Match(client?.SecretHash, context.ClientSecret))
            context.Reject(Errors.InvalidClient, "There is no such client, or its secret is another.");
        else if (context.Request.IsClientCredentialsGrantType() && client!.Roles.Count == 0)
            context.Reject(Errors.UnauthorizedClient, $"The client '{client.Id}' gets no tokens for itself.");
        else if (context.Request.IsAuthorizationCodeGrantType() && !Spend(context.Request.Code!))
            context.Reject(Errors.InvalidGrant, "The code has been used.");
        return default;
    }

    bool Spend(string code)
    {
        var now = time.GetUtcNow();
        foreach (var (old, until) in spent)
        {
            if (until < now) spent.TryRemove(old, out _);
        }
        return spent.TryAdd(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(code))), now + SetUpTokens.CodeLifetime);
    }

    public ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        var accounts = file.Now(log);
        if (context.Request.IsClientCredentialsGrantType())
            context.Principal = Bearer.Of(accounts.Client(context.ClientId)!, settings.Audience)
                .SetAccessTokenLifetime(TimeSpan.FromSeconds(settings.ProgramTokenSeconds));
        else if (Bearer.StillThere(context.Principal!, accounts) is { } user)
            context.Principal = Bearer.Of(user, context.Principal!.GetScopes(), settings.Audience);
        else context.Reject(Errors.InvalidGrant, "The account is gone, or has another password; sign in again.");
        return default;
    }

    public ValueTask HandleAsync(ValidateEndSessionRequestContext context)
    {
        // Anybody could send a browser here; only who has seen a token of the session may end it.
        if (context.IdentityTokenHintPrincipal is null)
            context.Reject(Errors.InvalidRequest, "id_token_hint is missing or not one of ours.");
        else if (context.PostLogoutRedirectUri is { Length: > 0 } given
            && !file.Now(log).Clients.Any(c => c.SignedOutUris.Any(uri => uri.OriginalString == given)))
            context.Reject(Errors.InvalidRequest, "post_logout_redirect_uri is not one of a client's.");
        return default;
    }
}
