using System.Collections.Immutable;

namespace Plant.Sensors;

/// <summary>One value on the device clock (microseconds since the Unix epoch), rounded to the sensor's resolution.</summary>
readonly record struct Measurement(SensorSpec Sensor, double Value, long SampledAtMicros);

/// <summary>What the gateway reads in one scan.</summary>
sealed record Frame(long Sequence, long SampledAtMicros, ImmutableArray<Measurement> Measurements)
{
    /// <summary>What the accelerometer recorded up to this scan; null in most.</summary>
    public Waveform? Waveform { get; init; }
}
