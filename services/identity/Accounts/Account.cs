using System.Text.Json.Serialization;

namespace Identity.Accounts;

/// <summary>A person who may sign in.</summary>
/// <param name="Name">What the person is called in tokens, and in the events that follow from what the person does.</param>
/// <param name="Roles">Names of roles.</param>
/// <param name="PasswordHash">As <see cref="Secrets"/> makes it.</param>
/// <param name="Tenant">The tenant; null: none.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record User(string Name, IReadOnlyList<string> Roles, string PasswordHash, string? Tenant = null);

/// <summary>A program: one that people sign in to, or one that gets tokens for itself, or both.</summary>
/// <param name="Id">Its name.</param>
/// <param name="SecretHash">As <see cref="Secrets"/> makes it.</param>
/// <param name="Roles">Names of the roles of its own tokens; none if it gets none for itself.</param>
/// <param name="RedirectUris">Where a browser may be sent after signing in.</param>
/// <param name="SignedOutUris">Where a browser may be sent after signing out.</param>
/// <param name="Tenant">The tenant of its own tokens; null: none.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record Client(
    string Id, string SecretHash, IReadOnlyList<string> Roles, IReadOnlyList<Uri> RedirectUris, IReadOnlyList<Uri> SignedOutUris,
    string? Tenant = null);

/// <summary>The file of users and clients.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record AccountList(IReadOnlyList<User> Users, IReadOnlyList<Client> Clients)
{
    public static readonly AccountList Empty = new([], []);

    public User? User(string? name) => Users.FirstOrDefault(u => u.Name == name);

    public Client? Client(string? id) => Clients.FirstOrDefault(c => c.Id == id);
}
