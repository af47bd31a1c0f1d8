using System.ComponentModel;

namespace Query.Lineages;

/// <summary>Where something comes from: a graph that begins with what was asked for.</summary>
sealed record LineageAnswer(
    [property: Description("The first is what was asked for; every other one is named in the from of one before it.")]
    IReadOnlyList<LineageNode> Nodes,
    [property: Description("True when nodes were left out because there are too many.")] bool HasMore);

/// <summary>Something that something else comes from.</summary>
sealed record LineageNode(
    [property: Description("Names the node within this answer.")] string Key,
    [property: Description("value, estimate, alarm, scenario, decision, calibration, model, parameters, event, message, import or person.")]
    string What,
    [property: Description("Its id: of a sensor or signal with its asset, an alarm, a model's hash, a topic, a name, a log position.")]
    string Id,
    [property: Description("What there is to say of it, for people.")] string Detail,
    [property: Description("Log position of the event that holds it; null when no single one does.")] long? Position,
    [property: Description("Trace in which it came about, or null.")] string? TraceId,
    [property: Description("Path in this API where it is shown whole, or null.")] string? Link,
    [property: Description("Keys of the nodes that it comes from.")] IReadOnlyList<string> From);

/// <summary>Collects nodes and edges, each once, up to a limit.</summary>
sealed class LineageGraph
{
    /// <summary>Most nodes of an answer.</summary>
    public const int MostNodes = 60;

    readonly List<(LineageNode Node, List<string> From)> nodes = [];
    readonly HashSet<string> keys = new(StringComparer.Ordinal);
    bool hasMore;

    /// <summary>Adds a node that another comes from; the same node may be added for several.</summary>
    /// <param name="to">The key of what comes from it; null for what was asked for, or if that was left out.</param>
    /// <param name="node">The node without edges.</param>
    /// <returns>Its key; null if there are too many nodes.</returns>
    public string? Add(string? to, LineageNode node)
    {
        if (!keys.Contains(node.Key))
        {
            // What comes from a node that was left out would not be connected.
            if (nodes.Count == MostNodes || (to is null && nodes.Count > 0))
            {
                hasMore = true;
                return null;
            }
            keys.Add(node.Key);
            nodes.Add((node, []));
        }
        if (to is not null && nodes.Find(n => n.Node.Key == to).From is { } from && !from.Contains(node.Key)) from.Add(node.Key);
        return node.Key;
    }

    /// <summary>The answer.</summary>
    public LineageAnswer Answer() => new([.. nodes.Select(n => n.Node with { From = n.From })], hasMore);

    /// <summary>A node without edges.</summary>
    public static LineageNode Node(
        string what, string id, string detail, long? position = null, string? traceId = null, string? link = null) =>
        new($"{what}:{id}", what, id, detail, position, traceId, link, []);
}
