using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Query.Tests;

/// <summary>An OpenID Connect issuer: its description, its keys, and tokens of any content.</summary>
sealed class Issuer : IAsyncDisposable
{
    readonly WebApplication app;
    readonly List<ECDsaSecurityKey> keys = [];

    Issuer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/.well-known/openid-configuration", () => new { issuer = Address, jwks_uri = $"{Address}/keys" });
        app.MapGet("/keys", () => new
        {
            keys = keys.Select(JsonWebKeyConverter.ConvertFromECDsaSecurityKey)
                .Select(k => new { kty = k.Kty, crv = k.Crv, x = k.X, y = k.Y, kid = k.Kid, use = "sig", alg = "ES256" }),
        });
    }

    public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<Issuer> Start()
    {
        var issuer = new Issuer();
        issuer.Rotate();
        await issuer.app.StartAsync();
        return issuer;
    }

    /// <summary>From now on, only a new key is known, which signs.</summary>
    public void Rotate()
    {
        keys.Clear();
        keys.Add(Key());
    }

    public string Token(
        string? name = "ada", string[]? roles = null, string? audience = "pollux", string? issuer = null, double minutes = 5,
        bool isForged = false, string? tenant = null)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var key = isForged ? Key(keys[0].KeyId) : keys[0];
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Address,
            Audience = audience,
            NotBefore = now.AddHours(-2),
            IssuedAt = now.AddHours(-2),
            Expires = now.AddMinutes(minutes),
            Subject = new ClaimsIdentity(
            [
                .. name is null ? Array.Empty<Claim>() : [new("preferred_username", name)],
                .. tenant is null ? Array.Empty<Claim>() : [new("tenant", tenant)],
                .. (roles ?? ["viewer"]).Select(role => new Claim("roles", role)),
            ]),
            SigningCredentials = new(key, SecurityAlgorithms.EcdsaSha256),
        });
    }

    static ECDsaSecurityKey Key(string? id = null) =>
        new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = id ?? Guid.NewGuid().ToString("N") };

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
