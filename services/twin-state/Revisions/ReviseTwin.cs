using Contracts.Events;
using ServiceDefaults;
using TwinModel.Telemetry;
using TwinState.Rebuilds;
using TwinState.Twins;

namespace TwinState.Revisions;

/// <summary>
/// Folds a twin again when readings were corrected, with its history and alarms. Its estimate follows. The cost is that of a rebuild; the
/// asset's news waits meanwhile, its neighbours do not.
/// </summary>
sealed partial class ReviseTwin(
    ReplayTwin replay, RederiveLimits rederiveLimits, LoadTwins loadTwins, LogReader log, TimeProvider time, ILogger<ReviseTwin> logger)
{
    /// <summary>The twin to go on with: the same one unless the log holds corrections that it lacks.</summary>
    public async Task<OwnedTwin> Revise(TwinOwner owner, OwnedTwin twin, CancellationToken cancel)
    {
        if (!twin.MustRevise) return twin;
        await owner.CatchUp(twin, cancel);
        await rederiveLimits.Rederive(owner, twin, cancel);
        if (twin.MustSave) await owner.Append(twin, [], cancel);
        var corrections = await log.CorrectionsOf(twin.Asset.Id, twin.Asset.Model, cancel: cancel);
        var revised = await replay.Replay(twin, corrections, cancel);
        await rederiveLimits.Rederive(revised, cancel);
        List<object> recorded = [.. (await loadTwins.Events(twin.Asset.Id, cancel)).Select(e => e.Data)];
        Dictionary<ushort, List<Reading>> histories = [];
        foreach (var alarm in DecideRevision.Concerned(revised, twin.Corrections.Version, recorded))
        {
            if (!histories.ContainsKey(alarm.Limit.Sensor))
                histories[alarm.Limit.Sensor] = await rederiveLimits.History(revised, alarm.Limit.Sensor, cancel);
        }
        var events = DecideRevision.Of(twin, revised, recorded, histories, time.GetUtcNow());
        owner.Replace(revised);
        await owner.Append(revised, [.. events, .. revised.DecideOnHealth()], cancel);
        Measures.Revisions.Add(1);
        LogRevised(twin.Asset.Id, corrections.Version);
        return revised;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The twin of {AssetId} follows the corrections up to version {Version}")]
    partial void LogRevised(string assetId, long version);
}
