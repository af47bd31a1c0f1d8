using Contracts.Query.V1;

namespace Dashboard.Shown;

/// <summary>How much a value can be relied on.</summary>
static class SensorStates
{
    /// <summary>No reading for longer than the model allows, or none at all.</summary>
    public static bool IsStaleAt(this SensorState sensor, DateTimeOffset now) =>
        sensor.SampledAt is null || (sensor.StaleAt is { } at && at.ToDateTimeOffset() <= now);

    /// <summary><c>good</c>, <c>uncertain</c>, <c>bad</c>, <c>stale</c> or <c>none</c>: also the name of the style.</summary>
    public static string StateAt(this SensorState sensor, DateTimeOffset now) =>
        sensor.SampledAt is null
            ? "none"
            : sensor.IsStaleAt(now) ? "stale" : sensor.Quality is "good" or "uncertain" or "bad" ? sensor.Quality : "none";
}
