using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceDefaults.Access;

/// <summary>
/// Who is believed about where a request comes from (<c>X-Forwarded-For</c>, <c>X-Forwarded-Proto</c>): the setting <c>Proxies</c>,
/// addresses and networks with commas between them. Nobody by default: anybody could claim another's address.
/// </summary>
public static class Proxies
{
    const string Setting = "Proxies";

    /// <summary>Header with the address that a request comes from.</summary>
    public const string ForwardedFor = "X-Forwarded-For";

    /// <summary>Takes the address and the scheme from proxies, before anything else looks at them.</summary>
    /// <exception cref="InvalidSettingException">One of them is neither an address nor a network.</exception>
    internal static void AddProxies(this WebApplicationBuilder builder)
    {
        var given = (builder.Configuration[Setting] ?? "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (given.Length == 0) return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            // As many as there are in a row, as long as each is believed.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var one in given)
        {
            if (IPAddress.TryParse(one, out var address)) options.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(one, out var network)) options.KnownIPNetworks.Add(network);
            else throw new InvalidSettingException(Setting, one, "addresses and networks, e.g. 10.0.0.7,10.1.0.0/16");
        }
        builder.Services.AddSingleton<IStartupFilter>(new First(options));
    }

    sealed class First(ForwardedHeadersOptions options) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseForwardedHeaders(options);
            next(app);
        };
    }
}
