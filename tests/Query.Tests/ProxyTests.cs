using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ServiceDefaults;

namespace Query.Tests;

/// <summary>Who is believed about where a request comes from.</summary>
public class ProxyTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static WebApplicationBuilder With(string proxies)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["Ports:Http"] = "0";
        builder.Configuration["Proxies"] = proxies;
        return builder.AddServiceDefaults("proxied", 0);
    }

    [Theory]
    [InlineData("", "127.0.0.1 http")]
    [InlineData("10.0.0.7, 10.1.0.0/16", "127.0.0.1 http")]
    [InlineData("127.0.0.1", "203.0.113.7 https")]
    [InlineData("10.1.0.0/16,127.0.0.0/8", "203.0.113.7 https")]
    [InlineData("203.0.113.7,127.0.0.1", "198.51.100.1 https")]
    public async Task Only_who_is_named(string proxies, string seen)
    {
        await using var app = With(proxies).Build();
        app.MapGet("/", (HttpContext context) => $"{context.Connection.RemoteIpAddress} {context.Request.Scheme}");
        await app.StartAsync(Cancel);
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.1, 203.0.113.7");
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        Assert.Equal(seen, await client.GetStringAsync(new Uri("/", UriKind.Relative), Cancel));
    }

    [Fact]
    public void What_is_no_address_is_refused_at_start() => Assert.Contains(
        "Proxies (environment: Proxies) is 'ingress'; allowed: addresses and networks",
        Assert.Throws<InvalidSettingException>(() => With("10.0.0.7,ingress")).Message, StringComparison.Ordinal);
}
