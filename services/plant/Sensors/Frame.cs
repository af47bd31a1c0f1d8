using System.Collections.Immutable;

namespace Plant.Sensors;

/// <summary>One value with its device time (microseconds since the Unix epoch), rounded to the sensor's resolution.</summary>
readonly record struct Measurement(SensorSpec Sensor, double Value, long SampledAtMicros);

/// <summary>The readings of one gateway scan.</summary>
sealed record Frame(long Sequence, long SampledAtMicros, ImmutableArray<Measurement> Measurements)
{
    /// <summary>The accelerometer's recording up to this scan; null in most.</summary>
    public Waveform? Waveform { get; init; }
}
