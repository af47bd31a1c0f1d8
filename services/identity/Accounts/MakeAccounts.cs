using ServiceDefaults.Access;

namespace Identity.Accounts;

/// <summary>
/// <c>make-accounts DIRECTORY DASHBOARD</c>: one account per role, for people and for programs, the dashboard's client, and the key that
/// signs. What is there already stays, so that it can be run again, with another address of the dashboard too.
/// </summary>
static class MakeAccounts
{
    const UnixFileMode OnlyMine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public const string Dashboard = "dashboard";

    /// <summary>Lines of a name, a blank and a password.</summary>
    public const string Passwords = "passwords";

    public static int Run(string directory, string dashboard)
    {
        if (!Uri.TryCreate(dashboard, UriKind.Absolute, out var address))
        {
            Console.Error.WriteLine($"The dashboard's address is '{dashboard}'; allowed: an address such as http://127.0.0.1:5105.");
            return ServiceDefaults.Settings.ExitCode;
        }
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, OnlyMine | UnixFileMode.UserExecute);
        var file = Path.Combine(directory, AccountFile.FileName);
        AccountList accounts;
        try
        {
            accounts = File.Exists(file) ? ReadAccounts.Of(File.ReadAllText(file)) : AccountList.Empty;
        }
        catch (InvalidAccountsException e)
        {
            Console.Error.WriteLine($"{file} is not understood. {e.Message}");
            return ServiceDefaults.Settings.ExitCode;
        }
        var made = New(accounts);
        if (made.Count > 0)
        {
            accounts = new(
                [.. accounts.Users, .. made.Where(m => m.Roles.Count > 0).Select(m => new User(m.Name, m.Roles, m.Hash))],
                [.. accounts.Clients, .. made.Select(m => new Client(m.Name, m.Hash, m.Roles, [], []))]);
            WriteMine(Path.Combine(directory, Passwords), string.Concat(made.Select(m => $"{m.Name} {m.Secret}\n")));
            WriteMine(Path.Combine(directory, $"{Dashboard}-secret"), made.Single(m => m.Name == Dashboard).Secret);
        }
        accounts = accounts with
        {
            Clients = [.. accounts.Clients.Select(c => c.Id == Dashboard
                ? c with { RedirectUris = At("/signin-oidc"), SignedOutUris = At("/signout-callback-oidc") }
                : c)],
        };
        WriteMine(file, ReadAccounts.Text(accounts));
        var key = Path.Combine(directory, SigningKey.FileName);
        if (!File.Exists(key)) WriteMine(key, SigningKey.NewPem());
        return 0;

        // People type localhost for this machine.
        IReadOnlyList<Uri> At(string path) => address.Host == "127.0.0.1"
            ? [new(address, path), new(new UriBuilder(address) { Host = "localhost" }.Uri, path)]
            : [new(address, path)];
    }

    // All or none: passwords of accounts that exist are not known any more.
    static List<(string Name, IReadOnlyList<string> Roles, string Secret, string Hash)> New(AccountList accounts) =>
        accounts.Client(Dashboard) is not null
            ? []
            : [.. AccessTable.Names(AccessTable.Everyone).Select(role => Make(role, [role])), Make(Dashboard, [])];

    internal static (string Name, IReadOnlyList<string> Roles, string Secret, string Hash) Make(string name, IReadOnlyList<string> roles)
    {
        var secret = Secrets.New();
        return (name, roles, secret, Secrets.Hash(secret));
    }

    // Written beside and renamed, so that a service that reads it never sees half of it.
    internal static void WriteMine(string path, string text)
    {
        var beside = path + ".new";
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OnlyMine;
        using (var file = new StreamWriter(beside, options)) file.Write(text);
        File.Move(beside, path, overwrite: true);
    }
}
