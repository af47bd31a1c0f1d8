using Contracts.Events;
using TwinModel.Telemetry;
using TwinModel.Twins;
using TwinState.Twins;

namespace TwinState.Rebuilds;

/// <summary>How a rebuild begins and what it finds. Pure.</summary>
static class DecideRebuild
{
    /// <summary>An empty twin that can replace the live one, with the events of its stream.</summary>
    public static OwnedTwin Begin(OwnedTwin live, Corrections corrections, IEnumerable<object> events)
    {
        var rebuilt = new OwnedTwin(live.Asset, new Twin(live.Asset.Model))
        {
            SavedRevision = live.SavedRevision,
            Revision = live.Revision,
            TwinStreamVersion = live.TwinStreamVersion,
            OfflineSince = live.OfflineSince,
            Estimate = live.Estimate,
            ReplacesHistory = true,
            Corrections = corrections,
            CorrectionsInLog = Math.Max(live.CorrectionsInLog, corrections.Version),
        };
        rebuilt.Apply(events);
        rebuilt.BeginRecordedLives();
        return rebuilt;
    }

    /// <summary>The event that records the rebuild, with the hashes of both twins.</summary>
    public static TwinRebuilt Compare(OwnedTwin live, OwnedTwin rebuilt, DateTimeOffset now) => new(
        live.Asset.Id, rebuilt.Position, live.Hash(), rebuilt.Hash(), rebuilt.Twin.Sensors.Sum(s => s.Count), now);
}
