using Cluster;

namespace TwinState.Rebuilds;

/// <summary>Reaches the replica that carries out a rebuild of several twins; the key is the rebuild's id.</summary>
interface IRebuildGrain : IGrainWithStringKey
{
    /// <summary>The rebuild is in the log and may begin.</summary>
    Task Begin();
}

[PlaceAtOwner]
sealed class RebuildGrain(RunRebuilds rebuilds) : Grain, IRebuildGrain
{
    public Task Begin()
    {
        rebuilds.Begin(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }
}
