using Grpc.Core;
using Query.Api;
using Proto = Contracts.Query.V1;

namespace Query.Rebuilds;

sealed class RebuildRpc(StartRebuildEndpoint start, ListRebuilds list) : Proto.RebuildService.RebuildServiceBase
{
    public override async Task<Proto.StartRebuildResponse> StartRebuild(Proto.StartRebuildRequest request, ServerCallContext context) =>
        new() { Rebuild = Of(await start.Run(request.AssetIds.Count == 0 ? null : request.AssetIds, context.CancellationToken)) };

    public override async Task<Proto.GetRebuildResponse> GetRebuild(Proto.GetRebuildRequest request, ServerCallContext context) =>
        new() { Rebuild = Of(await list.Get(request.RebuildId, context.CancellationToken)) };

    public override async Task<Proto.ListRebuildsResponse> ListRebuilds(Proto.ListRebuildsRequest request, ServerCallContext context)
    {
        var page = await list.Run(request.Limit == 0 ? null : request.Limit, request.Cursor, context.CancellationToken);
        return new() { Rebuilds = { page.Items.Select(Of) }, NextCursor = page.NextCursor ?? "" };
    }

    static Proto.Rebuild Of(RebuildAnswer rebuild) => new()
    {
        Id = rebuild.Id,
        State = rebuild.State,
        Assets = rebuild.Assets,
        AssetIds = { rebuild.AssetIds ?? [] },
        Equal = rebuild.Equal,
        Different = rebuild.Different,
        Failed = rebuild.Failed,
        By = rebuild.By ?? "",
        Reason = rebuild.Reason ?? "",
        StartedAt = rebuild.StartedAt.ToProto(),
        ProgressedAt = rebuild.ProgressedAt.ToProto(),
        FinishedAt = rebuild.FinishedAt?.ToProto(),
        Problems =
        {
            (rebuild.Problems ?? []).Select(p => new Proto.RebuildProblem { AssetId = p.AssetId, Outcome = p.Outcome, Detail = p.Detail }),
        },
    };
}
