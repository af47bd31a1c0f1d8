using TwinModel.Assets;
using TwinModel.Telemetry;

namespace TwinModel.Twins;

/// <summary>
/// The state of a limit after some readings in sample-time order: clear or violated, and whether a change is waiting for its delay.
/// A fold: <see cref="Next"/> processes one more reading. Only good readings count.
/// </summary>
/// <param name="IsViolated">The limit is violated.</param>
/// <param name="Since">Sample time (microseconds) at which the violation was established; 0 when clear.</param>
/// <param name="PendingSince">Sample time of the first reading of an uninterrupted run that supports a change; null when there is
/// none.</param>
public readonly record struct LimitCondition(bool IsViolated, long Since, long? PendingSince)
{
    /// <summary>Clear with nothing pending: the next state depends on later readings only.</summary>
    public bool IsPlain => !IsViolated && PendingSince is null;

    /// <summary>The condition after one more reading.</summary>
    public LimitCondition Next(Limit limit, in Reading reading)
    {
        if (reading.Quality != Quality.Good) return this;
        var arguesForChange = IsViolated ? IsBack(limit, reading.Value) : IsBeyond(limit, reading.Value);
        if (!arguesForChange) return PendingSince is null ? this : this with { PendingSince = null };
        var since = PendingSince ?? reading.SampledAt;
        var delay = (IsViolated ? limit.OffDelay : limit.OnDelay).Ticks / TimeSpan.TicksPerMicrosecond;
        if (reading.SampledAt - since < delay) return this with { PendingSince = since };
        return IsViolated ? default : new(true, reading.SampledAt, null);
    }

    /// <summary>
    /// True for a reading that can only clear a limit. However late it arrives, it cannot affect a condition that is plain later on; a
    /// reading between clear level and threshold can, because it interrupts a run of readings that cleared the limit.
    /// </summary>
    public static bool IsHarmless(Limit limit, in Reading reading) => reading.Quality != Quality.Good || IsBack(limit, reading.Value);

    internal void Write(BinaryWriter to)
    {
        to.Write(IsViolated);
        to.Write(Since);
        to.Write(PendingSince is not null);
        to.Write(PendingSince ?? 0);
    }

    internal static LimitCondition Read(BinaryReader from)
    {
        var (isViolated, since, hasPending, pending) = (from.ReadBoolean(), from.ReadInt64(), from.ReadBoolean(), from.ReadInt64());
        return new(isViolated, since, hasPending ? pending : null);
    }

    static bool IsBeyond(Limit limit, double value) => limit.IsAbove ? value > limit.Threshold : value < limit.Threshold;

    static bool IsBack(Limit limit, double value) => limit.IsAbove ? value <= limit.Clear : value >= limit.Clear;
}

/// <summary>A limit on a signal after a tick.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="IsViolated">It is violated.</param>
/// <param name="Since">End of the tick in which that was established; null when it is clear.</param>
/// <param name="Value">The signal's mean; null when it has none.</param>
public sealed record SignalLimit(Limit Limit, bool IsViolated, DateTimeOffset? Since, double? Value);
