using System.Runtime.CompilerServices;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Estimation;
using TwinState.Twins;

namespace TwinState.Estimates;

/// <summary>What the estimates of one model share, with the parameters in force of single machines.</summary>
sealed class EstimationModels(AssetRegistry registry)
{
    // One instance per model hash and set of parameters.
    readonly ConditionalWeakTable<AssetModel, EstimationModel> known = [];

    public EstimationModel Of(RegisteredAsset asset) => known.GetValue(
        CalibratedModels.Of(asset.Model, registry.ParametersOf(asset.Id)?.Parameters), model => new(new(model)));
}
