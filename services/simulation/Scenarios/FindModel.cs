using ServiceDefaults;
using TwinModel.Assets;

namespace Simulation.Scenarios;

/// <summary>Finds an asset's model in exactly the version that a scenario was checked against.</summary>
sealed class FindModel(AssetRegistry registry)
{
    /// <exception cref="NotFoundException">The log does not contain it.</exception>
    public async Task<AssetModel> Run(string assetId, string modelHash, CancellationToken cancel)
    {
        if (registry.FindModel(modelHash) is null) await registry.Refresh(cancel);
        return registry.FindModel(modelHash) ?? throw new NotFoundException("asset with this model", $"{assetId} {modelHash}");
    }
}
