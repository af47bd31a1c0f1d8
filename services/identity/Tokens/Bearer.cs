using System.Collections.Immutable;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Identity.Accounts;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Identity.Tokens;

/// <summary>What tokens say of a person or a program.</summary>
static class Bearer
{
    public const string RoleClaim = "roles";
    public const string TenantClaim = "tenant";

    // Never leave this service: they are only in codes and refresh tokens, which are encrypted.
    const string StampClaim = "stamp";
    const string OnceClaim = "once";

    // As in OpenID Connect's front-channel logout.
    const string SessionClaim = "sid";

    /// <summary>For a person, in the session with an id.</summary>
    public static ClaimsPrincipal Of(User user, string session, IEnumerable<string> scopes, string audience) =>
        Of(
            user.Name, user.Roles, user.Tenant, scopes, audience,
            (StampClaim, Stamp(user)), (SessionClaim, session), (OnceClaim, $"{Guid.NewGuid()}"));

    /// <summary>For a program.</summary>
    public static ClaimsPrincipal Of(Client client, string audience) => Of(client.Id, client.Roles, client.Tenant, [], audience);

    static ClaimsPrincipal Of(
        string name, IReadOnlyList<string> roles, string? tenant, IEnumerable<string> scopes, string audience,
        params (string Type, string Value)[] more)
    {
        var identity = new ClaimsIdentity("pollux", Claims.PreferredUsername, RoleClaim);
        identity.SetClaim(Claims.Subject, name).SetClaim(Claims.PreferredUsername, name)
            .SetClaims(RoleClaim, roles.ToImmutableArray());
        if (tenant is not null) identity.SetClaim(TenantClaim, tenant);
        foreach (var (type, value) in more) identity.SetClaim(type, value);
        identity.SetScopes(scopes).SetResources(audience);
        identity.SetDestinations(claim => claim.Type switch
        {
            StampClaim or OnceClaim => [],
            SessionClaim => [Destinations.IdentityToken],
            _ => [Destinations.AccessToken, Destinations.IdentityToken],
        });
        return new(identity);
    }

    /// <summary>What a browser's session remembers.</summary>
    public static IEnumerable<Claim> SessionClaims(User user) =>
        [new(Claims.Subject, user.Name), new(StampClaim, Stamp(user)), new(SessionClaim, $"{Guid.NewGuid()}")];

    /// <summary>Id of the session that a cookie, a code or a token is of.</summary>
    public static string SessionOf(ClaimsPrincipal principal) => principal.GetClaim(SessionClaim) ?? "";

    /// <summary>Which code or refresh token this is.</summary>
    public static string OnceOf(ClaimsPrincipal principal) => principal.GetClaim(OnceClaim) ?? "";

    /// <summary>
    /// The user whose session, code or refresh token this is; null if there is none any more, or the password is another.
    /// </summary>
    public static User? StillThere(ClaimsPrincipal principal, AccountList accounts) =>
        accounts.User(principal.GetClaim(Claims.Subject)) is { } user && principal.GetClaim(StampClaim) == Stamp(user) ? user : null;

    // Changes with the password.
    static string Stamp(User user) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(user.PasswordHash))[..8]);
}
