using ServiceDefaults;

namespace TwinState.Rebuilds;

/// <summary>Finds the assets that a rebuild of all twins is about.</summary>
sealed class FindMachines(RebuildLog log, AssetRegistry registry)
{
    /// <summary>Those of a time, by id.</summary>
    public async Task<List<string>> Run(DateTimeOffset at, CancellationToken cancel)
    {
        var assets = await log.Assets(at, cancel);
        await registry.Refresh(cancel);
        // One whose model cannot be read is counted, and named at the end.
        return DecideRebuild.Machines(
            assets, id => registry.Find(id) is { } asset ? !asset.Model.IsPlace : registry.FindUnreadable(id) is not null);
    }
}
