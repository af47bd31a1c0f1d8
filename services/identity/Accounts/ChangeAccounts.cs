using System.Text.RegularExpressions;

namespace Identity.Accounts;

/// <summary>Accounts beside those that a system begins with.</summary>
static partial class ChangeAccounts
{
    // Under these names the dashboard signs people in, and this system's own tools ask.
    static readonly string[] Needed = [MakeAccounts.Dashboard, "admin"];

    /// <summary>
    /// <c>add-account DIRECTORY NAME ROLES [TENANT]</c>: one more account, for a person and for programs, with a password of its own.
    /// </summary>
    public static int Add(string directory, string name, string roles, string? tenant) => Change(directory, (accounts, passwords) =>
    {
        // Programs write it into addresses and headers, the file of passwords before a blank.
        if (!AccountName().IsMatch(name))
            throw new InvalidAccountsException(
                $"The name is '{name}'; allowed: 1 to 64 letters, digits, dots, -, _ and @, the first a letter or digit.");
        if (accounts.User(name) is not null || accounts.Client(name) is not null)
            throw new InvalidAccountsException(
                $"There is an account '{name}' already; change its roles and tenant (--change), or take it away first (--remove).");
        var (_, given, secret, hash) = MakeAccounts.Make(name, roles.Split(',', StringSplitOptions.TrimEntries));
        return (accounts with
        {
            Users = [.. accounts.Users, new(name, given, hash, tenant)],
            Clients = [.. accounts.Clients, new(name, hash, given, [], [], tenant)],
        }, [.. passwords, $"{name} {secret}"]);
    });

    /// <summary>
    /// <c>change-account DIRECTORY NAME ROLES [TENANT]</c>: other roles and another tenant, or none, with the same password.
    /// </summary>
    public static int Move(string directory, string name, string roles, string? tenant) => Change(directory, (accounts, passwords) =>
    {
        RefuseNeeded(accounts, name);
        string[] given = roles.Split(',', StringSplitOptions.TrimEntries);
        return (new(
            [.. accounts.Users.Select(u => u.Name == name ? u with { Roles = given, Tenant = tenant } : u)],
            [.. accounts.Clients.Select(c => c.Id == name ? c with { Roles = given, Tenant = tenant } : c)]), passwords);
    });

    /// <summary><c>remove-account DIRECTORY NAME</c>: its sessions end, and tokens when their time is over.</summary>
    public static int Remove(string directory, string name) => Change(directory, (accounts, passwords) =>
    {
        RefuseNeeded(accounts, name);
        return (new([.. accounts.Users.Where(u => u.Name != name)], [.. accounts.Clients.Where(c => c.Id != name)]),
            [.. passwords.Where(p => p.Split(' ')[0] != name)]);
    });

    /// <summary><c>list-account DIRECTORY</c>: prints who is there, with roles and tenant.</summary>
    public static int List(string directory) => Guard(() =>
    {
        foreach (var client in ReadAccounts.Of(File.ReadAllText(Path.Combine(directory, AccountFile.FileName))).Clients)
            if (client.Id != MakeAccounts.Dashboard)
                Console.WriteLine($"{client.Id,-16} {string.Join(',', client.Roles)} {client.Tenant}".TrimEnd());
    });

    static void RefuseNeeded(AccountList accounts, string name)
    {
        if (Needed.Contains(name)) throw new InvalidAccountsException($"'{name}' is needed by this system itself and stays as it is.");
        if (accounts.User(name) is null && accounts.Client(name) is null)
            throw new InvalidAccountsException(
                $"There is no account '{name}'; there are {string.Join(", ", accounts.Clients.Select(c => c.Id).Except(Needed))}.");
    }

    // The lines of the file of passwords change with the accounts.
    static int Change(string directory, Func<AccountList, string[], (AccountList, string[])> change) => Guard(() =>
    {
        var file = Path.Combine(directory, AccountFile.FileName);
        var passwords = Path.Combine(directory, MakeAccounts.Passwords);
        var (accounts, lines) = change(
            ReadAccounts.Of(File.ReadAllText(file)), File.Exists(passwords) ? File.ReadAllLines(passwords) : []);
        // Refuses what a start would refuse.
        var text = ReadAccounts.Text(accounts);
        ReadAccounts.Of(text);
        MakeAccounts.WriteMine(passwords, string.Concat(lines.Select(l => $"{l}\n")));
        MakeAccounts.WriteMine(file, text);
    });

    static int Guard(Action act)
    {
        try
        {
            act();
            return 0;
        }
        catch (Exception e) when (e is InvalidAccountsException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ServiceDefaults.Settings.ExitCode;
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}\z")]
    private static partial Regex AccountName();
}
