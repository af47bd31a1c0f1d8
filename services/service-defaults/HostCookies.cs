using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults;

/// <summary>
/// Cookies of sessions: over https with the prefix that lets browsers take them from this host only, not from another one of its domain.
/// </summary>
public sealed class HostCookies : ICookieManager
{
    const string Prefix = "__Host-";

    readonly ChunkingCookieManager inner = new();

    static string NameOf(HttpContext context, string key) => context.Request.IsHttps ? Prefix + key : key;

    /// <inheritdoc/>
    public string? GetRequestCookie(HttpContext context, string key) => inner.GetRequestCookie(context, NameOf(context, key));

    /// <inheritdoc/>
    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
        inner.AppendResponseCookie(context, NameOf(context, key), value, options);

    /// <inheritdoc/>
    public void DeleteCookie(HttpContext context, string key, CookieOptions options) =>
        inner.DeleteCookie(context, NameOf(context, key), options);
}
