using TwinModel.Twins;
using TwinState.Twins;

namespace TwinState.Upkeep;

/// <summary>Decides what passing time does to a twin. Pure.</summary>
static class DecideUpkeep
{
    /// <summary>
    /// The save that is due at <paramref name="now"/>, because a sensor fell silent or spoke again, or because the last save of a changed
    /// twin is old enough; null if none is. Its events are still to be applied.
    /// </summary>
    public static TwinSave? Save(OwnedTwin twin, DateTimeOffset now, TimeSpan atLeastEvery)
    {
        var events = DecideAlarms.ForSilence(twin.Asset.Id, twin.Twin, twin.Alarms, now, twin.OfflineSince);
        var isDue = twin.MustSave && now - twin.SavedAt >= atLeastEvery;
        return events.Count > 0 || isDue ? new(twin, events) : null;
    }
}
