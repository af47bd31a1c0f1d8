using Contracts.Events;
using ServiceDefaults;
using TwinModel.Telemetry;
using TwinModel.Twins;
using TwinState.Twins;

namespace TwinState.Rebuilds;

/// <summary>How a rebuild begins, whether it may take the place of the live twin, and what it finds. Pure.</summary>
static class DecideRebuild
{
    /// <summary>The assets that a rebuild of all twins is about: every machine, also one that has not sent anything.</summary>
    /// <param name="assets">All assets of the log.</param>
    /// <param name="isMachine">Whether one that is only registered is a machine; a place has no twin.</param>
    public static List<string> Machines(IEnumerable<LoggedAsset> assets, Func<string, bool> isMachine) =>
        [.. assets.Where(a => a.HasTwin || isMachine(a.Id)).Select(a => a.Id)];

    /// <summary>An empty twin that can replace the live one, with the events of its stream.</summary>
    public static OwnedTwin Begin(OwnedTwin live, Corrections corrections, IEnumerable<object> events)
    {
        var rebuilt = new OwnedTwin(live.Asset, new Twin(live.Asset.Model)) { ReplacesHistory = true, Corrections = corrections };
        TakeOver(rebuilt, live);
        rebuilt.Apply(events);
        rebuilt.BeginRecordedLives();
        return rebuilt;
    }

    /// <summary>Gives a rebuilt twin what does not follow from readings.</summary>
    public static void TakeOver(OwnedTwin rebuilt, OwnedTwin live)
    {
        (rebuilt.SavedRevision, rebuilt.Revision, rebuilt.TwinStreamVersion) = (live.SavedRevision, live.Revision, live.TwinStreamVersion);
        (rebuilt.OfflineSince, rebuilt.Estimate) = (live.OfflineSince, live.Estimate);
        rebuilt.CorrectionsInLog = Math.Max(live.CorrectionsInLog, rebuilt.Corrections.Version);
    }

    /// <summary>
    /// False if the live twin has changed in a way that readings folded before do not show: another model, other corrections, or a part
    /// whose life ended.
    /// </summary>
    /// <param name="rebuilt">The twin that was folded beside it.</param>
    /// <param name="live">The live twin.</param>
    /// <param name="since">Events about it since the fold began.</param>
    public static bool MayReplace(OwnedTwin rebuilt, OwnedTwin live, IEnumerable<object> since) =>
        rebuilt.Follows(live.Asset) && rebuilt.Corrections.Version == live.Corrections.Version
            && !since.Any(e => e is ComponentReplaced or FailureOccurred);

    /// <summary>The event that records the rebuild, with the hashes of both twins.</summary>
    public static TwinRebuilt Compare(OwnedTwin live, OwnedTwin rebuilt, DateTimeOffset now, string? rebuildId = null) => new(
        live.Asset.Id, rebuilt.Position, live.Hash(), rebuilt.Hash(), rebuilt.Twin.Sensors.Sum(s => s.Count), now, rebuildId,
        live.Health.Hash() != rebuilt.Health.Hash());
}
