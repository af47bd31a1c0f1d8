using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using Dashboard.SignIn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Dashboard.Tests;

public class SessionsTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // An issuer that takes a refresh token once, and answers when it is let to.
    sealed class Issuer : HttpMessageHandler
    {
        readonly HashSet<string> spent = [];

        public SemaphoreSlim Asked { get; } = new(0);

        public SemaphoreSlim May { get; } = new(0);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
        {
            var form = await request.Content!.ReadAsStringAsync(cancel);
            var isFirst = spent.Add(form);
            Asked.Release();
            await May.WaitAsync(cancel);
            return isFirst
                ? new(HttpStatusCode.OK)
                {
                    Content = JsonContent.Create(new Dictionary<string, object>
                    {
                        ["access_token"] = $"access-{spent.Count}",
                        ["refresh_token"] = $"refresh-{spent.Count}",
                        ["expires_in"] = 3600,
                        ["token_type"] = "Bearer",
                    }),
                }
                : new(HttpStatusCode.BadRequest);
        }
    }

    sealed class Always(OpenIdConnectOptions options) : IOptionsMonitor<OpenIdConnectOptions>
    {
        public OpenIdConnectOptions CurrentValue => options;

        public OpenIdConnectOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<OpenIdConnectOptions, string?> listener) => null;
    }

    [Fact]
    public async Task A_page_that_is_left_while_its_token_is_renewed_ends_no_session()
    {
        using var issuer = new Issuer();
        using var http = new HttpClient(issuer);
        Sessions sessions = new(
            new Always(new()
            {
                ClientId = "dashboard",
                ClientSecret = "s",
                Backchannel = http,
                ConfigurationManager = new StaticConfigurationManager<OpenIdConnectConfiguration>(
                    new() { TokenEndpoint = "http://issuer.example/token" }),
            }),
            TimeProvider.System,
            NullLogger<Sessions>.Instance);
        AuthenticationProperties properties = new();
        properties.StoreTokens([
            new() { Name = "access_token", Value = "access-0" },
            new() { Name = "refresh_token", Value = "refresh-0" },
            new() { Name = "expires_at", Value = "2020-01-01T00:00:00Z" }]);
        var key = await sessions.StoreAsync(new(new(new ClaimsIdentity("test")), properties, "test"));

        using (var left = new CancellationTokenSource())
        {
            var asking = sessions.Token(key, left.Token);
            await issuer.Asked.WaitAsync(Cancel);
            await left.CancelAsync();
            issuer.May.Release();
            Assert.Equal("access-1", await asking);
        }
        Assert.Equal("access-1", await sessions.Token(key, Cancel));
    }
}
