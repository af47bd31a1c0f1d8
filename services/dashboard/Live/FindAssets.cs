using System.Collections.Concurrent;
using Contracts.Query.V1;
using Grpc.Core;

namespace Dashboard.Live;

/// <summary>Models of all pages, parsed once.</summary>
sealed class ParsedModels : ConcurrentDictionary<string, ReadableModel>;

/// <summary>Assets and their models, for one page. They rarely change, so each asset is requested once a minute at most.</summary>
sealed class FindAssets(AssetService.AssetServiceClient client, ParsedModels models, TimeProvider time)
{
    static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(1);

    readonly Dictionary<string, (Asset Asset, DateTimeOffset At)> known = [];

    /// <summary>Kind of an asset with a twin.</summary>
    public const string Machine = "machine";

    /// <summary>Kind of an asset that holds others.</summary>
    public const string Place = "place";

    /// <summary>Assets whose id or name contains the text: of this kind, or of any.</summary>
    public async Task<IReadOnlyList<AssetSummary>> Search(string text, int limit, CancellationToken cancel, string kind = Machine) =>
        (await client.ListAssetsAsync(new() { Search = text, Limit = limit, Kind = kind }, cancellationToken: cancel)).Assets;

    /// <summary>Ids of all machines.</summary>
    public async Task<IReadOnlyList<string>> Ids(CancellationToken cancel)
    {
        List<string> ids = [];
        var cursor = "";
        do
        {
            var page = await client.ListAssetsAsync(new() { Limit = 500, Cursor = cursor, Kind = Machine }, cancellationToken: cancel);
            ids.AddRange(page.Assets.Select(a => a.Id));
            cursor = page.NextCursor;
        }
        while (cursor.Length > 0);
        return ids;
    }

    /// <exception cref="RpcException">No such asset, or query is unreachable.</exception>
    public async Task<Asset> Get(string assetId, CancellationToken cancel)
    {
        lock (known)
        {
            if (known.TryGetValue(assetId, out var found) && time.GetUtcNow() - found.At < FreshFor) return found.Asset;
        }
        var asset = (await client.GetAssetAsync(new() { AssetId = assetId }, cancellationToken: cancel)).Asset;
        lock (known)
        {
            if (known.Count > 2_000) known.Clear();
            known[assetId] = (asset, time.GetUtcNow());
        }
        return asset;
    }

    /// <summary>The readable part of the asset's model, parsed once per model.</summary>
    /// <exception cref="RpcException">No such asset, or query is unreachable.</exception>
    public async Task<ReadableModel> Model(string assetId, CancellationToken cancel)
    {
        var asset = await Get(assetId, cancel);
        if (models.TryGetValue(asset.ModelHash, out var found)) return found;
        var model = await client.GetAssetModelAsync(new() { AssetId = assetId }, cancellationToken: cancel);
        return models[model.Hash] = ReadableModel.Of(model.Yaml, asset.ModelId);
    }
}
