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
    public static TwinSave? Save(OwnedTwin twin, DateTimeOffset now, TwinStateSettings settings)
    {
        var events = DecideAlarms.ForSilence(twin.Asset.Id, twin.Twin, twin.Alarms, now, twin.OfflineSince);
        var rests = !(now - twin.RecordedAt < TimeSpan.FromSeconds(settings.SaveAtRestSeconds));
        var seconds = rests || twin.WasNotShown
            ? Math.Min(settings.SaveAtRestSeconds, settings.SaveEverySeconds)
            : settings.SaveEverySeconds;
        var isDue = twin.MustSave && now - twin.SavedAt >= TimeSpan.FromSeconds(seconds);
        return events.Count > 0 || isDue ? new(twin, events) : null;
    }

    /// <summary>
    /// True if a twin need not stay in memory: saved and shown, not heard of for a while, and nothing left that passing time could do, so
    /// that every sensor has been reported silent.
    /// </summary>
    public static bool MaySleep(OwnedTwin twin, DateTimeOffset now, TimeSpan after) =>
        twin is { MustSave: false, MustShow: false, MustRevise: false, MustRederive.Count: 0 }
            && !(now - twin.RecordedAt < after)
            && DecideAlarms.ForSilence(twin.Asset.Id, twin.Twin, twin.Alarms, DateTimeOffset.MaxValue, twin.OfflineSince).Count == 0;
}
