using Contracts.Query.V1;

namespace Dashboard.Audit;

/// <summary>A node and what it comes from.</summary>
/// <param name="Node">The node.</param>
/// <param name="From">What it comes from; empty if that is shown elsewhere on the page.</param>
/// <param name="IsRepeated">True if the node is shown whole elsewhere on the page.</param>
public sealed record LineageTree(LineageNode Node, IReadOnlyList<LineageTree> From, bool IsRepeated)
{
    /// <summary>The graph as a tree from its first node; what several things come from is whole once.</summary>
    public static LineageTree Of(IReadOnlyList<LineageNode> nodes)
    {
        var all = nodes.ToDictionary(n => n.Key);
        HashSet<string> shown = [];
        return Below(nodes[0].Key);

        LineageTree Below(string key) => shown.Add(key)
            ? new(all[key], [.. all[key].From.Where(all.ContainsKey).Select(Below)], false)
            : new(all[key], [], true);
    }

    /// <summary>The page that shows the node; null if there is none.</summary>
    public string? Page => Node.What switch
    {
        "event" => $"/audit?after={Node.Position - 1}",
        "person" => $"/audit?actor={Uri.EscapeDataString(Node.Id)}",
        "scenario" => $"/what-if/{Uri.EscapeDataString(Node.Id)}",
        "decision" => $"/decisions/{Uri.EscapeDataString(Node.Id)}",
        "value" or "estimate" => $"/machines/{Uri.EscapeDataString(Node.Id.Split('/')[0])}",
        _ => null,
    };
}
