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

    // Never leaves this service: it is only in codes and refresh tokens, which are encrypted.
    const string StampClaim = "stamp";

    public static ClaimsPrincipal Of(User user, IEnumerable<string> scopes, string audience) =>
        Of(user.Name, user.Roles, Stamp(user), scopes, audience);

    public static ClaimsPrincipal Of(Client client, string audience) => Of(client.Id, client.Roles, null, [], audience);

    static ClaimsPrincipal Of(string name, IReadOnlyList<string> roles, string? stamp, IEnumerable<string> scopes, string audience)
    {
        var identity = new ClaimsIdentity("pollux", Claims.PreferredUsername, RoleClaim);
        identity.SetClaim(Claims.Subject, name).SetClaim(Claims.PreferredUsername, name)
            .SetClaims(RoleClaim, roles.ToImmutableArray()).SetClaim(StampClaim, stamp);
        identity.SetScopes(scopes).SetResources(audience);
        identity.SetDestinations(claim =>
            claim.Type == StampClaim ? [] : [Destinations.AccessToken, Destinations.IdentityToken]);
        return new(identity);
    }

    /// <summary>What a browser's session remembers.</summary>
    public static IEnumerable<Claim> SessionClaims(User user) => [new(Claims.Subject, user.Name), new(StampClaim, Stamp(user))];

    /// <summary>
    /// The user whose session, code or refresh token this is; null if there is none any more, or the password is another.
    /// </summary>
    public static User? StillThere(ClaimsPrincipal principal, AccountList accounts) =>
        accounts.User(principal.GetClaim(Claims.Subject)) is { } user && principal.GetClaim(StampClaim) == Stamp(user) ? user : null;

    // Changes with the password.
    static string Stamp(User user) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(user.PasswordHash))[..8]);
}
