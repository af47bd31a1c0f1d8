using Contracts.Events;
using Google.Protobuf;
using Grpc.Core;
using Query.Api;
using Proto = Contracts.Query.V1;

namespace Query.Rejections;

sealed class RejectionRpc(ReadRejections log, ReplayRejectionEndpoint replay) : Proto.RejectionService.RejectionServiceBase
{
    public override async Task<Proto.ListRejectionsResponse> ListRejections(Proto.ListRejectionsRequest request, ServerCallContext context)
    {
        var page = await Rejections.ListRejections.Run(
            log, request.AssetId, Input.Position("after", request.After), request.Limit == 0 ? null : request.Limit, request.Cursor,
            context.CancellationToken);
        return new() { Rejections = { page.Items.Select(Of) }, NextCursor = page.NextCursor ?? "" };
    }

    public override async Task<Proto.GetRejectionResponse> GetRejection(Proto.GetRejectionRequest request, ServerCallContext context) =>
        new() { Rejection = Of(await log.Get(request.RejectionId, context.CancellationToken)) };

    public override async Task<Proto.ReplayRejectionResponse> ReplayRejection(
        Proto.ReplayRejectionRequest request, ServerCallContext context)
    {
        var outcome = await replay.Run(request.RejectionId, context.CancellationToken);
        return new() { IsFinished = outcome is not null, Replay = outcome is null ? null : Of(outcome) };
    }

    static Proto.Rejection Of(RejectionAnswer rejection) => new()
    {
        Id = rejection.Id.ToString(),
        AssetId = rejection.AssetId,
        Source = rejection.Source,
        Payload = UnsafeByteOperations.UnsafeWrap(rejection.Payload),
        PayloadBytes = rejection.PayloadBytes,
        Digest = rejection.Digest,
        Readings = rejection.Readings,
        Reasons = { rejection.Reasons.Select(Of) },
        RejectedAt = rejection.RejectedAt.ToProto(),
        Stream = rejection.Stream,
        Position = rejection.Position,
        LastReplay = rejection.LastReplay is { } outcome ? Of(outcome) : null,
    };

    static Proto.Replay Of(RejectionReplayed outcome) => new()
    {
        Stored = outcome.Stored,
        Duplicates = outcome.Duplicates,
        Rejected = outcome.Rejected,
        Reasons = { outcome.Reasons.Select(Of) },
        ReplayedAt = outcome.ReplayedAt.ToProto(),
    };

    static Proto.RejectionReason Of(RejectionReason reason) => new() { Code = reason.Code, Detail = reason.Detail };
}
