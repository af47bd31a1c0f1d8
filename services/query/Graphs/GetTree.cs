using System.ComponentModel;
using Contracts.Messages;
using Query.Api;
using Query.Events;
using Query.Pasts;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Graphs;

namespace Query.Graphs;

/// <summary>The asset tree: what is part of an asset, with alarms and conditions of everything below, and what it is part of.</summary>
sealed class GetTree(GraphAssets graphs, GraphStates states)
{
    const int Deepest = 50;
    const int MostNodes = 5_000;
    const string List = "tree";

    const string OfDepth = "Levels below that are shown, 0 to 50; default: 50. Alarms and conditions below count all the same.";
    const string OfTime = "What was true at this time, in ISO 8601.";

    const string Costs =
        "An asset that is part of several others is shown once. At most 5 000 nodes are shown below one asset (413): ask for fewer "
            + "levels. " + GraphThen.Limits;

    const string Pages = " A page of the whole plant ends before the place with which it would have more nodes than that.";

    public static void Map(IEndpointRouteBuilder api, IEndpointRouteBuilder assets)
    {
        Responses(assets.MapGet("/{id}/tree", (
                string id, GetTree tree, [Description(OfDepth)] int? depth, [Description(OfTime)] string? validAt,
                [Description(KnownAt.Meaning)] string? knownAt, CancellationToken cancel) =>
                tree.Run(id, depth, Input.Time("validAt", validAt), KnownAt.Parse(knownAt), null, null, cancel)))
            .WithName("getAssetTree").WithSummary("What is part of an asset, and what it is part of").WithDescription(Costs);
        Responses(api.MapGet("/tree", (
                GetTree tree, [Description(OfDepth)] int? depth, [Description(OfTime)] string? validAt,
                [Description(KnownAt.Meaning)] string? knownAt,
                [Description("1 to 500 places that are part of nothing; default: as many as have room.")] int? limit,
                [Description(AskedList.MeaningAt)] string? cursor, CancellationToken cancel) =>
                tree.Run(null, depth, Input.Time("validAt", validAt), KnownAt.Parse(knownAt), limit, cursor, cancel)))
            .WithTags("Graph").WithName("getTree")
            .WithSummary("The whole plant: all places that are part of nothing, with what is part of them")
            .WithDescription(Costs + Pages);
    }

    static RouteHandlerBuilder Responses(RouteHandlerBuilder route) =>
        route.RequireRateLimiting(ApiSetup.Expensive).ProducesProblem(StatusCodes.Status413PayloadTooLarge);

    /// <exception cref="NotFoundException">No such asset, or it was not known then.</exception>
    /// <exception cref="InvalidInputException">Names the parameter and what is allowed.</exception>
    /// <exception cref="TooLargeException">It costs too much.</exception>
    /// <exception cref="BusyException">Too many past states are being computed.</exception>
    public async Task<TreeAnswer> Run(
        string? id, int? depth, DateTimeOffset? validAt, KnownAt? knownAt, int? limit, string? cursor, CancellationToken cancel)
    {
        if (depth is < 0 or > Deepest) throw new InvalidInputException("depth", depth, $"0 to {Deepest}");
        var most = limit is null ? int.MaxValue : Paging.Limit(limit);
        AskedList asked = new(List, depth ?? Deepest);
        var start = asked.Begin(1, cursor, validAt, knownAt);
        var then = await graphs.At(start, validAt, knownAt, cancel);
        var view = then.View("depth");
        string[] roots = id is null ? [.. Roots(then, view)] : [then.Get(id).Id];
        // Of all of them, so that what is part of several is shown once however the pages fall.
        var below = Below(view, roots);
        var rest = roots.SkipWhile(r => string.CompareOrdinal(r, start.After?[0]) <= 0);
        List<string> page = [.. FitPage.Of(rest, below, depth ?? Deepest, MostNodes).Take(most)];
        var known = await states.Of(then, page.SelectMany(r => All(below, r)).Select(n => GraphView.Parse(n).Asset), "depth", cancel);
        var tree = new Tree(then, below, known, depth ?? Deepest);
        return new(
            id is null ? [] : Ancestors(then, view, id), [.. page.Select(r => tree.Node(r, 0).Shown)],
            page.Count == 0 || page[^1] == roots[^1] ? null : asked.CursorAt(then.Past, page[^1]));
    }

    static IEnumerable<string> All(Dictionary<string, List<string>> below, string node) =>
        below[node].SelectMany(n => All(below, n)).Prepend(node);

    static IEnumerable<string> Roots(GraphThen then, GraphView view) =>
        then.Assets.Where(a => a.Model.IsPlace && !view.Next(a.Id, RelationshipType.PartOf, isIncoming: false).Any()).Select(a => a.Id);

    // Children of every node, each node below one other only.
    static Dictionary<string, List<string>> Below(GraphView view, IEnumerable<string> roots)
    {
        var below = roots.ToDictionary(r => r, _ => new List<string>());
        Queue<string> open = new(below.Keys);
        while (open.TryDequeue(out var node))
        {
            foreach (var child in view.Next(node, RelationshipType.PartOf, isIncoming: true))
            {
                if (!below.TryAdd(child, [])) continue;
                below[node].Add(child);
                open.Enqueue(child);
            }
        }
        return below;
    }

    static List<AncestorAnswer> Ancestors(GraphThen then, GraphView view, string id)
    {
        List<AncestorAnswer> ancestors = [];
        HashSet<string> seen = [id];
        while (view.Next(id, RelationshipType.PartOf, isIncoming: false).FirstOrDefault() is { } above && seen.Add(above))
        {
            ancestors.Insert(0, new(above, then.Get(above).Name));
            id = above;
        }
        return ancestors;
    }

    sealed class Tree(
        GraphThen then, Dictionary<string, List<string>> below, Dictionary<string, AssetState> known, int depth)
    {
        int shown;

        public (TreeNode Shown, IReadOnlyList<AlarmView> Active) Node(string node, int level)
        {
            if (level <= depth && ++shown > MostNodes) throw new TooLargeException("The tree", MostNodes, "nodes", "depth");
            var (assetId, component) = GraphView.Parse(node);
            var (asset, state) = (then.Get(assetId), known.GetValueOrDefault(assetId));
            var part = component is null ? null : asset.Model.Components.First(c => c.Id == component);
            var children = below[node].OrderBy(IsComponent).ThenBy(n => IsComponent(n) ? "" : n, StringComparer.Ordinal)
                .Select(n => (Id: n, Node: Node(n, level + 1))).ToList();
            // All alarms of a machine are its own, whether or not they are of a component.
            AlarmView[] active = part is null
                ? [.. state?.Active ?? [], .. children.Where(c => !IsComponent(c.Id)).SelectMany(c => c.Node.Active)]
                : [.. state?.ActiveOf(part.Id) ?? [], .. children.SelectMany(c => c.Node.Active)];
            var own = part is null ? null : state?.Levels.GetValueOrDefault(part.Id);
            return (new(
                node, part?.Name ?? asset.Name, part is null ? asset.Model.Kind : NodeFilter.OfComponent, asset.Model.Id, part?.Kind,
                AssetState.WorstLevel([own, .. children.Select(c => c.Node.Shown.Condition)]), active.Length, AssetState.Worst(active),
                level < depth ? [.. children.Select(c => c.Node.Shown)] : []), active);
        }

        static bool IsComponent(string node) => GraphView.Parse(node).Component is not null;
    }
}
