using System.Net;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace ServiceDefaults.Access;

/// <summary>Bearer tokens (RFC 6750) of an OpenID Connect issuer.</summary>
public static class AccessSetup
{
    /// <summary>
    /// Accepts the tokens of the issuer in the settings. Keys are read from it, and again when a token has an unknown one.
    /// </summary>
    /// <exception cref="InvalidSettingException">The issuer is no address, or would send its keys unprotected.</exception>
    public static void AddAccess(this WebApplicationBuilder builder)
    {
        var settings = builder.AddAccessSettings();
        if (!settings.IsOn) return;
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(bearer =>
        {
            bearer.Authority = settings.Issuer;
            bearer.Audience = settings.Audience;
            bearer.RequireHttpsMetadata = settings.IsProtected;
            bearer.MapInboundClaims = false;
            bearer.TokenValidationParameters.ClockSkew = CheckAccess.ClocksApart;
            bearer.TokenValidationParameters.NameClaimType = settings.NameClaim;
            bearer.TokenValidationParameters.RoleClaimType = settings.RoleClaim;
        });
        // A key that the issuer has withdrawn is not accepted for another hour.
        builder.Services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, bearer =>
        {
            bearer.TokenHandlers.Clear();
            bearer.TokenHandlers.Add(new VerifyOnce(TimeProvider.System) { MapInboundClaims = false });
            if (bearer.ConfigurationManager is BaseConfigurationManager keys) keys.UseLastKnownGoodConfiguration = false;
        });
    }

    /// <summary>The section <c>Access</c>.</summary>
    /// <exception cref="InvalidSettingException">The issuer is no address, or would send its keys unprotected; or others than this machine
    /// reach the service, nobody would be asked, and <see cref="AccessSettings.Open"/> does not say that this is meant.</exception>
    public static AccessSettings AddAccessSettings(this WebApplicationBuilder builder)
    {
        var settings = builder.AddSettings<AccessSettings>("Access");
        if (!settings.IsOn && !settings.Open && !IPAddress.IsLoopback(builder.Configuration.ListenAddress()))
            throw new InvalidSettingException(
                "Access:Issuer", null, "the issuer's address, because others than this machine reach the service "
                    + $"(Ports:Address {builder.Configuration.ListenAddress()}), or Access:Open=true to let everybody do everything");
        if (settings is { IsOn: true, Open: true })
            throw new InvalidSettingException("Access:Open", "true", "false, because Access:Issuer says who is asked");
        return !settings.IsOn || (Uri.TryCreate(settings.Issuer, UriKind.Absolute, out var issuer) && AccessSettings.IsSafe(issuer))
            ? settings
            : throw new InvalidSettingException("Access:Issuer", settings.Issuer, "an https address; http only on this machine");
    }

    /// <summary>Asks each request for an operation who sends it, if an issuer is set.</summary>
    public static void UseAccess(this WebApplication app)
    {
        if (app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<AccessSettings>>().Value.IsOn)
            app.Use(CheckAccess.Check);
    }
}
