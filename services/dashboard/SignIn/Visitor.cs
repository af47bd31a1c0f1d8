using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using ServiceDefaults.Access;

namespace Dashboard.SignIn;

/// <summary>Whoever uses a page: as the issuer says, or else the name that was typed.</summary>
sealed class Visitor(AuthenticationStateProvider states) : CircuitHandler
{
    const string AddressClaim = "pollux-address";

    string? typed;

    /// <summary>Null when nobody said.</summary>
    public string? Name => IsProven ? Proven : typed;

    /// <summary>The issuer says who it is, and no other name may be given.</summary>
    public bool IsProven => Session is not null;

    /// <summary>Key of the session among <see cref="Sessions"/>; null when nobody is asked.</summary>
    public string? Session { get; private set; }

    /// <summary>From where the page is used; null when nobody is asked who he is.</summary>
    public string? Address { get; private set; }

    /// <summary>Names of the roles, as the issuer gave them.</summary>
    public IReadOnlyList<string> Roles { get; private set; } = [];

    string? Proven { get; set; }

    /// <summary>The user gives a name that nobody checks.</summary>
    public void Type(string? name) => typed = name is { Length: > 0 } ? name : null;

    /// <summary>Whether an operation would be allowed; query has the last word.</summary>
    public bool May(string operation) => !IsProven || (AccessTable.WithNames(Roles) & AccessTable.Of(operation)) != 0;

    /// <summary>Whoever is signed in, with the address that the request comes from.</summary>
    public static ClaimsPrincipal From(IPAddress? address, ClaimsPrincipal user)
    {
        if (address is null || user.Identity is not ClaimsIdentity { IsAuthenticated: true } signedIn) return user;
        // The session's own is of all requests.
        var own = signedIn.Clone();
        own.AddClaim(new(AddressClaim, address.ToString()));
        return new(own);
    }

    /// <summary>Takes over whom a request or a page is of.</summary>
    public void Be(ClaimsPrincipal user)
    {
        if (user.FindFirst(Sessions.KeyClaim)?.Value is not { } key) return;
        (Session, Proven, Address) = (key, user.Identity!.Name, user.FindFirst(AddressClaim)?.Value);
        Roles = [.. user.FindAll(((ClaimsIdentity)user.Identity).RoleClaimType).Select(c => c.Value)];
    }

    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancel) =>
        Be((await states.GetAuthenticationStateAsync()).User);
}
