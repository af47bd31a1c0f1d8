using Contracts.Events;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Ingest.Recording;

/// <summary>Range of acceptable sample times, in microseconds since the Unix epoch.</summary>
/// <param name="Earliest">Earlier times are rejected.</param>
/// <param name="Latest">Later times are rejected.</param>
readonly record struct TimeWindow(long Earliest, long Latest);

/// <summary>
/// Checks readings against the model: impossible ones are rejected with a reason, implausible ones become uncertain. Pure.
/// </summary>
static class ValidateReadings
{
    /// <summary>Removes rejected readings from the list and downgrades the quality of implausible ones.</summary>
    /// <returns>The number of rejected readings.</returns>
    public static int Apply(List<Reading> readings, AssetModel model, TimeWindow window, List<RejectionReason> reasons)
    {
        var kept = 0;
        for (var i = 0; i < readings.Count; i++)
        {
            var reading = readings[i];
            var sensor = model.Sensor(reading.Sensor);
            var reason = sensor is null
                ? new RejectionReason("unknown-sensor", $"sensor number {reading.Sensor} is not in model {model.Id}")
                : Check(reading, sensor, window);
            if (reason is not null)
            {
                reasons.Add(reason);
                continue;
            }
            if (reading.Quality == Quality.Good && !sensor!.Plausible.Contains(reading.Value))
                reading = reading with { Quality = Quality.Uncertain };
            readings[kept++] = reading;
        }
        var rejected = readings.Count - kept;
        readings.RemoveRange(kept, rejected);
        return rejected;
    }

    static RejectionReason? Check(in Reading reading, Sensor sensor, TimeWindow window)
    {
        var isWithoutValue = reading is { ValueOrNull: null, Quality: Quality.Bad };
        if (!isWithoutValue && !double.IsFinite(reading.Value))
            return new("not-finite", $"{sensor.Id} is {reading.Value}; allowed: a finite number");
        if (!isWithoutValue && !sensor.Physical.Contains(reading.Value))
            return new("physically-impossible",
                $"{sensor.Id} is {reading.Value} {sensor.Unit.Symbol}; allowed: {sensor.Physical.Min} to {sensor.Physical.Max} "
                    + $"{sensor.Unit.Symbol}");
        if (reading.SampledAt > window.Latest)
            return new("time-in-future",
                $"{sensor.Id} was sampled at {Micros.ToTime(Math.Min(reading.SampledAt, LatestShown)):O}; allowed: up to "
                    + $"{Micros.ToTime(window.Latest):O}");
        if (reading.SampledAt < window.Earliest)
            return new("time-too-old",
                $"{sensor.Id} was sampled at {Micros.ToTime(Math.Max(reading.SampledAt, EarliestShown)):O}; allowed: from "
                    + $"{Micros.ToTime(window.Earliest):O}");
        return null;
    }

    static readonly long LatestShown = Micros.From(DateTimeOffset.MaxValue);
    static readonly long EarliestShown = Micros.From(DateTimeOffset.MinValue);
}
