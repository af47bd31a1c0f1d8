using System.Text.RegularExpressions;

namespace TwinModel.Assets;

/// <summary>The form of asset ids; ids of models, components, sensors and limits have the same form.</summary>
public static partial class AssetId
{
    /// <summary>Stands in the log for the asset of a payload that names none; no asset may use it.</summary>
    public const string Reserved = "unknown";

    /// <summary>For error messages.</summary>
    public const string Allowed = "kebab-case: a-z, 0-9, single dashes, at most 64 characters; not " + Reserved;

    /// <summary>True if an asset may have this id.</summary>
    public static bool IsAllowed(string id) => id != Reserved && IsKebabCase(id);

    /// <summary>True for kebab-case.</summary>
    public static bool IsKebabCase(string id) => KebabCase().IsMatch(id);

    // \z, because $ would also match before a trailing line feed.
    [GeneratedRegex(@"^(?=.{1,64}\z)[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex KebabCase();
}
