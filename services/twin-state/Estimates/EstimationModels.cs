using System.Runtime.CompilerServices;
using Contracts.Calibrations;
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
        CalibratedModels.Of(asset.Model, ParametersOf(asset)), model => new(new(model)));

    /// <summary>The learned parameters in force; null: the model's own.</summary>
    public ParameterSet? ParametersOf(RegisteredAsset asset) =>
        registry.ParametersOf(asset.Id)?.Parameters is { } set && set.ModelHash == asset.Model.Hash ? set : null;
}
