using System.Collections.Concurrent;
using TwinModel.Assets;
using TwinModel.Estimation;

namespace TwinState.Estimates;

/// <summary>What the estimates of one asset model share.</summary>
sealed class EstimationModel(EstimationSetup setup)
{
    readonly ConcurrentBag<EstimationWorkspace> free = [];

    public EstimationSetup Setup => setup;

    /// <summary>Lends a work space, of which there are as many as there are threads at work.</summary>
    public T With<T>(Func<EstimationWorkspace, T> work)
    {
        var space = free.TryTake(out var known) ? known : new(setup);
        var result = work(space);
        // One that was left in the middle of a step is not used again.
        free.Add(space);
        return result;
    }
}

/// <summary>The asset models with a section <c>estimation</c>, by their hashes.</summary>
sealed class EstimationModels
{
    readonly ConcurrentDictionary<string, Lazy<EstimationModel>> known = new();

    public EstimationModel Get(AssetModel model) => known.GetOrAdd(model.Hash, _ => new(() => new(new(model)))).Value;
}
