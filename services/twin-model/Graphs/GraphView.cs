using TwinModel.Assets;

namespace TwinModel.Graphs;

/// <summary>
/// The graph at a moment. Its nodes are assets (<c>press-1</c>) and the components of their models (<c>press-1/gearbox</c>); components
/// that are part of nothing else are part of their asset.
/// </summary>
/// <param name="book">Relationships between assets.</param>
/// <param name="moment">The moment.</param>
/// <param name="modelOf">The model that an asset followed then; null if the asset was not known.</param>
/// <param name="look">Called for every relationship that is looked at; throws when they are too many.</param>
public sealed class GraphView(RelationshipBook book, GraphMoment moment, Func<string, AssetModel?> modelOf, Action look)
{
    const char Separator = '/';

    /// <summary>The node of a component.</summary>
    public static string Node(string asset, string component) => $"{asset}{Separator}{component}";

    /// <summary>Asset and component of a node; no component for that of an asset.</summary>
    public static (string Asset, string? Component) Parse(string node) =>
        node.Split(Separator, 2) is [var asset, var component] ? (asset, component) : (node, null);

    /// <summary>The nodes that relationships of a type lead to.</summary>
    /// <param name="node">Where to start.</param>
    /// <param name="type">The type.</param>
    /// <param name="isIncoming">True: go from their targets to their sources.</param>
    public IEnumerable<string> Next(string node, string type, bool isIncoming)
    {
        var (asset, component) = Parse(node);
        if (modelOf(asset) is not { } model) return [];
        return component is null ? OfAsset(asset, model, type, isIncoming) : OfComponent(asset, component, model, type, isIncoming);
    }

    IEnumerable<string> OfAsset(string asset, AssetModel model, string type, bool isIncoming)
    {
        foreach (var edge in isIncoming ? book.To(asset) : book.From(asset))
        {
            look();
            var other = isIncoming ? edge.Source : edge.Target;
            if (edge.Type == type && edge.IsTrueAt(moment) && modelOf(other) is not null) yield return other;
        }
        if (!isIncoming || type != RelationshipType.PartOf) yield break;
        foreach (var part in model.Components.Where(c => IsRoot(model, c.Id)))
        {
            look();
            yield return Node(asset, part.Id);
        }
    }

    IEnumerable<string> OfComponent(string asset, string component, AssetModel model, string type, bool isIncoming)
    {
        foreach (var (of, from, to) in model.Relationships)
        {
            look();
            if (of != type || (isIncoming ? to : from) != component) continue;
            yield return Node(asset, isIncoming ? from : to);
        }
        if (!isIncoming && type == RelationshipType.PartOf && IsRoot(model, component)) yield return asset;
    }

    static bool IsRoot(AssetModel model, string component) =>
        !model.Relationships.Any(r => r.Type == RelationshipType.PartOf && r.From == component);
}

/// <summary>A node that was found.</summary>
/// <param name="Id">The node.</param>
/// <param name="Via">The node it was reached from; null for where the path starts.</param>
public sealed record FoundNode(string Id, FoundNode? Via)
{
    /// <summary>The nodes on the way to it, from the start on.</summary>
    public IReadOnlyList<string> Way
    {
        get
        {
            List<string> way = [];
            for (var node = this; node is not null; node = node.Via) way.Add(node.Id);
            way.Reverse();
            return way;
        }
    }
}

/// <summary>Follows a path. Pure.</summary>
public static class FollowPath
{
    /// <summary>The nodes at the end of the path, each once, with the way on which it was found first.</summary>
    public static IReadOnlyList<FoundNode> Run(GraphView view, IEnumerable<string> starts, GraphPath path) =>
        path.Steps.Aggregate(
            (IReadOnlyList<FoundNode>)[.. starts.Select(id => new FoundNode(id, null))], (nodes, step) => Step(view, nodes, step));

    static List<FoundNode> Step(GraphView view, IReadOnlyList<FoundNode> from, PathStep step)
    {
        Dictionary<string, FoundNode> found = new(StringComparer.Ordinal);
        List<FoundNode> inOrder = [];
        Queue<FoundNode> open = new(from);
        HashSet<string> left = new(StringComparer.Ordinal);
        while (open.TryDequeue(out var node))
        {
            if (!left.Add(node.Id)) continue;
            foreach (var id in view.Next(node.Id, step.Type, step.IsIncoming))
            {
                FoundNode next = new(id, node);
                if (!found.TryAdd(id, next)) continue;
                inOrder.Add(next);
                if (step.IsRepeated) open.Enqueue(next);
            }
        }
        return inOrder;
    }
}
