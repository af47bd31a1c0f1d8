namespace TwinModel.Access;

/// <summary>Somebody who asks for something, as a token says.</summary>
/// <param name="Name">A person's name or a program's.</param>
/// <param name="Roles">Names of roles, e.g. <c>operator</c>.</param>
/// <param name="Tenant">The tenant; null: none. Assets of other tenants do not exist for it.</param>
public sealed record Subject(string Name, IReadOnlyCollection<string> Roles, string? Tenant = null);

/// <summary>What somebody may do on an asset, as far as its roles go.</summary>
public enum Right
{
    /// <summary>Nothing: the asset does not exist for it.</summary>
    None,

    /// <summary>Look.</summary>
    Read,

    /// <summary>Everything.</summary>
    Write,
}
