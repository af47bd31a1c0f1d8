using TwinModel.Assets;
using TwinModel.Telemetry;

namespace TwinModel.Twins;

/// <summary>The times in which a limit was violated. Pure.</summary>
public static class Excursions
{
    /// <summary>From and to in sample times, microseconds; one that has not ended yet ends at <see cref="long.MaxValue"/>.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="history">Readings of its sensor in sample-time order.</param>
    public static IEnumerable<(long From, long To)> Of(Limit limit, IEnumerable<Reading> history)
    {
        var condition = default(LimitCondition);
        foreach (var reading in history)
        {
            var next = condition.Next(limit, reading);
            if (condition.IsViolated && !next.IsViolated) yield return (condition.Since, reading.SampledAt);
            condition = next;
        }
        if (condition.IsViolated) yield return (condition.Since, long.MaxValue);
    }
}
