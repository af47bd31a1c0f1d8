using System.ComponentModel;
using Contracts.Messages;
using Query.Api;
using Query.Registry;
using Query.Events;
using Query.Pasts;
using ServiceDefaults;
using TwinModel.Graphs;

namespace Query.Graphs;

/// <summary>Follows a path through the graph and filters what is found, at a moment.</summary>
sealed class ListNodes(GraphAssets graphs, GraphStates states, KnownAssets assets)
{
    const string List = "graph";

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/graph", (
            ListNodes list,
            [Description("Where to start: an asset, or asset/component; default: all assets.")] string? from,
            [Description("Where to go from there; default: stay.")] string? path,
            [Description("Only assets of this model, and their components.")] string? model,
            [Description("Only machine, place or component.")] string? kind,
            [Description("Only assets with this label, key=value, and their components.")] string? label,
            [Description("Only what has a part, or is one, at this level: learning, healthy, degrading or critical; several with commas.")]
            string? condition,
            [Description("Only what has an active alarm that is at least this severe: warning, alarm or critical.")] string? alarm,
            [Description("Part of the id or name.")] string? search,
            [Description("What was true at this time, in ISO 8601.")] string? validAt,
            [Description(KnownAt.Meaning)] string? knownAt,
            [Description("1 to 500, default 100.")] int? limit,
            [Description(AskedList.MeaningAt)] string? cursor,
            CancellationToken cancel) => list.Run(
                from, path, NodeFilter.Parse(model, kind, label, condition, alarm, search), Input.Time("validAt", validAt),
                KnownAt.Parse(knownAt), limit, cursor, cancel))
        .RequireRateLimiting(ApiSetup.Expensive).ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .WithTags("Graph").WithName("listNodes")
        .WithSummary("Assets and components along relationships, e.g. machines that feed a line and have a part that is degrading")
        .WithDescription(
            "A path has up to 10 steps, separated by '/'. A step is the id of a type of relationship, with '<' in front of it to go from "
                + "targets to sources, and '*' after it for one or more times: from=line-2&path=<feeds finds what feeds line-2, "
                + "from=site-1&path=<part-of* everything in site-1, with the components of its machines. By id. " + GraphThen.Limits);

    /// <exception cref="NotFoundException">No such asset, or it was not known then.</exception>
    /// <exception cref="InvalidInputException">Names the parameter and what is allowed.</exception>
    /// <exception cref="TooLargeException">It costs too much.</exception>
    /// <exception cref="BusyException">Too many past states are being computed.</exception>
    public async Task<Page<NodeAnswer>> Run(
        string? from, string? path, NodeFilter filter, DateTimeOffset? validAt, KnownAt? knownAt, int? limit, string? cursor,
        CancellationToken cancel)
    {
        assets.CheckModel(filter.Model);
        var size = Paging.Limit(limit);
        var steps = string.IsNullOrEmpty(path)
            ? GraphPath.None
            : GraphPath.Parse(path) ?? throw new InvalidInputException("path", path, GraphPath.Allowed);
        AskedList asked = new(
            List, from, path, filter.Model, filter.Kind, filter.Label?.Key, filter.Label?.Value, filter.Search, filter.Levels,
            filter.Severity);
        var start = asked.Begin(1, cursor, validAt, knownAt);
        var then = await graphs.At(start, validAt, knownAt, cancel);
        CheckTypes(then, path, steps);
        var nodes = FollowPath.Run(then.View("path"), Starts(then, from, filter, steps), steps)
            .Select(found => new Node(found, then))
            .Where(n => filter.Matches(n.Found.Id, n.Name, n.Kind, n.Asset))
            .Where(n => string.CompareOrdinal(n.Found.Id, start.After?[0]) > 0)
            .OrderBy(n => n.Found.Id, StringComparer.Ordinal).ToList();
        // Without a filter by state only those of this page are needed.
        if (!filter.NeedsStates) nodes = [.. nodes.Take(size + 1)];
        var known = await states.Of(then, nodes.Select(n => n.Asset.Id), "path", cancel);
        var rows = nodes.Select(n => n.Answer(filter, known.GetValueOrDefault(n.Asset.Id))).OfType<NodeAnswer>().Take(size + 1).ToList();
        return Paging.Of(rows, size, last => asked.CursorAt(then.Past, last.Id));
    }

    static IEnumerable<string> Starts(GraphThen then, string? from, NodeFilter filter, GraphPath path)
    {
        if (string.IsNullOrEmpty(from))
        {
            return filter.Kind == NodeFilter.OfComponent && path.Steps.Count == 0
                ? then.Assets.SelectMany(a => a.Model.Components.Select(c => GraphView.Node(a.Id, c.Id)))
                : then.Assets.Select(a => a.Id);
        }
        var (asset, component) = GraphView.Parse(from);
        var model = then.Get(asset).Model;
        if (component is not null && model.Components.All(c => c.Id != component))
            throw new InvalidInputException(
                "from", from, $"{asset}, or {asset}/ with one of {string.Join(", ", model.Components.Select(c => c.Id))}");
        return [from];
    }

    static void CheckTypes(GraphThen then, string? path, GraphPath steps)
    {
        if (steps.Steps.Count == 0) return;
        var types = TypesIn(then);
        foreach (var step in steps.Steps.Where(s => !types.Contains(s.Type)))
            throw new InvalidInputException("path", path, $"{GraphPath.Allowed}; types: {string.Join(", ", types)}; not {step.Type}");
    }

    /// <summary>Types of relationships that the models of then declare or that there are.</summary>
    public static IReadOnlyList<string> TypesIn(GraphThen then) =>
    [
        .. then.Assets.Select(a => a.Model).Distinct()
            .SelectMany(m => m.RelationshipTypes.Select(t => t.Id).Concat(m.Relationships.Select(r => r.Type)))
            .Concat(then.Book.Types).Distinct().Order(StringComparer.Ordinal),
    ];

    sealed record Node(FoundNode Found, RegisteredAsset Asset, TwinModel.Assets.Component? Component)
    {
        public Node(FoundNode found, GraphThen then)
            : this(found, then.Get(GraphView.Parse(found.Id).Asset), null) =>
            Component = GraphView.Parse(found.Id).Component is { } id ? Asset.Model.Components.First(c => c.Id == id) : null;

        public string Name => Component?.Name ?? Asset.Name;

        public string Kind => Component is null ? Asset.Model.Kind : NodeFilter.OfComponent;

        public NodeAnswer? Answer(NodeFilter filter, AssetState? state)
        {
            PartLevel[] parts = [.. state?.Levels.Where(l => Component is null || l.Key == Component.Id)
                .Select(l => new PartLevel(l.Key, l.Value)) ?? []];
            AlarmView[] active = [.. Component is null ? state?.Active ?? [] : state?.ActiveOf(Component.Id) ?? []];
            return filter.Matches(parts, active)
                ? new(
                    Found.Id, Name, Kind, Asset.Model.Id, Component?.Kind, Asset.Labels, parts, active.Length, AssetState.Worst(active),
                    Found.Way)
                : null;
        }
    }
}
