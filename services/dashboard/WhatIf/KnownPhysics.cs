using System.Runtime.CompilerServices;
using Dashboard.Live;
using Grpc.Core;
using TwinModel.Assets;

namespace Dashboard.WhatIf;

/// <summary>What scenarios of an asset may change, cached per model.</summary>
sealed class KnownPhysics(FindAssets assets)
{
    readonly ConditionalWeakTable<AssetModel, IReadOnlyList<Askable>> known = [];

    /// <summary>Empty if the model has no physics or this dashboard cannot read it.</summary>
    /// <exception cref="RpcException">No such asset, or query is unreachable.</exception>
    public async Task<IReadOnlyList<Askable>> Of(string assetId, CancellationToken cancel) =>
        (await assets.Model(assetId, cancel)).Model is { } model ? known.GetValue(model, Askable.Of) : [];
}
