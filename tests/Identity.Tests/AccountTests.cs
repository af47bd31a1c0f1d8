using Identity.Accounts;

namespace Identity.Tests;

/// <summary>Accounts are made once, kept as hashes, and refused by name when they are not understood.</summary>
public class AccountTests
{
    [Fact]
    public void Accounts_are_made_once_for_the_owner_s_eyes_only_and_follow_the_dashboard_s_address()
    {
        var home = Directory.CreateTempSubdirectory("pollux-accounts").FullName;
        try
        {
            Assert.Equal(0, MakeAccounts.Run(Path.Combine(home, "new"), "http://127.0.0.1:5105"));
            var files = Directory.GetFiles(Path.Combine(home, "new")).ToDictionary(f => Path.GetFileName(f)!, File.ReadAllText);
            Assert.Equal(
                ["accounts.json", "dashboard-secret", "passwords", "signing-key.pem"], files.Keys.Order(StringComparer.Ordinal));
            var accounts = ReadAccounts.Of(files["accounts.json"]);
            Assert.Equal(["viewer", "operator", "engineer", "auditor", "admin"], accounts.Users.Select(u => u.Name));
            Assert.All(accounts.Users, user => Assert.Equal([user.Name], user.Roles));
            foreach (var line in files["passwords"].Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var (name, password) = (line.Split(' ')[0], line.Split(' ')[1]);
                Assert.DoesNotContain(password, files["accounts.json"], StringComparison.Ordinal);
                Assert.True(Secrets.Match(accounts.Client(name)!.SecretHash, password));
            }
            foreach (var name in files.Keys)
            {
                if (!OperatingSystem.IsWindows())
                    Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(home, "new", name)));
            }

            Assert.Equal(0, MakeAccounts.Run(Path.Combine(home, "new"), "http://127.0.0.1:8105"));
            foreach (var (name, text) in files)
            {
                var now = File.ReadAllText(Path.Combine(home, "new", name));
                Assert.Equal(name == "accounts.json" ? text.Replace(":5105", ":8105", StringComparison.Ordinal) : text, now);
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public void An_account_is_added_with_its_tenant_or_refused_as_a_start_would_refuse_it()
    {
        var home = Directory.CreateTempSubdirectory("pollux-accounts").FullName;
        try
        {
            Assert.Equal(0, MakeAccounts.Run(home, "http://127.0.0.1:5105"));
            Assert.Equal(0, ChangeAccounts.Add(home, "anna", "operator,engineer", "north"));
            var before = File.ReadAllText(Path.Combine(home, "accounts.json"));
            var accounts = ReadAccounts.Of(before);
            var (user, client) = (accounts.User("anna")!, accounts.Client("anna")!);
            Assert.Equal("north", user.Tenant);
            Assert.Equal("north", client.Tenant);
            Assert.Equal(["operator", "engineer"], user.Roles);
            var password = File.ReadAllLines(Path.Combine(home, "passwords")).Single(l => l.StartsWith("anna ", StringComparison.Ordinal));
            Assert.True(Secrets.Match(user.PasswordHash, password.Split(' ')[1]));
            foreach (var (name, roles, tenant) in new (string, string, string?)[]
            {
                ("anna", "viewer", null), ("bob", "boss", null), ("bob", "viewer", "North Sea"), ("bob b", "viewer", null),
                ("", "viewer", null), ("a/b", "viewer", null), ("a:b", "viewer", null), ("\"", "viewer", null),
                ("dashboard", "viewer", null),
            })
                Assert.NotEqual(0, ChangeAccounts.Add(home, name, roles, tenant));
            Assert.Equal(before, File.ReadAllText(Path.Combine(home, "accounts.json")));

            Assert.Equal(0, ChangeAccounts.Move(home, "anna", "viewer", null));
            accounts = ReadAccounts.Of(File.ReadAllText(Path.Combine(home, "accounts.json")));
            Assert.Equal(user with { Roles = accounts.User("anna")!.Roles, Tenant = null }, accounts.User("anna"));
            Assert.Equal(["viewer"], accounts.Client("anna")!.Roles);
            Assert.Null(accounts.Client("anna")!.Tenant);
            Assert.Equal(0, ChangeAccounts.Remove(home, "anna"));
            accounts = ReadAccounts.Of(File.ReadAllText(Path.Combine(home, "accounts.json")));
            Assert.Null(accounts.User("anna"));
            Assert.Null(accounts.Client("anna"));
            Assert.DoesNotContain("anna", File.ReadAllText(Path.Combine(home, "passwords")), StringComparison.Ordinal);
            foreach (var name in new[] { "anna", "admin", "dashboard" })
            {
                Assert.NotEqual(0, ChangeAccounts.Remove(home, name));
                Assert.NotEqual(0, ChangeAccounts.Move(home, name, "viewer", null));
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public void A_password_matches_its_own_hash_and_nothing_else()
    {
        var hash = Secrets.Hash("right");
        Assert.NotEqual(hash, Secrets.Hash("right"));
        Assert.True(Secrets.Match(hash, "right"));
        Assert.False(Secrets.Match(hash, "wrong"));
        Assert.False(Secrets.Match(hash, null));
        Assert.False(Secrets.Match(null, "right"));
    }

    static readonly string Hash = Secrets.Hash("a");

    public static TheoryData<string, string> NotUnderstood => new()
    {
        { "", "input does not contain any JSON" },
        { "null", "are empty" },
        { "{}", "missing required properties" },
        { """{"users":[null],"clients":[]}""", "is null" },
        { """{"users":[],"users":[],"clients":[]}""", "uplicate" },
        { """{"users":[{"name":"ada","roles":[null],"passwordHash":"H"}],"clients":[]}""", "which does not exist" },
        { """
            {"users":[],"clients":[{"id":"x","secretHash":"H","roles":[],"redirectUris":["https://bücher.example/x"],"signedOutUris":[]}]}
            """,
            "in ASCII" },
        { """{"users":[],"clients":[{"id":"x","secretHash":"H","roles":[],"redirectUris":[null],"signedOutUris":[]}]}""",
            "allowed: https" },
        { """{"users":[],"clients":[],"groups":[]}""", "groups" },
        { """{"users":[{"name":"ada","roles":["boss"],"passwordHash":"H"}],"clients":[]}""",
            "user 'ada' has the role 'boss', which does not exist; allowed: viewer, operator, engineer, auditor, admin" },
        { """{"users":[{"name":"ada","roles":[],"passwordHash":"H"}],"clients":[]}""", "user 'ada' has no role" },
        { """{"users":[{"name":"ada","roles":["viewer"],"passwordHash":"secret"}],"clients":[]}""",
            "user 'ada' has a hash that is none" },
        { """{"users":[{"name":" ada","roles":["viewer"],"passwordHash":"H"}],"clients":[]}""", "without blanks at its ends" },
        { """
            {"users":[{"name":"ada","roles":["admin"],"passwordHash":"H"},{"name":"ada","roles":["admin"],"passwordHash":"H"}],"clients":[]}
            """,
            "user 'ada' is there twice" },
        { """
            {"users":[],"clients":[{"id":"x","secretHash":"H","roles":[],"redirectUris":["http://plant.example/x"],"signedOutUris":[]}]}
            """,
            "allowed: https, or http on this machine" },
    };

    [Theory]
    [MemberData(nameof(NotUnderstood))]
    public void What_is_not_understood_is_refused_by_name(string text, string says) =>
        Assert.Contains(
            says, Assert.Throws<InvalidAccountsException>(
                () => ReadAccounts.Of(text.Replace("\"H\"", $"\"{Hash}\"", StringComparison.Ordinal))).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task A_change_takes_effect_at_once_and_one_that_is_not_understood_changes_nothing()
    {
        await using var issuer = new IssuerHost();
        async Task<int> Ask() => (await issuer.Token(
            ("grant_type", "client_credentials"), ("client_id", "viewer"), ("client_secret", issuer.PasswordOf("viewer")))).Status;
        Assert.Equal(200, await Ask());
        var file = Path.Combine(issuer.Home, AccountFile.FileName);
        var good = File.ReadAllText(file);
        await File.WriteAllTextAsync(file, "{", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(file, new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(200, await Ask());
        await File.WriteAllTextAsync(file, good, TestContext.Current.CancellationToken);
        issuer.Change(accounts => accounts with { Clients = [.. accounts.Clients.Where(c => c.Id != "viewer")] });
        Assert.Equal(401, await Ask());
    }

    [Fact]
    public void Without_accounts_or_key_the_service_says_what_is_missing()
    {
        var home = Directory.CreateTempSubdirectory("pollux-none").FullName;
        foreach (var (what, read) in new (string, Action)[]
        {
            ("make-accounts", () => _ = new AccountFile(home)), ("signing-key.pem", () => SigningKey.Read(home)),
        })
            Assert.Contains(what, Assert.Throws<ServiceDefaults.InvalidSettingException>(read).Message, StringComparison.Ordinal);
        Directory.Delete(home);
    }
}
