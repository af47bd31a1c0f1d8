using Identity.Accounts;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Identity.Tokens;

/// <summary>OpenID Connect (OpenIddict): code flow with PKCE and refresh for people, client credentials for programs.</summary>
static class SetUpTokens
{
    public static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(2);

    public static void AddTokens(this WebApplicationBuilder builder, IdentitySettings settings)
    {
        var (signing, encryption) = SigningKey.Read(settings.Directory);
        builder.Services.AddSingleton(settings).AddSingleton<Spent>().AddSingleton<Guesses>();
        // It tells every step, with what clients have sent.
        builder.Logging.AddFilter("OpenIddict", LogLevel.Warning);
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            server.SetIssuer(settings.Address);
            server.SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token").SetEndSessionEndpointUris("sign-out");
            server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().AllowRefreshTokenFlow().AllowClientCredentialsFlow();
            server.Configure(options => options.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain));
            server.RegisterScopes(Scopes.OpenId, Scopes.Profile, Scopes.OfflineAccess);
            server.AddSigningKey(signing).AddEncryptionKey(encryption).DisableAccessTokenEncryption();
            server.SetAuthorizationCodeLifetime(CodeLifetime).SetAccessTokenLifetime(TimeSpan.FromSeconds(settings.TokenSeconds));
            server.SetRefreshTokenLifetime(TimeSpan.FromHours(settings.SessionHours)).DisableSlidingRefreshTokenExpiration();
            // There is no database: accounts are a file, and tokens say themselves what they are worth.
            server.EnableDegradedMode();
            server.AddEventHandler<ValidateAuthorizationRequestContext>(h => h.UseSingletonHandler<CheckRequests>());
            server.AddEventHandler<ValidateTokenRequestContext>(h => h.UseSingletonHandler<CheckRequests>());
            server.AddEventHandler<HandleTokenRequestContext>(h => h.UseSingletonHandler<CheckRequests>());
            server.AddEventHandler<ValidateEndSessionRequestContext>(h => h.UseSingletonHandler<CheckRequests>());
            var host = server.UseAspNetCore().EnableAuthorizationEndpointPassthrough().EnableEndSessionEndpointPassthrough()
                .EnableStatusCodePagesIntegration();
            if (!settings.IsProtected) host.DisableTransportSecurityRequirement();
        });
    }
}
