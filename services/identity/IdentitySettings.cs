using System.ComponentModel.DataAnnotations;
using ServiceDefaults;
using ServiceDefaults.Access;

namespace Identity;

/// <summary>Section <c>Identity</c> of the configuration.</summary>
sealed record IdentitySettings
{
    /// <summary>Address under which browsers and services reach this issuer.</summary>
    [RegularExpression("^https?://[^/?#]+/?$")]
    public string Issuer { get; init; } = "http://127.0.0.1:5106";

    /// <summary>Directory with accounts and keys, as <c>make-accounts</c> fills it.</summary>
    [StringLength(4000)]
    public string Directory { get; init; } = "";

    /// <summary>Audience of tokens; that of <c>Access:Audience</c>.</summary>
    [StringLength(200, MinimumLength = 1)]
    public string Audience { get; init; } = "pollux";

    /// <summary>How long the token of a person is valid, s. What changes in the accounts takes effect with the next one.</summary>
    [Range(1, 3600)]
    public int TokenSeconds { get; init; } = 600;

    /// <summary>How long the token of a program is valid, s.</summary>
    [Range(1, 86_400)]
    public int ProgramTokenSeconds { get; init; } = 3600;

    /// <summary>After how long a person must give the password again, h.</summary>
    [Range(1, 720)]
    public int SessionHours { get; init; } = 12;

    /// <summary>Most wrong passwords for one account from one address in a minute; twelve times as many for all accounts.</summary>
    [Range(1, 10_000)]
    public int FailuresPerMinute { get; init; } = 10;

    public Uri Address => new(Issuer);

    public bool IsProtected => Address.Scheme == Uri.UriSchemeHttps;
}

static class ReadIdentitySettings
{
    public static IdentitySettings AddIdentitySettings(this WebApplicationBuilder builder)
    {
        var settings = builder.AddSettings<IdentitySettings>("Identity");
        if (!AccessSettings.IsSafe(settings.Address))
            throw new InvalidSettingException("Identity:Issuer", settings.Issuer, "an https address; http only on this machine");
        if (!Directory.Exists(settings.Directory))
            throw new InvalidSettingException(
                "Identity:Directory", settings.Directory, "a directory as 'Identity make-accounts DIRECTORY DASHBOARD' fills it");
        return settings;
    }
}
