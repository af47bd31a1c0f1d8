using System.Reflection;

namespace Dashboard.Shell;

/// <summary>Puts a page into the navigation. <c>{asset}</c> in the address stands for the machine that was looked at last.</summary>
/// <param name="order">Place, from the top.</param>
/// <param name="text">As shown.</param>
/// <param name="address">Where it leads, from the root.</param>
/// <param name="icon">One of MudBlazor's icons.</param>
[AttributeUsage(AttributeTargets.Class)]
sealed class NavEntryAttribute(int order, string text, string address, string icon) : Attribute
{
    public int Order => order;

    public string Text => text;

    public string Icon => icon;

    public string Address(string? asset) => address.Replace("{asset}", Uri.EscapeDataString(asset ?? ""), StringComparison.Ordinal);

    public bool NeedsAsset => address.Contains("{asset}", StringComparison.Ordinal);

    /// <summary>Those of all pages, in their order.</summary>
    public static IReadOnlyList<NavEntryAttribute> All { get; } =
        [.. typeof(NavEntryAttribute).Assembly.GetTypes().SelectMany(t => t.GetCustomAttributes<NavEntryAttribute>())
            .OrderBy(e => e.Order)];
}
