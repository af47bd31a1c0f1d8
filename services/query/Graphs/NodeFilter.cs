using Contracts.Messages;
using Query.Api;
using Query.Assets;
using Query.Health;
using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Graphs;

/// <summary>Which nodes to list.</summary>
sealed record NodeFilter(
    string? Model, string? Kind, (string Key, string Value)? Label, string? Search, IReadOnlyList<string> Levels, int Severity)
{
    /// <summary>The kind of a part of a machine.</summary>
    public const string OfComponent = "component";

    static readonly string[] Kinds = ["machine", "place", OfComponent];

    /// <exception cref="InvalidInputException">Names the parameter and what is allowed.</exception>
    public static NodeFilter Parse(
        string? model, string? kind, string? label, string? condition, string? alarm, string? search)
    {
        if (!string.IsNullOrEmpty(kind) && !Kinds.Contains(kind)) throw new InvalidInputException("kind", kind, string.Join(", ", Kinds));
        string[] levels = string.IsNullOrEmpty(condition) ? [] : condition.Split(',', StringSplitOptions.TrimEntries);
        if (levels.Any(l => !ListHealth.Levels.Contains(l)))
            throw new InvalidInputException(
                "condition", condition, $"one or more of {string.Join(", ", ListHealth.Levels)}, with commas");
        return new(
            model, kind, string.IsNullOrEmpty(label) ? null : AssetLabels.Pair("label", label), search, levels,
            Input.Severity(alarm, "alarm"));
    }

    /// <summary>True if alarms and conditions decide.</summary>
    public bool NeedsStates => Levels.Count > 0 || Severity > 0;

    /// <summary>What can be said without alarms and conditions.</summary>
    public bool Matches(string node, string name, string kind, RegisteredAsset asset) =>
        (string.IsNullOrEmpty(Model) || asset.Model.Id == Model)
        && (string.IsNullOrEmpty(Kind) || kind == Kind)
        && (Label is not { } l || (asset.Labels.TryGetValue(l.Key, out var value) && value == l.Value))
        && (string.IsNullOrEmpty(Search) || node.Contains(Search, StringComparison.OrdinalIgnoreCase)
            || name.Contains(Search, StringComparison.OrdinalIgnoreCase));

    /// <summary>The rest.</summary>
    public bool Matches(IEnumerable<PartLevel> parts, IEnumerable<AlarmView> active) =>
        (Levels.Count == 0 || parts.Any(p => Levels.Contains(p.Level)))
        && (Severity == 0 || active.Any(a => Input.Severity(a.Severity) >= Severity));
}
