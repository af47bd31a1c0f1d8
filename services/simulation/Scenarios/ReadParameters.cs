using Contracts.Calibrations;
using ServiceDefaults;
using TwinModel.Assets;

namespace Simulation.Scenarios;

/// <summary>Reads the learned parameters that take the place of a model's own for one asset, as known at a log position.</summary>
sealed class ReadParameters(AssetRegistry registry)
{
    /// <summary>Null when the model's own values are in force.</summary>
    public async Task<ParameterSet?> Run(AssetModel model, string assetId, long knownAt, CancellationToken cancel)
    {
        if (registry.ReadTo < knownAt) await registry.Refresh(cancel);
        return registry.ParametersOf(assetId, knownAt)?.Parameters is { } set && set.ModelHash == model.Hash ? set : null;
    }
}
