using System.Collections.Concurrent;
using TwinModel.Assets;
using TwinState.Twins;

namespace TwinState.Estimates;

/// <summary>The asset models with a section <c>estimation</c>, by their hashes.</summary>
sealed class EstimationModels
{
    readonly ConcurrentDictionary<string, Lazy<EstimationModel>> known = new();

    public EstimationModel Get(AssetModel model) => known.GetOrAdd(model.Hash, _ => new(() => new(new(model)))).Value;
}
