using System.Runtime.CompilerServices;
using Dashboard.Live;
using Grpc.Core;
using TwinModel.Assets;

namespace Dashboard.WhatIf;

/// <summary>What may be asked of an asset, found once per model.</summary>
sealed class KnownPhysics(FindAssets assets)
{
    readonly ConditionalWeakTable<AssetModel, IReadOnlyList<Askable>> known = [];

    /// <summary>Empty when its model has no physics, or none that this dashboard can read.</summary>
    /// <exception cref="RpcException">No such asset, or query is away.</exception>
    public async Task<IReadOnlyList<Askable>> Of(string assetId, CancellationToken cancel) =>
        (await assets.Model(assetId, cancel)).Model is { } model ? known.GetValue(model, Askable.Of) : [];
}
