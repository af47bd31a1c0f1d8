using System.ComponentModel;
using Query.Api;
using ServiceDefaults;

namespace Query.Rebuilds;

/// <summary>Rebuilds of twins and how far they have come.</summary>
sealed class ListRebuilds(RebuildLog log)
{
    const string List = "rebuilds";

    // A list of assets may be long.
    const int Most = 100;

    public static void Map(IEndpointRouteBuilder rebuilds)
    {
        rebuilds.MapGet("", (
                ListRebuilds list,
                [Description("1 to 100, default 100.")] int? limit,
                [Description("nextCursor of the previous page.")] string? cursor,
                CancellationToken cancel) => list.Run(limit, cursor, cancel))
            .RequireRateLimiting(ApiSetup.Expensive)
            .WithName("listRebuilds").WithSummary("Rebuilds of twins, newest first")
            .WithDescription("Without the twins that differ; ask for one of them to see them.");
        rebuilds.MapGet("/{id}", (string id, ListRebuilds list, CancellationToken cancel) => list.Get(id, cancel))
            .WithName("getRebuild").WithSummary("How far a rebuild has come, or what it found")
            .WithDescription("The numbers are counted every second at first, more rarely the longer it takes. The event twin_rebuilt of "
                + "each twin has both hashes and the rebuild's id.");
    }

    /// <exception cref="InvalidInputException">A wrong limit or cursor.</exception>
    public async Task<Page<RebuildAnswer>> Run(int? limit, string? cursor, CancellationToken cancel)
    {
        var size = Paging.Limit(limit, Most);
        var before = Cursor.Decode(List, 1, cursor)?[0];
        var rebuilds = (await log.Newest(before, size + 1, cancel)).ConvertAll(r => RebuildAnswer.Of(r, withProblems: false));
        return Paging.Of(rebuilds, size, last => Cursor.Encode(List, last.Id));
    }

    /// <exception cref="NotFoundException">No such rebuild.</exception>
    public async Task<RebuildAnswer> Get(string id, CancellationToken cancel) =>
        await log.Find(id, cancel) is { } rebuild
            ? RebuildAnswer.Of(rebuild, withProblems: true)
            : throw new NotFoundException("rebuild", id);
}
