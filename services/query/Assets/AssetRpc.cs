using Grpc.Core;
using Query.Api;
using Proto = Contracts.Query.V1;

namespace Query.Assets;

sealed class AssetRpc(KnownAssets registry, RegisterAssetEndpoint register) : Proto.AssetService.AssetServiceBase
{
    public override Task<Proto.ListAssetsResponse> ListAssets(Proto.ListAssetsRequest request, ServerCallContext context)
    {
        var page = Assets.ListAssets.Run(
            registry, request.ModelId, request.Search, request.Limit == 0 ? null : request.Limit, request.Cursor);
        return Task.FromResult(new Proto.ListAssetsResponse
        {
            Assets = { page.Items.Select(AssetMessage.Of) },
            NextCursor = page.NextCursor ?? "",
        });
    }

    public override Task<Proto.GetAssetResponse> GetAsset(Proto.GetAssetRequest request, ServerCallContext context) =>
        Task.FromResult(new Proto.GetAssetResponse { Asset = AssetMessage.Of(AssetAnswer.Of(registry.Get(request.AssetId))) });

    public override Task<Proto.GetAssetModelResponse> GetAssetModel(Proto.GetAssetModelRequest request, ServerCallContext context)
    {
        var model = registry.Get(request.AssetId).Model;
        return Task.FromResult(new Proto.GetAssetModelResponse { Yaml = model.Source, Hash = model.Hash });
    }

    public override async Task<Proto.RegisterAssetResponse> RegisterAsset(Proto.RegisterAssetRequest request, ServerCallContext context)
    {
        var asset = await register.Run(request.AssetId, request.ModelId, Input.Given(request.Name), context.CancellationToken);
        return new() { IsFinished = asset is not null, Asset = asset is null ? null : AssetMessage.Of(asset) };
    }
}
