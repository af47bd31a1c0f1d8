using System.ComponentModel;
using Query.Api;
using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Assets;

static class ListAssets
{
    const string List = "assets";

    public static void Map(IEndpointRouteBuilder assets) => assets.MapGet("/", (
            KnownAssets registry,
            [Description("Only assets of this model.")] string? model,
            [Description("Part of the id or name.")] string? search,
            [Description("Only assets with this label, key=value.")] string? label,
            [Description("Only machines or only places: machine or place.")] string? kind,
            [Description("1 to 500, default 100.")] int? limit,
            [Description("nextCursor of the previous page.")] string? cursor) =>
            Run(registry, model, search, label, kind, limit, cursor))
        .WithName("listAssets").WithSummary("Registered assets, by id");

    public static Page<AssetSummary> Run(
        KnownAssets registry, string? model, string? search, string? label, string? kind, int? limit, string? cursor)
    {
        if (!string.IsNullOrEmpty(kind) && kind is not ("machine" or "place"))
            throw new InvalidInputException("kind", kind, AssetModel.Kinds);
        var size = Paging.Limit(limit);
        (string Key, string Value)? labelled = string.IsNullOrEmpty(label) ? null : AssetLabels.Pair("label", label);
        var after = Cursor.Decode(List, 1, cursor)?[0];
        var rows = registry.Summaries
            .Where(a => after is null || string.CompareOrdinal(a.Id, after) > 0)
            .Where(a => string.IsNullOrEmpty(model) || a.ModelId == model)
            .Where(a => string.IsNullOrEmpty(search)
                || a.Id.Contains(search, StringComparison.OrdinalIgnoreCase) || a.Name.Contains(search, StringComparison.OrdinalIgnoreCase))
            .Where(a => labelled is not { } l || (a.Labels.TryGetValue(l.Key, out var value) && value == l.Value))
            .Where(a => string.IsNullOrEmpty(kind) || a.Kind == kind)
            .Take(size + 1).ToList();
        return Paging.Of(rows, size, last => Cursor.Encode(List, last.Id));
    }
}
