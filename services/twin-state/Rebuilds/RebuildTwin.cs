using Contracts.Events;
using ServiceDefaults;
using TwinState.Estimates;
using TwinState.Twins;

namespace TwinState.Rebuilds;

/// <summary>
/// Rebuilds a twin from the whole log, compares it with the live one and replaces that. Its estimate follows.
/// </summary>
sealed partial class RebuildTwin(
    ReplayTwin replay, RederiveLimits rederiveLimits, FollowEstimate followEstimate, TimeProvider time, ILogger<RebuildTwin> logger)
{
    public async Task<TwinRebuilt> Rebuild(TwinOwner owner, Caller caller, CancellationToken cancel)
    {
        var live = await owner.Load(cancel);
        await owner.CatchUp(live, cancel);
        await rederiveLimits.Rederive(owner, live, cancel);
        if (live.MustSave) await owner.Append(live, [], cancel);
        var rebuilt = await replay.Replay(live, live.Corrections, cancel);
        await rederiveLimits.Rederive(owner, rebuilt, cancel);
        var result = DecideRebuild.Compare(live, rebuilt, time.GetUtcNow());
        owner.Replace(rebuilt);
        await owner.Append(rebuilt, [result, .. rebuilt.DecideOnHealth()], cancel, caller);
        await followEstimate.Rebuild(owner, rebuilt, cancel);
        Report(result, healthIsEqual: live.Health.Hash() == rebuilt.Health.Hash());
        return result;
    }

    void Report(TwinRebuilt result, bool healthIsEqual)
    {
        Measures.HealthRebuilds.Add(1, new KeyValuePair<string, object?>("equal", healthIsEqual));
        if (!healthIsEqual) LogHealthDiffers(result.AssetId);
        Measures.Rebuilds.Add(1, new KeyValuePair<string, object?>("equal", result.LiveHash == result.RebuiltHash));
        if (result.LiveHash != result.RebuiltHash) LogRebuildDiffers(result.AssetId, result.LiveHash, result.RebuiltHash);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The rebuilt condition of the parts of {AssetId} differs from the live one")]
    partial void LogHealthDiffers(string assetId);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The rebuilt twin of {AssetId} differs from the live one: {LiveHash} live, {RebuiltHash} rebuilt")]
    partial void LogRebuildDiffers(string assetId, string liveHash, string rebuiltHash);
}
