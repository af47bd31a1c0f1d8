using System.ComponentModel;
using Query.Api;

namespace Query.Assets;

static class ListAssets
{
    const string List = "assets";

    public static void Map(IEndpointRouteBuilder assets) => assets.MapGet("/", (
            KnownAssets registry,
            [Description("Only assets of this model.")] string? model,
            [Description("Part of the id or name.")] string? search,
            [Description("Only assets with this label, key=value.")] string? label,
            [Description("1 to 500, default 100.")] int? limit,
            [Description("nextCursor of the previous page.")] string? cursor) =>
            Run(registry, model, search, label, limit, cursor))
        .WithName("listAssets").WithSummary("Registered assets, by id");

    public static Page<AssetSummary> Run(
        KnownAssets registry, string? model, string? search, string? label, int? limit, string? cursor)
    {
        var size = Paging.Limit(limit);
        (string Key, string Value)? labelled = string.IsNullOrEmpty(label) ? null : AssetLabels.Pair("label", label);
        var after = Cursor.Decode(List, 1, cursor)?[0];
        var rows = registry.Summaries
            .Where(a => after is null || string.CompareOrdinal(a.Id, after) > 0)
            .Where(a => string.IsNullOrEmpty(model) || a.ModelId == model)
            .Where(a => string.IsNullOrEmpty(search)
                || a.Id.Contains(search, StringComparison.OrdinalIgnoreCase) || a.Name.Contains(search, StringComparison.OrdinalIgnoreCase))
            .Where(a => labelled is not { } l || (a.Labels.TryGetValue(l.Key, out var value) && value == l.Value))
            .Take(size + 1).ToList();
        return Paging.Of(rows, size, last => Cursor.Encode(List, last.Id));
    }
}
