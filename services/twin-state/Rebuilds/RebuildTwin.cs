using Contracts.Events;
using ServiceDefaults;
using TwinState.Estimates;
using TwinState.Twins;

namespace TwinState.Rebuilds;

/// <summary>A twin that is folded again.</summary>
/// <param name="Twin">The twin to fold; empty at first.</param>
/// <param name="UpTo">Log position of the live twin.</param>
sealed record BegunRebuild(OwnedTwin Twin, long UpTo);

/// <summary>
/// Rebuilds a twin from the whole log, compares it with the live one and replaces that. Its estimate follows. The long part, the fold,
/// needs no owner: the live twin goes on meanwhile.
/// </summary>
sealed partial class RebuildTwin(
    ReplayTwin replay, RederiveLimits rederiveLimits, LoadTwins loadTwins, FollowEstimate followEstimate, TimeProvider time,
    ILogger<RebuildTwin> logger)
{
    /// <summary>The whole rebuild in one step of the owner.</summary>
    public async Task<TwinRebuilt> Rebuild(TwinOwner owner, Caller caller, CancellationToken cancel, string? rebuildId = null)
    {
        var begun = await Begin(owner, cancel);
        await Fold(begun, cancel);
        return await Conclude(owner, begun, caller, rebuildId, cancel)
            ?? throw new InvalidOperationException($"The twin of {owner.AssetId} was changed by somebody else than its owner.");
    }

    /// <summary>The first step of the owner.</summary>
    public async Task<BegunRebuild> Begin(TwinOwner owner, CancellationToken cancel)
    {
        var live = await owner.Load(cancel);
        await owner.CatchUp(live, cancel);
        return new(await replay.Begin(live, live.Corrections, cancel), live.Position);
    }

    /// <summary>Folds everything up to where the live twin was; while the owner does something else.</summary>
    public Task Fold(BegunRebuild begun, CancellationToken cancel) => replay.ReadOn(begun.Twin, begun.UpTo, cancel);

    /// <summary>
    /// The last step of the owner: folds in what came meanwhile, compares and replaces. Null if the live twin has changed in a way that the
    /// fold does not show: it has to begin again.
    /// </summary>
    public async Task<TwinRebuilt?> Conclude(
        TwinOwner owner, BegunRebuild begun, Caller caller, string? rebuildId, CancellationToken cancel)
    {
        var rebuilt = begun.Twin;
        var live = await owner.Load(cancel);
        await owner.CatchUp(live, cancel);
        await rederiveLimits.Rederive(owner, live, cancel);
        if (live.MustSave) await owner.Append(live, [], cancel);
        var since = (await loadTwins.Events(owner.AssetId, cancel))
            .Where(e => e.Version > rebuilt.TwinStreamVersion).Select(e => e.Data).ToList();
        if (!DecideRebuild.MayReplace(rebuilt, live, since)) return null;
        rebuilt.Apply(since);
        DecideRebuild.TakeOver(rebuilt, live);
        await replay.ReadOn(rebuilt, live.Position, cancel);
        await rederiveLimits.Rederive(owner, rebuilt, cancel);
        var result = DecideRebuild.Compare(live, rebuilt, time.GetUtcNow(), rebuildId);
        owner.Replace(rebuilt);
        await owner.Append(rebuilt, [result, .. rebuilt.DecideOnHealth()], cancel, caller);
        await followEstimate.Rebuild(owner, rebuilt, cancel);
        Report(result);
        return result;
    }

    void Report(TwinRebuilt result)
    {
        Measures.HealthRebuilds.Add(1, new KeyValuePair<string, object?>("equal", !result.HealthDiffers));
        if (result.HealthDiffers) LogHealthDiffers(result.AssetId);
        Measures.Rebuilds.Add(1, new KeyValuePair<string, object?>("equal", result.LiveHash == result.RebuiltHash));
        if (result.LiveHash != result.RebuiltHash) LogRebuildDiffers(result.AssetId, result.LiveHash, result.RebuiltHash);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The rebuilt condition of the parts of {AssetId} differs from the live one")]
    partial void LogHealthDiffers(string assetId);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The rebuilt twin of {AssetId} differs from the live one: {LiveHash} live, {RebuiltHash} rebuilt")]
    partial void LogRebuildDiffers(string assetId, string liveHash, string rebuiltHash);
}
