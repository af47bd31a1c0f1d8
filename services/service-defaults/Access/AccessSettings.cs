using System.ComponentModel.DataAnnotations;

namespace ServiceDefaults.Access;

/// <summary>Who may call: the section <c>Access</c>.</summary>
public sealed class AccessSettings
{
    /// <summary>
    /// Address of the OpenID Connect issuer whose tokens are accepted; it must be https, except on this machine. Empty: nobody is asked who
    /// they are, which a service that others than this machine can reach does not start with unless <see cref="Open"/> says so.
    /// </summary>
    [StringLength(2000)]
    public string Issuer { get; set; } = "";

    /// <summary>Audience that a token must name.</summary>
    [StringLength(200, MinimumLength = 1)]
    public string Audience { get; set; } = "pollux";

    /// <summary>Claim with the roles.</summary>
    [StringLength(200, MinimumLength = 1)]
    public string RoleClaim { get; set; } = "roles";

    /// <summary>Claim with the name that events are recorded under.</summary>
    [StringLength(200, MinimumLength = 1)]
    public string NameClaim { get; set; } = "preferred_username";

    /// <summary>Claim with the tenant; a token without it is of no tenant.</summary>
    [StringLength(200, MinimumLength = 1)]
    public string TenantClaim { get; set; } = "tenant";

    /// <summary>Whoever reaches the service may do everything: for networks that nobody else reaches.</summary>
    public bool Open { get; set; }

    /// <summary>Whether anybody is asked who they are.</summary>
    public bool IsOn => Issuer.Length > 0;

    /// <summary>Whether nobody on the way can read along: https, or http on this machine.</summary>
    public static bool IsSafe(Uri? address) => address is { IsAbsoluteUri: true }
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    /// <summary>Whether the issuer sends its keys protected; on one machine it need not.</summary>
    public bool IsProtected => Issuer.StartsWith(Uri.UriSchemeHttps + ":", StringComparison.OrdinalIgnoreCase);
}
