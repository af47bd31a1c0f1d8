using TwinModel.Assets;

namespace TwinModel.Graphs;

/// <summary>One step of a path: along relationships of a type.</summary>
/// <param name="Type">The type.</param>
/// <param name="IsIncoming">True: from the target to the source, written <c>&lt;</c> in front of the type.</param>
/// <param name="IsRepeated">True: one or more times, written <c>*</c> after the type.</param>
public readonly record struct PathStep(string Type, bool IsIncoming, bool IsRepeated);

/// <summary>
/// Where to go from an asset: steps separated by <c>/</c>, e.g. <c>&lt;feeds/&lt;part-of*</c>: to what feeds it, and from there to
/// everything that is part of that.
/// </summary>
/// <param name="Steps">In this order; none: stay.</param>
public sealed record GraphPath(IReadOnlyList<PathStep> Steps)
{
    /// <summary>Most steps.</summary>
    public const int Longest = 10;

    /// <summary>For messages.</summary>
    public const string Allowed =
        "1 to 10 steps separated by '/', each the id of a relationship type, '<' in front of it for incoming ones, '*' after it for one or "
            + "more times, e.g. <feeds/<part-of*";

    /// <summary>Stays where it is.</summary>
    public static GraphPath None { get; } = new([]);

    /// <summary>Null when the text is no path.</summary>
    public static GraphPath? Parse(string text)
    {
        var steps = text.Split('/').Select(ParseStep).ToList();
        return steps.Count <= Longest && steps.TrueForAll(s => AssetId.IsKebabCase(s.Type)) ? new(steps) : null;
    }

    static PathStep ParseStep(string text)
    {
        var (isIncoming, isRepeated) = (text.StartsWith('<'), text.EndsWith('*'));
        var (from, to) = (isIncoming ? 1 : 0, text.Length - (isRepeated ? 1 : 0));
        return new(from <= to ? text[from..to] : "", isIncoming, isRepeated);
    }
}
