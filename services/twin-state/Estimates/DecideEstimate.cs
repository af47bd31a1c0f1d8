using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinModel.Twins;
using TwinState.Twins;

namespace TwinState.Estimates;

/// <summary>Decides when an estimate goes on, begins anew, and what is kept of its past. Pure.</summary>
static class DecideEstimate
{
    /// <summary>How much of an estimate a rebuild makes again at least, microseconds.</summary>
    public const long Rebuilt = Hour;

    const long Hour = 3600 * Micros.PerSecond;

    // Late readings complete no tick.
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    /// <summary>True if the log may hold something that the estimate lacks and that completes a tick, or may be late.</summary>
    /// <param name="estimate">The estimate.</param>
    /// <param name="position">Log position of the twin.</param>
    /// <param name="newest">Newest sample time of the twin, microseconds.</param>
    /// <param name="now">Current time.</param>
    public static bool IsDue(OwnedEstimate estimate, long position, long newest, DateTimeOffset now) =>
        estimate.IsBehind
            || (position > estimate.Position && (newest >= estimate.CompleteAt || now - estimate.LookedAt >= LookEvery));

    /// <summary>
    /// True if an estimate has so much left to process that it begins anew instead of going on: twice the reach, as one that has just begun
    /// is a whole reach behind. A silence is no such case, it is passed over in one step.
    /// </summary>
    public static bool BeginsAnew(OwnedEstimate estimate, long newest) =>
        estimate is { HasReadLog: true, IsBehind: true, CompleteAt: > long.MinValue }
            && newest - estimate.CompleteAt > 2 * StoredCheckpoints.Reach;

    /// <summary>True if the estimate has to be made again for a late reading.</summary>
    public static bool IsWorthIt(long lateAt, long newest) => newest - lateAt <= StoredCheckpoints.Reach;

    /// <summary>
    /// Events for limits on signals: tick by tick, so that a violation between two looks is not missed, but of ticks that were shown before
    /// only the last one, as late readings may have changed what it says.
    /// </summary>
    /// <param name="assetId">The asset.</param>
    /// <param name="model">Its model.</param>
    /// <param name="book">Its alarms.</param>
    /// <param name="ticks">Ticks processed since the last save, oldest first.</param>
    /// <param name="shown">End of the last tick that was shown before; null: none was.</param>
    public static IReadOnlyList<object> Alarms(
        string assetId, AssetModel model, AlarmBook book, IReadOnlyList<EstimatedTick> ticks, DateTimeOffset? shown)
    {
        List<object> events = [];
        for (var i = 0; i < ticks.Count; i++)
        {
            if (ticks[i].At <= shown && i < ticks.Count - 1) continue;
            foreach (var next in DecideAlarms.ForSignals(assetId, model, book, ticks[i].Limits, ticks[i].At))
            {
                events.Add(next);
                book = book.Apply(next);
            }
        }
        return events;
    }

    /// <summary>How long the history holds single ticks: the hours stay.</summary>
    public static readonly TimeSpan TicksKept = TimeSpan.FromDays(31);

    /// <summary>The hours to roll up: those complete with these ticks, and earlier ones in which ticks were processed again.</summary>
    /// <param name="ends">Ends of the ticks to save, oldest first.</param>
    /// <param name="saved">End of the newest tick saved before; null: none was.</param>
    /// <returns>Starts of the hours. A tick belongs to the time before its end.</returns>
    public static IReadOnlyList<DateTimeOffset> CompleteHours(IReadOnlyList<DateTimeOffset> ends, DateTimeOffset? saved)
    {
        if (ends.Count == 0) return [];
        var newest = HourOf(saved > ends[^1] ? saved.Value : ends[^1]);
        return [.. ends.Concat(saved is { } last ? [last] : []).Select(HourOf).Where(hour => hour < newest).Distinct().Order()];
    }

    static DateTimeOffset HourOf(DateTimeOffset end)
    {
        var inside = end.UtcTicks - 1;
        return new(inside - inside % TimeSpan.TicksPerHour, TimeSpan.Zero);
    }

    /// <summary>
    /// Whether a checkpoint is kept: all of the last hour, then the first of each hour, and after two days the first of each day.
    /// </summary>
    /// <param name="at">Its time, microseconds.</param>
    /// <param name="before">Time of the one before it that is kept; null when there is none.</param>
    /// <param name="newest">Time of the newest one.</param>
    public static bool IsKept(long at, long? before, long newest)
    {
        if (before is not { } last || newest - at <= Hour) return true;
        var apart = newest - at <= 48 * Hour ? Hour : 24 * Hour;
        return at / apart != last / apart;
    }
}
