using Contracts.Events;
using Marten;
using ServiceDefaults;
using TwinModel.Assets;

namespace Simulation.Scenarios;

/// <summary>Finds an asset's model in exactly the version that a scenario was checked against.</summary>
sealed class FindModel(AssetRegistry registry, IDocumentStore store)
{
    /// <exception cref="NotFoundException">The log does not contain it.</exception>
    public async Task<AssetModel> Run(string assetId, string modelHash, CancellationToken cancel)
    {
        if (registry.Find(assetId) is not { } known || known.Model.Hash != modelHash) await registry.Refresh(cancel);
        if (registry.Find(assetId) is { } asset && asset.Model.Hash == modelHash) return asset.Model;
        // The asset has been given another model since.
        await using var session = store.QuerySession();
        return (await session.Events.FetchStreamAsync(Streams.Asset(assetId), token: cancel)).Select(e => e.Data).OfType<AssetRegistered>()
            .LastOrDefault(r => r.ModelHash == modelHash) is { } registered
            ? registry.ModelOf(registered)
            : throw new NotFoundException("asset with this model", $"{assetId} {modelHash}");
    }
}
