using System.ComponentModel;
using System.Globalization;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Graphs;

namespace Query.Graphs;

/// <summary>The relationships of an asset to others, at a moment.</summary>
sealed class ListRelationships(GraphAssets graphs, KnownAssets assets)
{
    const string List = "relationships";

    static readonly string[] Directions = ["out", "in", "both"];

    public static void Map(IEndpointRouteBuilder assets) => assets.MapGet("/{id}/relationships", (
            string id, ListRelationships list,
            [Description("out: those that go out from it; in: those that lead to it; both is the default.")] string? direction,
            [Description("Only this type.")] string? type,
            [Description("What was true at this time, in ISO 8601.")] string? validAt,
            [Description(KnownAt.Meaning)] string? knownAt,
            [Description("1 to 500, default 100.")] int? limit,
            [Description(AskedList.MeaningAt)] string? cursor, CancellationToken cancel) =>
            list.Run(id, direction, type, Input.Time("validAt", validAt), KnownAt.Parse(knownAt), limit, cursor, cancel))
        .WithName("listRelationships").WithSummary("Relationships of an asset to others, in the order in which they were recorded");

    /// <exception cref="NotFoundException">No such asset, or it was not known then.</exception>
    /// <exception cref="InvalidInputException">Names the parameter and what is allowed.</exception>
    public async Task<Page<RelationshipAnswer>> Run(
        string id, string? direction, string? type, DateTimeOffset? validAt, KnownAt? knownAt, int? limit, string? cursor,
        CancellationToken cancel)
    {
        if (!string.IsNullOrEmpty(direction) && !Directions.Contains(direction))
            throw new InvalidInputException("direction", direction, string.Join(", ", Directions));
        var size = Paging.Limit(limit);
        AskedList asked = new(List, id, direction, type);
        var start = asked.Begin(1, cursor, validAt, knownAt);
        var after = asked.Number(start, cursor) ?? 0;
        var then = await graphs.At(start, validAt, knownAt, cancel);
        _ = then.Get(id);
        if (!string.IsNullOrEmpty(type) && ListNodes.TypesIn(then) is var types && !types.Contains(type))
            throw new InvalidInputException("type", type, string.Join(", ", types));
        IEnumerable<Edge> edges = direction switch
        {
            "out" => then.Book.From(id),
            "in" => then.Book.To(id),
            _ => then.Book.About(id).OrderBy(e => e.Position),
        };
        var rows = edges.Where(e => e.Position > after && (string.IsNullOrEmpty(type) || e.Type == type) && e.IsTrueAt(then.Moment)
                && assets.IsVisible(e.Source) && assets.IsVisible(e.Target))
            .Take(size + 1).Select(e => RelationshipAnswer.Of(e.KnownAt(then.Moment.KnownAt)!)).ToList();
        return Paging.Of(rows, size, last => asked.CursorAt(then.Past, last.Position.ToString(CultureInfo.InvariantCulture)));
    }
}
