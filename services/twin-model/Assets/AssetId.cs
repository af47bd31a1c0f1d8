using System.Text.RegularExpressions;

namespace TwinModel.Assets;

/// <summary>What an asset may be called. Ids of models, components, sensors and limits have the same form.</summary>
public static partial class AssetId
{
    /// <summary>Stands in the log for the asset of a payload that names none, so no asset may have it.</summary>
    public const string Reserved = "unknown";

    /// <summary>For refusals.</summary>
    public const string Allowed = "kebab-case: a-z, 0-9, single dashes, at most 64 characters; not " + Reserved;

    /// <summary>True for an id that an asset may have.</summary>
    public static bool IsAllowed(string id) => id != Reserved && IsKebabCase(id);

    /// <summary>True for kebab-case.</summary>
    public static bool IsKebabCase(string id) => KebabCase().IsMatch(id);

    // \z: $ would also match before a line feed at the end.
    [GeneratedRegex(@"^(?=.{1,64}\z)[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex KebabCase();
}
