using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Integration.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>A system with an issuer of its own, whose tokens are short-lived.</summary>
public sealed class GuardedSystem(Infrastructure infrastructure) : DashboardSystem(infrastructure)
{
    readonly string accounts = Directory.CreateTempSubdirectory("pollux-accounts").FullName;
    readonly int dashboardPort = ServiceProcess.FreePort();
    readonly int identityPort = ServiceProcess.FreePort();

    string Issuer => $"http://127.0.0.1:{identityPort}";

    public ServiceProcess Identity { get; private set; } = null!;

    protected override bool Estimates => false;

    protected override int RegisteredAssets => 10;

    public string AccountFile => Path.Combine(accounts, "accounts.json");

    protected override IReadOnlyDictionary<string, string> SettingsOf(string service) => service switch
    {
        "query" or "ingest" => new Dictionary<string, string>
        {
            ["Access__Issuer"] = Issuer,
            ["Proxies"] = "127.0.0.1",
            ["Quotas__Tenants__small__ReadingsPerDay"] = "5",
            ["Quotas__Tenants__small__ScenariosPerDay"] = "1",
        },
        "dashboard" => new Dictionary<string, string>
        {
            ["Access__Issuer"] = Issuer,
            ["Ports__Http"] = $"{dashboardPort}",
            ["Proxies"] = "127.0.0.1",
            ["Dashboard__ClientSecretFile"] = Path.Combine(accounts, "dashboard-secret"),
        },
        "identity" => new Dictionary<string, string>
        {
            ["Identity__Issuer"] = Issuer,
            ["Ports__Http"] = $"{identityPort}",
            ["Identity__Directory"] = accounts,
            // The dashboard asks for another 15 s before a token ends.
            ["Identity__TokenSeconds"] = "17",
        },
        _ => new Dictionary<string, string>(),
    };

    protected override async Task Prepare()
    {
        using var make = Process.Start(
            "dotnet", [ServiceProcess.Assembly("Identity"), "make-accounts", accounts, $"http://127.0.0.1:{dashboardPort}"]);
        await make.WaitForExitAsync();
        Assert.Equal(0, make.ExitCode);
        Identity = Service("identity", "Identity");
        await Identity.Start();
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var service in new[] { Query, Ingest }) service.Http.DefaultRequestHeaders.Authorization = await Bearer("engineer");
    }

    public string PasswordOf(string name) => File.ReadAllLines(Path.Combine(accounts, "passwords"))
        .Single(l => l.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1];

    public async Task<AuthenticationHeaderValue> Bearer(string role)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = role,
            ["client_secret"] = PasswordOf(role),
        });
        using var answer = await Identity.Http.PostAsync(new Uri("/token", UriKind.Relative), form);
        return new("Bearer", (string)(await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>())!["access_token"]!);
    }

    /// <summary>A browser of its own at the dashboard, where the issuer asks who it is.</summary>
    public async Task<IPage> Ask(string path)
    {
        var page = await Open(path);
        await Expect(page).ToHaveURLAsync(new Regex($"^{Issuer}/sign-in"));
        return page;
    }

    public async Task SignIn(IPage page, string name)
    {
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(PasswordOf(name));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByTestId("signed-in")).ToHaveTextAsync($"Signed in as {name}");
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(accounts, recursive: true);
    }
}

/// <summary>Who uses the dashboard is asked who he is, acts under that name with the rights of his roles, and stays signed in.</summary>
[Collection<OnOneGuardedSystem>]
public class SignInTests(GuardedSystem system) : SystemTest<GuardedSystem>(system)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    async Task<IPage> SignedIn(string path, string name)
    {
        var page = await Pollux.Ask(path);
        await Pollux.SignIn(page, name);
        return page;
    }

    [Fact]
    public async Task Nothing_of_the_dashboard_is_shown_to_nobody()
    {
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = Pollux.Dashboard.Http.BaseAddress,
        };
        browser.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        foreach (var path in new[] { "/", "/machines/x", "/audit", "/what-if/x/export/csv" })
        {
            using var page = await browser.GetAsync(new Uri(path, UriKind.Relative), Cancel);
            Assert.Equal((path, HttpStatusCode.Redirect), (path, page.StatusCode));
            Assert.Contains("/authorize?", page.Headers.Location!.OriginalString, StringComparison.Ordinal);
            using var fetch = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Sec-Fetch-Mode", "cors" } } };
            using var fetched = await browser.SendAsync(fetch, Cancel);
            Assert.Equal((path, HttpStatusCode.Unauthorized, false), (path, fetched.StatusCode, fetched.Headers.Contains("Set-Cookie")));
        }
        using var circuit = await browser.PostAsync(new Uri("/_blazor/negotiate", UriKind.Relative), null, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, circuit.StatusCode);
        foreach (var path in new[] { "/health/ready", "/metrics", "/favicon.svg" })
            Assert.Equal((path, HttpStatusCode.OK), (path, (await browser.GetAsync(new Uri(path, UriKind.Relative), Cancel)).StatusCode));
    }

    [Fact]
    public async Task A_wrong_password_is_said_and_the_right_one_leads_to_the_page_that_was_asked_for()
    {
        var asset = Pollux.NextAsset();
        var page = await Pollux.Ask($"/machines/{asset}");
        await page.GetByLabel("Name").FillAsync("operator");
        await page.GetByLabel("Password").FillAsync("guess");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("There is no such account, or its password is another.");
        await page.ScreenshotAsync(new() { Path = Path.Combine(DashboardSystem.Screenshots, "sign-in.png") });
        await Pollux.SignIn(page, "operator");
        await Expect(page).ToHaveURLAsync(new Regex($"/machines/{asset}$"));
        await page.ScreenshotAsync(new() { Path = Path.Combine(DashboardSystem.Screenshots, "signed-in.png") });
    }

    [Fact]
    public async Task Values_move_while_tokens_end_and_commands_bear_the_name()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        async Task Show(IPage page, int value)
        {
            await DashboardSystem.Publish(device, asset, ("melt-pressure", value, TimeProvider.System.GetUtcNow()));
            await Expect(DashboardSystem.Value(page, "melt-pressure")).ToContainTextAsync($"{value}");
        }

        var page = await SignedIn($"/machines/{asset}", "engineer");
        // As a proxy would, with the address that it was asked from.
        await page.Context.SetExtraHTTPHeadersAsync([new("X-Forwarded-For", "203.0.113.7")]);
        await Show(page, 81);
        var before = await Tokens();
        await Eventually.Get("tokens are renewed", Tokens, count => count > before);
        await Show(page, 82);

        await page.GotoAsync("/plant");
        var place = $"hall-{Guid.NewGuid():N}"[..12];
        await page.GetByTestId("place-id").FillAsync(place);
        await page.GetByTestId("place-name").FillAsync("Hall");
        await page.GetByTestId("place-model").SelectOptionAsync("hall");
        await page.GetByTestId("place-send").ClickAsync();
        await Expect(page.Locator($"[data-node='{place}']")).ToBeVisibleAsync();
        var events = (await Pollux.Get($"/api/v1/log/events?actor=engineer&stream=asset/{place}"))["items"]!.AsArray();
        Assert.All(events, e => Assert.Equal("203.0.113.7", (string?)e!["headers"]!["address"]));
        Assert.NotEmpty(events);
    }

    // Answers of the token endpoint so far.
    async Task<double> Tokens() => (await Pollux.Identity.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancel)).Split('\n')
        .Where(l => l.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal)
            && l.Contains("http_request_method=\"POST\"", StringComparison.Ordinal))
        .Sum(l => double.Parse(l[(l.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public async Task Who_may_not_do_something_reads_who_may()
    {
        var page = await SignedIn("/plant", "viewer");
        await Expect(page.GetByTestId("not-allowed").Last).ToHaveTextAsync("Adding places is for engineer, admin.");
        await Expect(page.GetByTestId("add-place")).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Audit" })).ToHaveCountAsync(0);
        await page.GotoAsync("/audit");
        await Expect(page.GetByText("listEvents is for engineer, auditor, admin; the token of viewer has the roles viewer."))
            .ToBeVisibleAsync();
    }

    [Fact]
    public async Task Who_signs_out_is_asked_again()
    {
        var page = await SignedIn("/", "auditor");
        await page.GetByTestId("sign-out").ClickAsync();
        await Expect(page.GetByLabel("Password")).ToBeVisibleAsync();
        await page.GoBackAsync();
        await page.GotoAsync($"{Pollux.Dashboard.Http.BaseAddress}audit");
        await Expect(page.GetByLabel("Password")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_page_outlives_a_restart_of_the_dashboard_and_of_the_issuer_without_another_question()
    {
        var page = await SignedIn("/plant", "operator");
        // A page that is loaded again has forgotten this.
        await page.EvaluateAsync("document.body.dataset.old = 'yes'");
        await Pollux.Dashboard.Kill();
        await Pollux.Identity.Kill();
        await Pollux.Dashboard.Start();
        // The page is loaded again, and cannot sign in.
        await Expect(page.GetByText("The issuer of tokens cannot be reached.")).ToBeVisibleAsync();
        using (var asked = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Accept", "text/html" } } })
        using (var answer = await Pollux.Dashboard.Http.SendAsync(asked, Cancel))
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "3"), (answer.StatusCode, $"{answer.Headers.RetryAfter}"));
        await Pollux.Identity.Start();
        await Expect(page.Locator("body:not([data-old])")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("signed-in")).ToHaveTextAsync("Signed in as operator");
        await Expect(page.GetByTestId("connection")).ToHaveClassAsync(new Regex("is-up"));
    }

    [Fact]
    public async Task A_new_sign_in_ends_the_session_that_this_browser_had()
    {
        var first = await Pollux.Ask("/");
        var second = await first.Context.NewPageAsync();
        await second.GotoAsync("/audit");
        await Pollux.SignIn(first, "viewer");
        var cookie = await Cookie();
        await Pollux.SignIn(second, "auditor");
        // The page of the session before follows.
        await Expect(first.GetByTestId("signed-in")).ToHaveTextAsync("Signed in as auditor");
        Assert.NotEqual(cookie, await Cookie());
        using var old = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Cookie", cookie } } };
        using var refused = await Pollux.Dashboard.Http.SendAsync(old, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        async Task<string> Cookie() => (await first.Context.CookiesAsync())
            .Where(c => c.Name == $"pollux-dashboard-{Pollux.Dashboard.Http.BaseAddress!.Port}")
            .Select(c => $"{c.Name}={c.Value}").Single();
    }

    [Fact]
    public async Task Cookies_are_of_this_port_and_pages_are_not_kept()
    {
        var page = await SignedIn("/", "viewer");
        var port = $"{Pollux.Dashboard.Http.BaseAddress!.Port}";
        var cookies = (await page.Context.CookiesAsync())
            .Where(c => !c.Name.StartsWith("pollux-identity", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, cookies.Count);
        Assert.All(cookies, c => Assert.Equal(
            (true, true, true),
            (c.Name.StartsWith($"pollux-dashboard-{port}", StringComparison.Ordinal), c.HttpOnly, c.SameSite != SameSiteAttribute.None)));
        var shown = await page.ReloadAsync();
        Assert.Contains("no-store", await shown!.HeaderValueAsync("cache-control"), StringComparison.Ordinal);
        Assert.Equal("nosniff", await shown.HeaderValueAsync("x-content-type-options"));
        var policy = (await shown.HeaderValuesAsync("content-security-policy")).Single();
        var rules = policy.Split("; ").ToDictionary(r => r[..r.IndexOf(' ', StringComparison.Ordinal)]);
        Assert.Equal("default-src 'none'", rules["default-src"]);
        Assert.Equal("frame-ancestors 'none'", rules["frame-ancestors"]);
        // Attributes are the only thing that needs no mark.
        Assert.Equal(["style-src-attr 'unsafe-inline'"], rules.Values.Where(r => r.Contains("unsafe", StringComparison.Ordinal)));
        // A page of another port of this machine has the cookie, and no circuit.
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1")
        {
            Headers = { { "Origin", "http://127.0.0.1:9" } },
        };
        using var refused = await Pollux.Dashboard.Http.SendAsync(foreign, Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var export = await page.APIRequest.GetAsync("/what-if/x/export/csv");
        Assert.Equal((404, "no-store"), (export.Status, export.Headers["cache-control"]));
    }

    [Fact]
    public async Task A_link_leads_to_no_other_server_and_signs_nobody_out()
    {
        var page = await Pollux.Ask($"{Pollux.Dashboard.Http.BaseAddress}/elsewhere.example/x");
        await Pollux.SignIn(page, "viewer");
        await Expect(page).ToHaveURLAsync($"{Pollux.Dashboard.Http.BaseAddress}");
        await page.GotoAsync("/signout-oidc");
        await page.GotoAsync("/");
        await Expect(page.GetByTestId("signed-in")).ToHaveTextAsync("Signed in as viewer");
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/sign-out") { Headers = { { "Origin", "http://127.0.0.1:9" } } };
        using var refused = await Pollux.Dashboard.Http.SendAsync(foreign, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Who_loses_the_account_loses_the_page()
    {
        var page = await SignedIn("/", "admin");
        var text = await File.ReadAllTextAsync(Pollux.AccountFile, Cancel);
        try
        {
            var accounts = JsonNode.Parse(text)!;
            var users = accounts["users"]!.AsArray();
            users.Remove(users.Single(u => (string)u!["name"]! == "admin"));
            await File.WriteAllTextAsync(Pollux.AccountFile, accounts.ToJsonString(), Cancel);
            await Expect(page.GetByLabel("Password")).ToBeVisibleAsync();
        }
        finally
        {
            await File.WriteAllTextAsync(Pollux.AccountFile, text, Cancel);
        }
    }

    [Fact]
    public async Task An_import_needs_a_token_too()
    {
        async Task<HttpStatusCode> Import(AuthenticationHeaderValue? bearer)
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Post, $"/api/v1/assets/{Pollux.UnregisteredAsset("none")}/telemetry:import")
            {
                Content = new StringContent("time,sensor,value\n", System.Text.Encoding.UTF8, "text/csv"),
            };
            request.Headers.Authorization = bearer;
            using var open = new HttpClient { BaseAddress = Pollux.Ingest.Http.BaseAddress };
            using var answer = await open.SendAsync(request, Cancel);
            return answer.StatusCode;
        }

        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.NotFound),
            (await Import(null), await Import(await Pollux.Bearer("operator")), await Import(await Pollux.Bearer("engineer"))));
    }
}
