using System.Collections.Immutable;
using Plant.Line;

namespace Plant.Sensors;

/// <summary>A section of vibration, sample by sample; its time is that of the first sample.</summary>
sealed record Waveform(string Id, string Unit, long SampledAtMicros, ImmutableArray<float> Samples);

/// <summary>
/// The accelerometer on the gearbox. It picks up machine noise and, as the bearing wears, the impacts of rollers on a pit in the stationary
/// washer; each impact makes the housing ring. Seeded, uses no clock.
/// </summary>
sealed class Accelerometer(int seed)
{
    public const int SampleRateHertz = 2560;
    public const int Count = 4096;

    const int Rollers = 24;
    // Rollers slip slightly, and by a varying amount.
    const double Slip = 0.005, Jitter = 0.01;
    const double NominalSpeedPerMinute = 80;
    const double Floor = 0.02, MachineNoise = 0.3;
    const double StrikePerWear = 10;
    const double ResonanceHertz = 800, Damping = 0.05;

    readonly Noise noise = new(seed);

    /// <summary>Records the vibration up to the given time.</summary>
    public Waveform Record(LineState state, long untilMicros)
    {
        var speed = Math.Max(state.ScrewSpeedPerMinute, 0);
        var level = Floor + MachineNoise * Math.Pow(speed / NominalSpeedPerMinute, 0.8);
        var samples = new double[Count];
        for (var i = 0; i < Count; i++) samples[i] = level * noise.Gaussian();
        // Half of the rollers pass per turn of the shaft, because the cage turns at half its speed.
        var period = speed > 0 ? 60 / (Rollers / 2.0 * speed * (1 - Slip)) : double.PositiveInfinity;
        for (var at = noise.Uniform() * period; at < (double)Count / SampleRateHertz; at += period)
            Strike(samples, at + Jitter * period * noise.Gaussian(), StrikePerWear * state.BearingWear * (1 + 0.1 * noise.Gaussian()));
        return new("bearing-acceleration", "m/s2", untilMicros - (long)(1e6 * Count / SampleRateHertz), [.. samples.Select(v => (float)v)]);
    }

    static void Strike(double[] samples, double seconds, double amplitude)
    {
        const double Omega = 2 * Math.PI * ResonanceHertz;
        const double RingsSeconds = 8 / (Damping * Omega);
        var first = Math.Max(0, (int)Math.Ceiling(seconds * SampleRateHertz));
        for (var i = first; i < samples.Length && i < first + RingsSeconds * SampleRateHertz; i++)
        {
            var since = (double)i / SampleRateHertz - seconds;
            samples[i] += amplitude * Math.Exp(-Damping * Omega * since) * Math.Sin(Omega * since);
        }
    }
}
