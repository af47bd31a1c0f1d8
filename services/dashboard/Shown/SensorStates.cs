using Contracts.Query.V1;

namespace Dashboard.Shown;

/// <summary>How reliable a value is.</summary>
static class SensorStates
{
    /// <summary>True without any reading, or if the last is older than the model allows.</summary>
    public static bool IsStaleAt(this SensorState sensor, DateTimeOffset now) =>
        sensor.SampledAt is null || (sensor.StaleAt is { } at && at.ToDateTimeOffset() <= now);

    /// <summary><c>good</c>, <c>uncertain</c>, <c>bad</c>, <c>stale</c> or <c>none</c>; also the CSS class.</summary>
    public static string StateAt(this SensorState sensor, DateTimeOffset now) =>
        sensor.SampledAt is null
            ? "none"
            : sensor.IsStaleAt(now) ? "stale" : sensor.Quality is "good" or "uncertain" or "bad" ? sensor.Quality : "none";
}
