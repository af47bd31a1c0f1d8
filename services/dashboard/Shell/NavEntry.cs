using System.Reflection;

namespace Dashboard.Shell;

/// <summary>Adds a page to the navigation. <c>{asset}</c> in the address stands for the machine last looked at.</summary>
/// <param name="order">Position from the top.</param>
/// <param name="text">Label.</param>
/// <param name="address">Target, relative to the root.</param>
/// <param name="icon">A MudBlazor icon.</param>
[AttributeUsage(AttributeTargets.Class)]
sealed class NavEntryAttribute(int order, string text, string address, string icon) : Attribute
{
    public int Order => order;

    /// <summary>What the page asks for, if not everybody may.</summary>
    public string? Operation { get; init; }

    public string Text => text;

    public string Icon => icon;

    public string Address(string? asset) => address.Replace("{asset}", Uri.EscapeDataString(asset ?? ""), StringComparison.Ordinal);

    public bool NeedsAsset => address.Contains("{asset}", StringComparison.Ordinal);

    /// <summary>The entries of all pages, in order.</summary>
    public static IReadOnlyList<NavEntryAttribute> All { get; } =
        [.. typeof(NavEntryAttribute).Assembly.GetTypes().SelectMany(t => t.GetCustomAttributes<NavEntryAttribute>())
            .OrderBy(e => e.Order)];
}
