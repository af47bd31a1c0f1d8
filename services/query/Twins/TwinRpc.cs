using Grpc.Core;
using Query.Api;
using Query.Events;
using Query.Registry;
using ServiceDefaults;
using Proto = Contracts.Query.V1;

namespace Query.Twins;

sealed class TwinRpc(
    LiveTwins live, ListPastTwins past, AwaitPosition position, FoldTwin fold, WatchTwins watch, RebuildTwinEndpoint rebuild,
    KnownAssets assets, TimeProvider time)
    : Proto.TwinService.TwinServiceBase
{
    public override Task<Proto.ListTwinsResponse> ListTwins(Proto.ListTwinsRequest request, ServerCallContext context)
    {
        assets.CheckModel(request.ModelId);
        var filter = new TwinFilter(
            request.ModelId, Input.Severity(request.Severity), request.HasIsStale ? request.IsStale : null, request.Search,
            Input.Sync(request.Sync));
        if (request.ValidAt is not null || request.KnownAtCase != Proto.ListTwinsRequest.KnownAtOneofCase.None
            || ListPastTwins.Continues(request.Cursor))
            return AsOf(filter, request, context.CancellationToken);
        var page = Twins.ListTwins.Run(live, filter, request.Limit == 0 ? null : request.Limit, request.Cursor, time.GetUtcNow());
        return Task.FromResult(new Proto.ListTwinsResponse
        {
            Twins = { page.Items.Select(t => t.Message.Twin) },
            NextCursor = page.NextCursor ?? "",
        });
    }

    async Task<Proto.ListTwinsResponse> AsOf(TwinFilter filter, Proto.ListTwinsRequest request, CancellationToken cancel)
    {
        var page = await past.Run(
            filter, request.ValidAt?.ToTime("valid_at"),
            KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime),
            request.Limit == 0 ? null : request.Limit, request.Cursor, cancel);
        return new() { Twins = { page.Items.Select(TwinMessage.Of) }, NextCursor = page.NextCursor ?? "" };
    }

    public override Task<Proto.GetTwinResponse> GetTwin(Proto.GetTwinRequest request, ServerCallContext context)
    {
        if (request.ValidAt is not null || request.KnownAtCase != Proto.GetTwinRequest.KnownAtOneofCase.None)
            return request.MinPosition == 0
                ? AsOf(request, context.CancellationToken)
                : throw new InvalidInputException("min_position", request.MinPosition, "only without valid_at and known_at");
        return request.MinPosition == 0
            ? Task.FromResult(live.Get(request.AssetId).Show(time.GetUtcNow()).Message)
            : Later(request, context.CancellationToken);
    }

    async Task<Proto.GetTwinResponse> Later(Proto.GetTwinRequest request, CancellationToken cancel)
    {
        var twin = live.Get(request.AssetId);
        await position.Run(twin, "min_position", Input.Position("min_position", request.MinPosition), cancel);
        return twin.Show(time.GetUtcNow()).Message;
    }

    async Task<Proto.GetTwinResponse> AsOf(Proto.GetTwinRequest request, CancellationToken cancel)
    {
        var knownAt = KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime);
        return new() { Twin = TwinMessage.Of(await fold.Run(request.AssetId, request.ValidAt?.ToTime("valid_at"), knownAt, cancel)) };
    }

    public override async Task WatchTwin(
        Proto.WatchTwinRequest request, IServerStreamWriter<Proto.WatchTwinResponse> responses, ServerCallContext context)
    {
        await foreach (var twin in watch.Follow([request.AssetId], request.After, context.CancellationToken))
            await responses.WriteAsync(new() { Twin = twin.Message.Twin }, context.CancellationToken);
    }

    public override async Task WatchTwins(
        Proto.WatchTwinsRequest request, IServerStreamWriter<Proto.WatchTwinsResponse> responses, ServerCallContext context)
    {
        await foreach (var twin in watch.Follow(request.AssetIds, null, context.CancellationToken))
            await responses.WriteAsync(new() { Twin = twin.Message.Twin }, context.CancellationToken);
    }

    public override async Task<Proto.RebuildTwinResponse> RebuildTwin(Proto.RebuildTwinRequest request, ServerCallContext context) =>
        await rebuild.Run(request.AssetId, context.CancellationToken) is not { } rebuilt
            ? new()
            : new()
            {
                IsFinished = true,
                Position = rebuilt.Position,
                LiveHash = rebuilt.LiveHash,
                RebuiltHash = rebuilt.RebuiltHash,
                Readings = rebuilt.Readings,
                RebuiltAt = rebuilt.RebuiltAt.ToProto(),
            };
}
