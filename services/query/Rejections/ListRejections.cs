using System.ComponentModel;
using System.Globalization;
using Query.Api;
using Query.Pasts;

namespace Query.Rejections;

static class ListRejections
{
    const string List = "rejected";

    public static void Map(IEndpointRouteBuilder rejected)
    {
        rejected.MapGet("/", (
                ReadRejections log,
                [Description("Only of this asset; unknown for payloads that name no known asset.")] string? asset,
                [Description("Only rejections at log positions above this one.")] long? after,
                [Description("1 to 500, default 100.")] int? limit,
                [Description(AskedList.Meaning)] string? cursor,
                CancellationToken cancel) => Run(log, asset, Input.Position("after", after), limit, cursor, cancel))
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("listRejected").WithSummary("Payloads that could not be accepted, with reasons, newest first");
        rejected.MapGet("/{id}", (string id, ReadRejections log, CancellationToken cancel) => log.Get(id, cancel))
            .WithName("getRejected").WithSummary("A payload that could not be accepted");
    }

    public static async Task<Page<RejectionAnswer>> Run(
        ReadRejections log, string? asset, long after, int? limit, string? cursor, CancellationToken cancel)
    {
        var size = Paging.Limit(limit);
        AskedList asked = new(List, asset, after);
        var (rows, hasMore) = await log.Newest(Input.Text("asset", asset, 64), after, asked.AfterNumber(cursor), size, cancel);
        return new(rows, hasMore ? asked.Cursor(rows[^1].Position.ToString(CultureInfo.InvariantCulture)) : null);
    }
}
