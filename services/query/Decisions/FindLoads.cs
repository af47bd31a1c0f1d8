using Contracts.Decisions;
using Contracts.Events;
using Marten;
using Query.Assets;
using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Decisions;

/// <summary>Finds how load ages the parts of decisions, by the models with which those were answered.</summary>
sealed class FindLoads(IDocumentStore store, KnownAssets assets)
{
    /// <summary>By model hash and part; without those whose model cannot be read any more.</summary>
    public async Task<IReadOnlyDictionary<(string ModelHash, string Component), LoadLife>> Run(
        IEnumerable<DecisionView> decisions, CancellationToken cancel)
    {
        Dictionary<(string, string), LoadLife> found = [];
        foreach (var (assetId, modelHash) in decisions.Select(d => (d.AssetId, d.ModelHash)).Distinct())
        {
            if (await Model(assetId, modelHash, cancel) is not { } model) continue;
            foreach (var part in model.Degradations)
            {
                if (part.Life is { } life) found[(modelHash, part.Component)] = life;
            }
        }
        return found;
    }

    async Task<AssetModel?> Model(string assetId, string modelHash, CancellationToken cancel)
    {
        if (assets.Find(assetId) is { } asset && asset.Model.Hash == modelHash) return asset.Model;
        // The asset has been given another model since.
        await using var session = store.QuerySession();
        var registered = (await session.Events.FetchStreamAsync(Streams.Asset(assetId), token: cancel)).Select(e => e.Data)
            .OfType<AssetRegistered>().LastOrDefault(r => r.ModelHash == modelHash);
        try
        {
            return registered is null ? null : assets.ModelOf(registered);
        }
        catch (InvalidModelException)
        {
            return null;
        }
    }
}
