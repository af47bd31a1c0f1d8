using System.Collections.Concurrent;
using TwinModel.Estimation;

namespace TwinState.Twins;

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
