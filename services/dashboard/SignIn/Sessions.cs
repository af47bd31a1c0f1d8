using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using ServiceDefaults;

namespace Dashboard.SignIn;

/// <summary>The session has ended: its user must sign in again.</summary>
sealed class SessionEndedException() : Exception("Your session has ended; sign in again.");

/// <summary>
/// Who is signed in, with the tokens that query is asked with. They stay in this process, where pages live too; a browser has only a key.
/// After a restart the issuer, who still knows the browser, sends it back without a question.
/// </summary>
sealed partial class Sessions(IOptionsMonitor<OpenIdConnectOptions> issuer, TimeProvider time, ILogger<Sessions> log) : ITicketStore
{
    /// <summary>Claim with the key of the session.</summary>
    public const string KeyClaim = "pollux-session";

    // A request must not arrive with a token that has just expired.
    static readonly TimeSpan Before = TimeSpan.FromSeconds(15);

    readonly ConcurrentDictionary<string, Session> sessions = new();

    /// <summary>Raised with a session's key, on any thread.</summary>
    public event Action<string>? Ended;

    sealed class Session
    {
        public required AuthenticationTicket Ticket { get; set; }

        public SemaphoreSlim Turn { get; } = new(1);

        public DateTimeOffset Expires =>
            DateTimeOffset.TryParse(
                Ticket.Properties.GetTokenValue("expires_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at : DateTimeOffset.MaxValue;

        public string? Token(string name) => Ticket.Properties.GetTokenValue(name);
    }

    public Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var now = time.GetUtcNow();
        foreach (var (old, session) in sessions)
        {
            if (session.Ticket.Properties.ExpiresUtc < now) End(old);
        }
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        ((ClaimsIdentity)ticket.Principal.Identity!).AddClaim(new(KeyClaim, key));
        sessions[key] = new() { Ticket = ticket };
        return Task.FromResult(key);
    }

    public Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        if (sessions.TryGetValue(key, out var session)) session.Ticket = ticket;
        return Task.CompletedTask;
    }

    public Task<AuthenticationTicket?> RetrieveAsync(string key) =>
        Task.FromResult(sessions.TryGetValue(key, out var session) ? session.Ticket : null);

    /// <summary>
    /// Where somebody has just signed in, there is no session before: it ends, and the new one has another key. Only then is this asked
    /// there.
    /// </summary>
    public Task<AuthenticationTicket?> RetrieveAsync(string key, HttpContext context, CancellationToken cancel)
    {
        if (context.Request.Path == issuer.Get(OpenIdConnectDefaults.AuthenticationScheme).CallbackPath) End(key);
        return RetrieveAsync(key);
    }

    public Task RemoveAsync(string key)
    {
        End(key);
        return Task.CompletedTask;
    }

    void End(string key)
    {
        if (sessions.TryRemove(key, out _)) Ended?.Invoke(key);
    }

    /// <summary>A token of the session that is still valid.</summary>
    /// <param name="key">The session's.</param>
    /// <param name="cancel">Ends the wait for others that ask for the same.</param>
    /// <exception cref="SessionEndedException">There is none, and the issuer gives no other.</exception>
    /// <exception cref="UnavailableException">The issuer cannot be reached.</exception>
    public async Task<string> Token(string key, CancellationToken cancel)
    {
        if (!sessions.TryGetValue(key, out var session)) throw new SessionEndedException();
        if (IsFresh(session)) return session.Token("access_token")!;
        await session.Turn.WaitAsync(cancel);
        try
        {
            // Not given up with the caller: the issuer takes a refresh token once, so what it answers must be kept even if nobody waits.
            if (!IsFresh(session)) await Refresh(key, session);
            return session.Token("access_token")!;
        }
        finally
        {
            session.Turn.Release();
        }
    }

    bool IsFresh(Session session) => session.Expires - time.GetUtcNow() > Before;

    async Task Refresh(string key, Session session)
    {
        var options = issuer.Get(OpenIdConnectDefaults.AuthenticationScheme);
        try
        {
            if (session.Token("refresh_token") is { } token)
            {
                var description = await options.ConfigurationManager!.GetConfigurationAsync(CancellationToken.None);
                using var form = new FormUrlEncodedContent(new Dictionary<string, string>
                {
                    [OpenIdConnectParameterNames.GrantType] = OpenIdConnectGrantTypes.RefreshToken,
                    [OpenIdConnectParameterNames.RefreshToken] = token,
                    [OpenIdConnectParameterNames.ClientId] = options.ClientId!,
                    [OpenIdConnectParameterNames.ClientSecret] = options.ClientSecret!,
                });
                using var answer = await options.Backchannel.PostAsync(new Uri(description.TokenEndpoint), form);
                if (answer.IsSuccessStatusCode)
                {
                    Take(session, new(await answer.Content.ReadAsStringAsync()));
                    return;
                }
                if (answer.StatusCode is not (HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized))
                    throw new UnavailableException($"The issuer of tokens answers {(int)answer.StatusCode}; try again.");
            }
        }
        catch (Exception e) when (e is HttpRequestException or InvalidOperationException or TaskCanceledException)
        {
            throw new UnavailableException("The issuer of tokens cannot be reached; try again.");
        }
        LogEnded(session.Ticket.Principal.Identity!.Name);
        End(key);
        throw new SessionEndedException();
    }

    void Take(Session session, OpenIdConnectMessage answer)
    {
        var properties = session.Ticket.Properties;
        properties.UpdateTokenValue("access_token", answer.AccessToken);
        if (answer.RefreshToken is { } next) properties.UpdateTokenValue("refresh_token", next);
        var seconds = double.Parse(answer.ExpiresIn ?? "0", CultureInfo.InvariantCulture);
        properties.UpdateTokenValue("expires_at", time.GetUtcNow().AddSeconds(seconds).ToString("o", CultureInfo.InvariantCulture));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The session of {Name} has ended: its issuer gives no other token")]
    partial void LogEnded(string? name);
}
