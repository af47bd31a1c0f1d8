using System.Collections.Concurrent;
using Contracts.Query.V1;
using Dashboard.Live;
using Grpc.Core;
using TwinModel.Assets;

namespace Dashboard.WhatIf;

/// <summary>What may be asked of an asset, read once per model.</summary>
sealed class KnownPhysics(KnownAssets assets, AssetService.AssetServiceClient client)
{
    readonly ConcurrentDictionary<string, IReadOnlyList<Askable>> known = new();

    /// <summary>Empty when its model has no physics.</summary>
    /// <exception cref="RpcException">No such asset, or query is away.</exception>
    public async Task<IReadOnlyList<Askable>> Of(string assetId, CancellationToken cancel)
    {
        var asset = await assets.Get(assetId, cancel);
        if (known.TryGetValue(asset.ModelHash, out var found)) return found;
        var model = await client.GetAssetModelAsync(new() { AssetId = assetId }, cancellationToken: cancel);
        return known[model.Hash] = Askable.Of(ReadAssetModel.FromText(model.Yaml, asset.ModelId));
    }
}
