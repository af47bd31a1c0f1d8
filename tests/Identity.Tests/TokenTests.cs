using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Accounts;
using Microsoft.AspNetCore.WebUtilities;

namespace Identity.Tests;

/// <summary>The protocol, as a browser and programs speak it.</summary>
public sealed partial class TokenTests : IAsyncDisposable
{
    const string Callback = IssuerHost.Dashboard + "/signin-oidc";

    static readonly string Verifier = new('v', 64);
    static readonly string Challenge = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    readonly IssuerHost issuer = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => issuer.DisposeAsync();

    static string Authorize(string? redirect = Callback, string? challenge = null, string client = "dashboard", string more = "") =>
        $"/authorize?response_type=code&client_id={client}&redirect_uri={Uri.EscapeDataString(redirect ?? "")}"
            + $"&scope=openid%20offline_access&state=s&nonce=n{more}"
            + (challenge is null ? "" : $"&code_challenge={challenge}&code_challenge_method=S256");

    async Task<HttpResponseMessage> Get(string path) => await issuer.Http.GetAsync(new Uri(path, UriKind.Relative), Cancel);

    /// <summary>Opens the form behind an address, fills it in and sends it.</summary>
    async Task<HttpResponseMessage> SignIn(string path, string name, string password)
    {
        using var sent = await Get(path);
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        var form = await (await Get(sent.Headers.Location!.OriginalString)).Content.ReadAsStringAsync(Cancel);
        using var content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["name"] = name,
            ["password"] = password,
        });
        return await Send(WebUtility.HtmlDecode(FormAction().Match(form).Groups[1].Value), content, "http://127.0.0.1:5106");
    }

    async Task<HttpResponseMessage> Send(string path, HttpContent form, string? origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = form };
        if (origin is not null) request.Headers.Add("Origin", origin);
        return await issuer.Http.SendAsync(request, Cancel);
    }

    async Task<string> Code(string name = "engineer")
    {
        // A browser that has a session is sent on at once.
        using var known = await Get(Authorize(challenge: Challenge, more: "&prompt=none"));
        using var back = known.Headers.Location?.Query.Contains("code=", StringComparison.Ordinal) == true
            ? known
            : await Get((await SignIn(Authorize(challenge: Challenge), name, issuer.PasswordOf(name))).Headers.Location!.OriginalString);
        Assert.StartsWith(Callback, back.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var query = QueryHelpers.ParseQuery(back.Headers.Location.Query);
        Assert.Equal("s", query["state"]);
        return query["code"].ToString();
    }

    Task<(int Status, JsonNode Body)> Exchange(string code, string? verifier = null, string? secret = null, string redirect = Callback) =>
        issuer.Token(
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect), ("code_verifier", verifier ?? Verifier),
            ("client_id", "dashboard"), ("client_secret", secret ?? issuer.PasswordOf("dashboard")));

    Task<(int Status, JsonNode Body)> Refresh(JsonNode tokens) => issuer.Token(
        ("grant_type", "refresh_token"), ("refresh_token", (string)tokens["refresh_token"]!),
        ("client_id", "dashboard"), ("client_secret", issuer.PasswordOf("dashboard")));

    [Fact]
    public async Task A_person_signs_in_and_stays_until_the_account_changes()
    {
        var (status, tokens) = await Exchange(await Code());
        Assert.True(status == 200, tokens.ToJsonString());
        var token = IssuerHost.Read((string)tokens["access_token"]!);
        Assert.Equal(
            ("http://127.0.0.1:5106/", "pollux", "engineer", "engineer"),
            ((string)token["iss"]!, (string)token["aud"]!, (string)token["preferred_username"]!, (string)token["roles"]!));
        Assert.Null(token["stamp"]);
        Assert.Equal("n", (string)IssuerHost.Read((string)tokens["id_token"]!)["nonce"]!);

        (status, tokens) = await Refresh(tokens);
        Assert.True(status == 200, tokens.ToJsonString());
        issuer.Change(a => a with
        {
            Users = [.. a.Users.Select(u => u.Name == "engineer" ? u with { Roles = ["viewer", "auditor"] } : u)],
        });
        (status, tokens) = await Refresh(tokens);
        Assert.Equal(
            ["viewer", "auditor"], IssuerHost.Read((string)tokens["access_token"]!)["roles"]!.AsArray().Select(r => (string)r!));
        issuer.Change(a => a with
        {
            Users = [.. a.Users.Select(u => u.Name == "engineer" ? u with { PasswordHash = Secrets.Hash("another") } : u)],
        });
        (status, var refused) = await Refresh(tokens);
        Assert.Equal((400, "invalid_grant"), (status, (string)refused["error"]!));
        // The browser's session has ended as well.
        using var again = await Get(Authorize(challenge: Challenge));
        Assert.StartsWith("/sign-in?", again.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_signed_in_is_not_asked_again_until_signing_out()
    {
        var (_, tokens) = await Exchange(await Code());
        using (var second = await Get(Authorize(challenge: Challenge)))
            Assert.StartsWith(Callback, second.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using (var prompted = await Get(Authorize(challenge: Challenge, more: "&prompt=login")))
            Assert.StartsWith("/sign-in?", prompted.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using (var unasked = await Get("/sign-out")) Assert.Equal(HttpStatusCode.BadRequest, unasked.StatusCode);
        var out1 = $"/sign-out?id_token_hint={tokens["id_token"]}&post_logout_redirect_uri=";
        using (var elsewhere = await Get($"{out1}{Uri.EscapeDataString("https://evil.example/")}"))
            Assert.Equal(HttpStatusCode.BadRequest, elsewhere.StatusCode);
        var back = IssuerHost.Dashboard + "/signout-callback-oidc";
        using (var signedOut = await Get($"{out1}{Uri.EscapeDataString(back)}"))
            Assert.StartsWith(back, $"{signedOut.Headers.Location}", StringComparison.Ordinal);
        using (var quiet = await Get(Authorize(challenge: Challenge, more: "&prompt=none")))
            Assert.Contains("error=login_required", $"{quiet.Headers.Location}", StringComparison.Ordinal);
        using var asked = await Get(Authorize(challenge: Challenge));
        Assert.StartsWith("/sign-in?", asked.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_is_good_once_for_whoever_asked_for_it()
    {
        foreach (var (verifier, secret, redirect) in new (string?, string?, string)[]
        {
            (new('w', 64), null, Callback), (null, "wrong", Callback), (null, null, IssuerHost.Dashboard + "/elsewhere"),
        })
            Assert.InRange((await Exchange(await Code(), verifier, secret, redirect)).Status, 400, 401);
        var code = await Code();
        var first = await Exchange(code);
        Assert.True(first.Status == 200, first.Body.ToJsonString());
        foreach (var again in new[] { code, code + "\n" }) Assert.Equal("invalid_grant", (string)(await Exchange(again)).Body["error"]!);
        // Whoever has it twice is not believed any more.
        Assert.Equal("invalid_grant", (string)(await Refresh(first.Body)).Body["error"]!);
    }

    [Fact]
    public async Task A_refresh_token_is_good_once_and_a_thief_ends_the_session_for_both()
    {
        var (_, first) = await Exchange(await Code());
        var (status, second) = await Refresh(first);
        Assert.Equal(200, status);
        Assert.NotEqual((string)first["refresh_token"]!, (string)second["refresh_token"]!);
        foreach (var tokens in new[] { first, second })
            Assert.Equal("invalid_grant", (string)(await Refresh(tokens)).Body["error"]!);
        using var asked = await Get(Authorize(challenge: Challenge));
        Assert.StartsWith("/sign-in?", asked.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_forgets_nothing_that_has_ended()
    {
        var (_, used) = await Exchange(await Code());
        var (_, tokens) = await Refresh(used);
        using (await Get($"/sign-out?id_token_hint={tokens["id_token"]}")) { }
        await using var restarted = issuer.Again();
        foreach (var old in new[] { tokens, used })
        {
            var (status, refused) = await restarted.Token(
                ("grant_type", "refresh_token"), ("refresh_token", (string)old["refresh_token"]!),
                ("client_id", "dashboard"), ("client_secret", issuer.PasswordOf("dashboard")));
            Assert.Equal((400, "invalid_grant"), (status, (string)refused["error"]!));
        }
    }

    [Fact]
    public async Task A_refusal_is_a_page_for_a_browser_and_a_problem_for_a_program()
    {
        foreach (var (path, says) in new[]
        {
            (Authorize(challenge: Challenge, client: "nobody<b>"), "There is no client 'nobody<b>'"),
            ("/sign-out", "id_token_hint is missing"), ("/nothing", "There is no operation at this path"),
        })
        {
            foreach (var (accept, type) in new[] { ("text/html,*/*", "text/html"), ("application/json", "application/problem+json") })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.TryAddWithoutValidation("Accept", accept);
                using var answer = await issuer.Http.SendAsync(request, Cancel);
                Assert.InRange((int)answer.StatusCode, 400, 404);
                Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
                var text = await answer.Content.ReadAsStringAsync(Cancel);
                if (type == "text/html") Assert.DoesNotContain("<b>", text, StringComparison.Ordinal);
                Assert.Contains(
                    says, type == "text/html" ? WebUtility.HtmlDecode(text) : (string)JsonNode.Parse(text)!["detail"]!,
                    StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1:5105/elsewhere", "dashboard", "redirect_uri is not one of the client's")]
    [InlineData("https://evil.example/signin-oidc", "dashboard", "redirect_uri is not one of the client's")]
    [InlineData(Callback, "viewer", "redirect_uri is not one of the client's")]
    [InlineData(Callback, "nobody", "There is no client 'nobody'")]
    public async Task A_browser_is_sent_only_to_addresses_of_the_client(string redirect, string client, string says)
    {
        using var answer = await Get(Authorize(redirect, Challenge, client));
        Assert.InRange((int)answer.StatusCode, 400, 401);
        Assert.Contains(says, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_without_a_challenge_is_not_given()
    {
        using var answer = await Get(Authorize(challenge: null));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("code_challenge", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_and_a_name_that_does_not_exist_are_refused_alike()
    {
        List<string> answers = [];
        foreach (var (name, password) in new[] { ("engineer", "wrong"), ("nobody<b>", issuer.PasswordOf("engineer")) })
        {
            using var refused = await SignIn(Authorize(challenge: Challenge), name, password);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            var page = await refused.Content.ReadAsStringAsync(Cancel);
            Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
            answers.Add(Alert().Match(page).Groups[1].Value);
        }
        Assert.Equal("There is no such account, or its password is another.", Assert.Single(answers.Distinct()));
    }

    [Fact]
    public async Task A_form_from_elsewhere_is_refused()
    {
        foreach (var origin in new[] { null, "null", "http://127.0.0.1:5105", "https://evil.example" })
        {
            using var content = new FormUrlEncodedContent(
                new Dictionary<string, string> { ["name"] = "engineer", ["password"] = issuer.PasswordOf("engineer") });
            using var answer = await Send("/sign-in", content, origin);
            Assert.Equal((origin, HttpStatusCode.BadRequest), (origin, answer.StatusCode));
        }
    }

    [Fact]
    public async Task Pages_may_neither_be_framed_nor_kept_nor_run_scripts()
    {
        using var sent = await Get(Authorize(challenge: Challenge));
        using var form = await Get(sent.Headers.Location!.OriginalString);
        Assert.True(form.Headers.CacheControl!.NoStore);
        var policy = Assert.Single(form.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains($"form-action 'self' {IssuerHost.Dashboard}", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_https_the_cookie_is_of_this_host_and_browsers_are_told_to_stay_with_https()
    {
        foreach (var scheme in new[] { "http", "https" })
        {
            using var browser = issuer.CreateClient(new() { AllowAutoRedirect = false, BaseAddress = new($"{scheme}://127.0.0.1:5106") });
            using var form = new FormUrlEncodedContent(
                new Dictionary<string, string> { ["name"] = "viewer", ["password"] = issuer.PasswordOf("viewer") });
            using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = form };
            request.Headers.Add("Origin", "http://127.0.0.1:5106");
            using var answer = await browser.SendAsync(request, Cancel);
            var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
            var isSecure = scheme == "https";
            Assert.StartsWith(isSecure ? "__Host-pollux-identity-5106=" : "pollux-identity-5106=", cookie, StringComparison.Ordinal);
            Assert.Equal(isSecure, cookie.Contains("; secure", StringComparison.Ordinal));
            Assert.Contains("; path=/; ", cookie, StringComparison.Ordinal);
            Assert.EndsWith("; samesite=lax; httponly", cookie, StringComparison.Ordinal);
            Assert.Equal(isSecure, answer.Headers.Contains("Strict-Transport-Security"));
            Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
        }
    }

    [Fact]
    public async Task A_program_gets_the_token_of_its_role()
    {
        foreach (var role in new[] { "viewer", "operator", "engineer", "auditor", "admin" })
        {
            var (status, body) = await issuer.Token(
                ("grant_type", "client_credentials"), ("client_id", role), ("client_secret", issuer.PasswordOf(role)));
            Assert.Equal(200, status);
            var token = IssuerHost.Read((string)body["access_token"]!);
            Assert.Equal((role, role), ((string)token["preferred_username"]!, (string)token["roles"]!));
            Assert.Equal(3600, (long)token["exp"]! - (long)token["iat"]!);
        }
        foreach (var (client, secret, error) in new[]
        {
            ("admin", "wrong", "invalid_client"), ("nobody", "wrong", "invalid_client"),
            ("dashboard", issuer.PasswordOf("dashboard"), "unauthorized_client"),
        })
        {
            var (status, body) = await issuer.Token(("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret));
            Assert.InRange(status, 400, 401);
            Assert.Equal(error, (string)body["error"]!);
        }
        Assert.Equal(
            "unsupported_grant_type",
            (string)(await issuer.Token(("grant_type", "password"), ("username", "admin"), ("password", "x"))).Body["error"]!);
    }

    [Fact]
    public async Task Who_guesses_is_slowed_down_and_locks_nobody_else_out()
    {
        await using var strict = new IssuerHost(("Identity:FailuresPerMinute", "3"));
        Task<(int Status, JsonNode Body)> Ask(string client, string secret) =>
            strict.Token(("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret));
        for (var i = 0; i < 10; i++) Assert.Equal(200, (await Ask("viewer", strict.PasswordOf("viewer"))).Status);
        List<string> errors = [];
        for (var i = 0; i < 5; i++) errors.Add((string)(await Ask("admin", $"{i}")).Body["error"]!);
        Assert.Equal(
            ["invalid_client", "invalid_client", "invalid_client", "temporarily_unavailable", "temporarily_unavailable"], errors);
        Assert.Equal("temporarily_unavailable", (string)(await Ask("admin", strict.PasswordOf("admin"))).Body["error"]!);
        Assert.Equal(200, (await Ask("viewer", strict.PasswordOf("viewer"))).Status);
    }

    [Fact]
    public async Task Two_pages_to_sign_in_may_be_open()
    {
        using var first = await SignIn(Authorize(challenge: Challenge), "viewer", issuer.PasswordOf("viewer"));
        using var second = await SignIn(
            Authorize(challenge: Challenge, more: "&prompt=login"), "engineer", issuer.PasswordOf("engineer"));
        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.Redirect), (first.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task Signing_out_ends_the_session_wherever_it_is_used_and_no_other()
    {
        var (_, viewer) = await Exchange(await Code("viewer"));
        using (var other = await SignIn(Authorize(challenge: Challenge, more: "&prompt=login"), "engineer", issuer.PasswordOf("engineer")))
            await Get(other.Headers.Location!.OriginalString);
        using (var signedOut = await Get($"/sign-out?id_token_hint={viewer["id_token"]}"))
            Assert.Equal(HttpStatusCode.Redirect, signedOut.StatusCode);
        Assert.Equal("invalid_grant", (string)(await Refresh(viewer)).Body["error"]!);
        var (status, engineer) = await Exchange(await Code("engineer"));
        Assert.Equal((200, "engineer"), (status, (string)IssuerHost.Read((string)engineer["access_token"]!)["sub"]!));
    }

    [Fact]
    public async Task A_session_is_asked_again_when_it_is_older_than_allowed()
    {
        await Code();
        using var again = await Get(Authorize(challenge: Challenge, more: "&max_age=0"));
        Assert.StartsWith("/sign-in?", again.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("client_id", "a\0b")]
    [InlineData("client_secret", "a\0b")]
    [InlineData("grant_type", "a\0b")]
    [InlineData("scope", "a\0b")]
    public async Task Characters_that_cannot_be_are_refused(string name, string value)
    {
        (string Name, string? Value)[] form =
            [("grant_type", "client_credentials"), ("client_id", "viewer"), ("client_secret", issuer.PasswordOf("viewer"))];
        Assert.InRange((await issuer.Token([.. form.Where(f => f.Name != name), (name, value)])).Status, 400, 401);
    }

    [Fact]
    public async Task The_description_names_what_there_is()
    {
        using var answer = await Get("/.well-known/openid-configuration");
        var description = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal(
            ("http://127.0.0.1:5106/", "http://127.0.0.1:5106/authorize", "http://127.0.0.1:5106/token", "http://127.0.0.1:5106/sign-out"),
            ((string)description["issuer"]!, (string)description["authorization_endpoint"]!, (string)description["token_endpoint"]!,
                (string)description["end_session_endpoint"]!));
        Assert.Equal(["S256"], description["code_challenge_methods_supported"]!.AsArray().Select(m => (string)m!));
    }

    [GeneratedRegex("action=\"([^\"]+)\"")]
    private static partial Regex FormAction();

    [GeneratedRegex("<p role=\"alert\">([^<]+)</p>")]
    private static partial Regex Alert();
}
