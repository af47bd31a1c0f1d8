using System.Collections.Immutable;
using Plant.Line;

namespace Plant.Sensors;

/// <summary>All instruments with their lag, noise, slow drift and resolution. Seeded, uses no clock.</summary>
sealed class SensorBank(int seed)
{
    const double DriftShareOfNoise = 0.6;
    const double DriftMemorySeconds = 6 * 3600;

    static readonly ImmutableArray<string> DroppedSensors = ["melt-pressure", "melt-temperature"];

    readonly Noise noise = new(seed);
    readonly Instrument[] instruments = [.. SensorCatalog.All.Select(spec => new Instrument(spec))];
    long frames;

    public Frame Measure(LineState state, double elapsedSeconds, long deviceMicros, SensorDisturbances disturbances)
    {
        var frame = frames++;
        var measurements = ImmutableArray.CreateBuilder<Measurement>(instruments.Length);
        var dropped = noise.Chance(disturbances.Dropout);
        var odd = noise.Below(instruments.Length);
        var spike = noise.Chance(disturbances.Spike);
        var impossible = noise.Chance(disturbances.Impossible);
        for (var i = 0; i < instruments.Length; i++)
        {
            var instrument = instruments[i];
            var spec = instrument.Spec;
            var value = instrument.Read(state, elapsedSeconds, noise, stuck: spec.Id == disturbances.Stuck);
            if (frame % spec.EveryNthFrame != 0 || (dropped && DroppedSensors.Contains(spec.Id))) continue;
            if (i == odd && spike) value = spec.Implausible;
            if (i == odd && impossible) value = spec.Impossible;
            measurements.Add(new(spec, value, deviceMicros - spec.AgeMicros));
        }
        return new(frame, deviceMicros, measurements.ToImmutable());
    }

    sealed class Instrument(SensorSpec spec)
    {
        double lagged = double.NaN;
        double drift;
        double last = double.NaN;

        public SensorSpec Spec => spec;

        public double Read(LineState state, double elapsedSeconds, Noise noise, bool stuck)
        {
            var actual = spec.TruePart(state);
            lagged = double.IsNaN(lagged) || spec.LagSeconds == 0
                ? actual
                : lagged + (actual - lagged) * (1 - Math.Exp(-elapsedSeconds / spec.LagSeconds));
            drift = noise.Wander(drift, DriftShareOfNoise * spec.Noise, DriftMemorySeconds, elapsedSeconds);
            var reading = Math.Round(lagged + drift + spec.Noise * noise.Gaussian(), spec.Decimals);
            if (!stuck || double.IsNaN(last)) last = Math.Max(reading, LowestReading);
            return last;
        }

        // Transmitters of non-negative quantities do not read below zero at standstill.
        double LowestReading => spec.Unit is "mm" or "Cel" or "bar" ? double.NegativeInfinity : 0;
    }
}
