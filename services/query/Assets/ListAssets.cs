using System.ComponentModel;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Assets;

/// <summary>Which assets to list.</summary>
sealed record AssetFilter(string? Model, string? Search, (string Key, string Value)? Label, string? Kind)
{
    public bool Matches(AssetSummary asset) =>
        (string.IsNullOrEmpty(Model) || asset.ModelId == Model)
        && asset.Matches(Search)
        && (string.IsNullOrEmpty(Kind) || asset.Kind == Kind)
        && (Label is not { } l || (asset.Labels.TryGetValue(l.Key, out var value) && value == l.Value));
}

/// <summary>Lists assets as they are registered, or as they were.</summary>
sealed class ListAssets(KnownAssets registry, PastAssets past, FindPast find)
{
    const string List = "assets";

    public static void Map(IEndpointRouteBuilder assets) => assets.MapGet("/", (
            ListAssets list,
            [Description("Only assets of this model.")] string? model,
            [Description("Part of the id or name.")] string? search,
            [Description("Only assets with this label, key=value.")] string? label,
            [Description("Only machines or only places: machine or place.")] string? kind,
            [Description("As registered at this time, in ISO 8601.")] string? validAt,
            [Description(KnownAt.Meaning)] string? knownAt,
            [Description("1 to 500, default 100.")] int? limit,
            [Description(AskedList.MeaningAt)] string? cursor,
            CancellationToken cancel) => list.Run(
                model, search, label, kind, Input.Time("validAt", validAt), KnownAt.Parse(knownAt), limit, cursor, cancel))
        .ProducesProblem(StatusCodes.Status404NotFound)
        .WithName("listAssets").WithSummary("Registered assets, by id")
        .WithDescription("With validAt or knownAt, those that were registered then, with their names, models and labels of that time; a "
            + "page may hold fewer than its limit and have a next one.");

    /// <exception cref="InvalidInputException">A wrong label, kind or bound, a time in the future, or a position after the end of
    /// the log.</exception>
    public async Task<Page<AssetSummary>> Run(
        string? model, string? search, string? label, string? kind, DateTimeOffset? validAt, KnownAt? knownAt, int? limit,
        string? cursor, CancellationToken cancel)
    {
        if (!string.IsNullOrEmpty(kind) && kind is not ("machine" or "place"))
            throw new InvalidInputException("kind", kind, AssetModel.Kinds);
        registry.CheckModel(model);
        var size = Paging.Limit(limit);
        AssetFilter filter = new(model, search, string.IsNullOrEmpty(label) ? null : AssetLabels.Pair("label", label), kind);
        AskedList asked = new(List, model, search, label, kind);
        var start = asked.Begin(1, cursor, validAt, knownAt);
        var moment = await start.MomentOf(find, validAt, knownAt, cancel);
        return moment is { } then
            ? await past.List(filter, then, size, start.After?[0], After, cancel)
            : Paging.Of(registry.SummariesAfter(start.After?[0]).Where(filter.Matches).Take(size + 1).ToList(), size, After);

        string After(AssetSummary last) => asked.CursorAt(moment, last.Id);
    }
}
