using System.Text.Json.Nodes;
using Identity.Accounts;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace Identity.Tests;

/// <summary>The service in this process, with accounts of its own.</summary>
sealed class IssuerHost : WebApplicationFactory<AccountFile>
{
    public const string Dashboard = "http://127.0.0.1:5105";

    // Hashes cost time on purpose; the accounts of all hosts are the same.
    static readonly Lazy<string> Made = new(() =>
    {
        var made = Directory.CreateTempSubdirectory("pollux-accounts").FullName;
        Assert.Equal(0, MakeAccounts.Run(made, Dashboard));
        return made;
    });

    readonly (string Name, string Value)[] settings;

    readonly bool isHomeMine;

    public IssuerHost(params (string Name, string Value)[] settings)
        : this(Directory.CreateTempSubdirectory("pollux-identity").FullName, settings)
    {
    }

    IssuerHost(string home, (string Name, string Value)[] settings)
    {
        (Home, this.settings, isHomeMine) = (home, settings, !File.Exists(Path.Combine(home, AccountFile.FileName)));
        if (isHomeMine)
        {
            foreach (var file in Directory.GetFiles(Made.Value)) File.Copy(file, Path.Combine(home, Path.GetFileName(file)));
        }
        Http = CreateClient(new() { AllowAutoRedirect = false, BaseAddress = new("http://127.0.0.1:5106") });
    }

    public string Home { get; }

    /// <summary>As after a kill and a new start: another process, the same files.</summary>
    public IssuerHost Again() => new(Home, settings);

    /// <summary>A browser, or a program.</summary>
    public HttpClient Http { get; }

    public string PasswordOf(string name) => File.ReadAllLines(Path.Combine(Home, MakeAccounts.Passwords))
        .Single(l => l.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1];

    /// <summary>Changes the accounts as an administrator does.</summary>
    public void Change(Func<AccountList, AccountList> change)
    {
        var file = Path.Combine(Home, AccountFile.FileName);
        File.WriteAllText(file, ReadAccounts.Text(change(ReadAccounts.Of(File.ReadAllText(file)))));
        // A file system may keep times in steps that a test is faster than.
        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddSeconds(2));
    }

    public async Task<(int Status, JsonNode Body)> Token(params (string Name, string? Value)[] form)
    {
        using var content = new FormUrlEncodedContent(
            form.Where(f => f.Value is not null).Select(f => KeyValuePair.Create(f.Name, f.Value!)));
        using var answer = await Http.PostAsync("/token", content, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }

    /// <summary>What a token says, without looking at its signature.</summary>
    public static JsonNode Read(string token) => JsonNode.Parse(
        Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Decode(token.Split('.')[1]))!;

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseContentRoot(AppContext.BaseDirectory).UseEnvironment("Production").UseSetting("Identity:Directory", Home);
        foreach (var (name, value) in settings) builder.UseSetting(name, value);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && isHomeMine) Directory.Delete(Home, recursive: true);
    }
}
