using System.Text.Json;
using ServiceDefaults.Access;
using TwinModel.Assets;

namespace Identity.Accounts;

/// <summary>The accounts cannot be used; the message says where and what is allowed.</summary>
sealed class InvalidAccountsException(string message) : Exception(message);

/// <summary>Reads the file of accounts, and refuses what is not understood.</summary>
static class ReadAccounts
{
    static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    public static string Text(AccountList accounts) => JsonSerializer.Serialize(accounts, Format);

    /// <exception cref="InvalidAccountsException">Not understood.</exception>
    public static AccountList Of(string text)
    {
        AccountList accounts;
        try
        {
            accounts = JsonSerializer.Deserialize<AccountList>(text, Format)
                ?? throw new InvalidAccountsException("The accounts are empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidAccountsException($"At {e.Path}, line {e.LineNumber + 1}: {e.Message.Split(" Path: ")[0]}");
        }
        if (accounts.Users.Any(u => u is null) || accounts.Clients.Any(c => c is null))
            throw new InvalidAccountsException("One of the users or clients is null.");
        foreach (var user in accounts.Users)
        {
            Check($"user '{user.Name}'", user.Name, user.Roles, user.Tenant);
            if (user.Roles.Count == 0) throw new InvalidAccountsException($"user '{user.Name}' has no role; allowed: {AllRoles}.");
            CheckHash($"user '{user.Name}'", user.PasswordHash);
        }
        foreach (var client in accounts.Clients)
        {
            Check($"client '{client.Id}'", client.Id, client.Roles, client.Tenant);
            CheckHash($"client '{client.Id}'", client.SecretHash);
            foreach (var uri in client.RedirectUris.Concat(client.SignedOutUris))
            {
                if (!IsAllowed(uri))
                    throw new InvalidAccountsException(
                        $"client '{client.Id}' would send browsers to '{uri}'; allowed: https, or http on this machine, in ASCII.");
            }
        }
        Unique("user", accounts.Users.Select(u => u.Name));
        Unique("client", accounts.Clients.Select(c => c.Id));
        return accounts;
    }

    static string AllRoles => string.Join(", ", AccessTable.Names(AccessTable.Everyone));

    static void Check(string who, string name, IReadOnlyList<string> roles, string? tenant)
    {
        if (tenant is not null && !AssetId.IsAllowed(tenant))
            throw new InvalidAccountsException($"{who} has the tenant '{tenant}'; allowed: {AssetId.Allowed}.");
        if (name.Length is 0 or > ServiceDefaults.Caller.LongestActor || name.Any(char.IsControl) || name.Trim() != name)
            throw new InvalidAccountsException(
                $"{who}: a name has 1 to {ServiceDefaults.Caller.LongestActor} characters, without blanks at its ends.");
        if (roles.Where(role => AccessTable.WithName(role) == Roles.None).ToList() is [var unknown, ..])
            throw new InvalidAccountsException($"{who} has the role '{unknown}', which does not exist; allowed: {AllRoles}.");
    }

    static bool IsAllowed(Uri? uri) => AccessSettings.IsSafe(uri) && uri!.OriginalString.All(c => c is > ' ' and < (char)127);

    static void CheckHash(string who, string hash)
    {
        if (!Secrets.IsHash(hash))
            throw new InvalidAccountsException($"{who} has a hash that is none; 'Identity make-accounts' makes them.");
    }

    static void Unique(string what, IEnumerable<string> names)
    {
        if (names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidAccountsException($"{what} '{twice.Key}' is there twice.");
    }
}
