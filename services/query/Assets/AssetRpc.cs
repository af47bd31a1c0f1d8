using Grpc.Core;
using Query.Api;
using Query.Events;
using Proto = Contracts.Query.V1;

namespace Query.Assets;

sealed class AssetRpc(
    ListAssets list, PastAssets past, RegisterAssetEndpoint register, ImportAssets import) : Proto.AssetService.AssetServiceBase
{
    public override async Task<Proto.ListAssetsResponse> ListAssets(Proto.ListAssetsRequest request, ServerCallContext context)
    {
        var page = await list.Run(
            request.ModelId, request.Search, request.Label, request.Kind, request.ValidAt?.ToTime("valid_at"),
            KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime),
            request.Limit == 0 ? null : request.Limit, request.Cursor, context.CancellationToken);
        return new() { Assets = { page.Items.Select(AssetMessage.Of) }, NextCursor = page.NextCursor ?? "" };
    }

    public override async Task<Proto.GetAssetResponse> GetAsset(Proto.GetAssetRequest request, ServerCallContext context) =>
        new()
        {
            Asset = AssetMessage.Of(AssetAnswer.Of(await past.Get(
                request.AssetId, request.ValidAt?.ToTime("valid_at"),
                KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime), context.CancellationToken))),
        };

    public override async Task<Proto.GetAssetModelResponse> GetAssetModel(
        Proto.GetAssetModelRequest request, ServerCallContext context)
    {
        var model = (await past.Get(
            request.AssetId, request.ValidAt?.ToTime("valid_at"),
            KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime), context.CancellationToken)).Model;
        return new() { Yaml = model.Source, Hash = model.Hash };
    }

    public override async Task<Proto.RegisterAssetResponse> RegisterAsset(Proto.RegisterAssetRequest request, ServerCallContext context)
    {
        var asset = await register.Run(
            request.AssetId, request.ModelId, Input.Given(request.Name), Labels(request), context.CancellationToken);
        return new() { IsFinished = asset is not null, Asset = asset is null ? null : AssetMessage.Of(asset) };
    }

    public override async Task<Proto.RegisterAssetsResponse> RegisterAssets(
        Proto.RegisterAssetsRequest request, ServerCallContext context)
    {
        if (request.Assets.Count is 0 or > Contracts.Messages.RegisterAssets.MostAssets)
            throw new ServiceDefaults.InvalidInputException(
                "assets", $"{request.Assets.Count} assets", $"1 to {Contracts.Messages.RegisterAssets.MostAssets} assets");
        var result = await import.Register(
            request.Assets.Select((a, i) => new AssetRow(i + 1, a.AssetId, a.ModelId, Input.Given(a.Name), Labels(a))),
            context.CancellationToken);
        return new()
        {
            Registered = (int)result.Registered,
            Updated = (int)result.Updated,
            Unchanged = (int)result.Unchanged,
            Rejected =
            {
                result.Errors.Select(e => new Proto.RejectedAsset { Index = (int)e.Line - 1, AssetId = e.Id ?? "", Reason = e.Reason }),
            },
            Position = result.Position,
        };
    }

    static Dictionary<string, string>? Labels(Proto.RegisterAssetRequest request) =>
        request.Labels.Count == 0 ? null : request.Labels.ToDictionary();
}
