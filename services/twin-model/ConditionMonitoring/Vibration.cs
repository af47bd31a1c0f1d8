using System.Collections.Immutable;
using System.Numerics;
using MathNet.Numerics.IntegralTransforms;

namespace TwinModel.ConditionMonitoring;

/// <summary>A band of frequencies.</summary>
/// <param name="LowHertz">Lower edge, 0 or more, included.</param>
/// <param name="HighHertz">Upper edge, excluded, above the lower; up to half of the sample rate.</param>
public readonly record struct Band(double LowHertz, double HighHertz);

/// <summary>What a waveform comes down to. Its mean (an offset of the sensor) is taken out first. Units are the waveform's.</summary>
/// <param name="Rms">Root mean square.</param>
/// <param name="Peak">Largest absolute value.</param>
/// <param name="Kurtosis">Fourth standardised moment: 3 for normal noise, more when there are impacts.</param>
/// <param name="Crest">Peak over RMS: 1.41 for a sine.</param>
/// <param name="BandRms">RMS of each band, in the order asked for.</param>
public sealed record VibrationFeatures(double Rms, double Peak, double Kurtosis, double Crest, ImmutableArray<double> BandRms);

/// <summary>Reduces vibration waveforms.</summary>
public static class Vibration
{
    /// <summary>Shorter waveforms say nothing.</summary>
    public const int LeastSamples = 16;

    /// <summary>The features of a waveform.</summary>
    /// <param name="waveform">Samples, 16 or more, finite.</param>
    /// <param name="sampleRateHertz">Samples per second, greater than 0.</param>
    /// <param name="bands">Bands whose RMS is wanted; may be empty.</param>
    public static VibrationFeatures Features(ReadOnlySpan<double> waveform, double sampleRateHertz, params IReadOnlyList<Band> bands)
    {
        var x = Centred(waveform);
        var (square, fourth, peak) = (0.0, 0.0, 0.0);
        foreach (var v in x)
        {
            square += v * v;
            fourth += v * v * v * v;
            peak = Math.Max(peak, Math.Abs(v));
        }
        var rms = Math.Sqrt(square / x.Length);
        // A flat line has no shape; 0 says so without a NaN in the event log.
        return new(rms, peak, square > 0 ? fourth / x.Length / Math.Pow(square / x.Length, 2) : 0, rms > 0 ? peak / rms : 0,
            BandRms(x, sampleRateHertz, bands));
    }

    /// <summary>Amplitude spectrum of the envelope of a band: what modulates it, as impacts of a defect modulate a resonance.</summary>
    /// <param name="waveform">Samples, 16 or more, finite.</param>
    /// <param name="sampleRateHertz">Samples per second, greater than 0.</param>
    /// <param name="carrier">Band of the resonance.</param>
    public static Spectrum Envelope(ReadOnlySpan<double> waveform, double sampleRateHertz, Band carrier)
    {
        Check(carrier, sampleRateHertz);
        var x = Centred(waveform);
        var z = Array.ConvertAll(x, v => new Complex(v, 0));
        Fourier.Forward(z, FourierOptions.NoScaling);
        // The analytic signal of the band alone: positive frequencies doubled, all others gone. Its magnitude is the envelope (Hilbert
        // transform).
        for (var i = 0; i < z.Length; i++)
        {
            var frequency = i * sampleRateHertz / z.Length;
            z[i] = i > 0 && 2 * i < z.Length && frequency >= carrier.LowHertz && frequency < carrier.HighHertz ? 2 * z[i] : Complex.Zero;
        }
        Fourier.Inverse(z, FourierOptions.NoScaling);
        return AmplitudeSpectrum(Centred(Array.ConvertAll(z, v => v.Magnitude / z.Length)), sampleRateHertz);
    }

    /// <summary>
    /// Amplitude spectrum of a waveform: a sine of amplitude 1 shows as 1, spread over neighbours when it falls between two lines.
    /// </summary>
    public static Spectrum AmplitudeSpectrum(ReadOnlySpan<double> waveform, double sampleRateHertz)
    {
        Require.Positive(sampleRateHertz);
        var z = Array.ConvertAll(Centred(waveform), v => new Complex(v, 0));
        Fourier.Forward(z, FourierOptions.NoScaling);
        var lines = ImmutableArray.CreateBuilder<double>(z.Length / 2 + 1);
        for (var i = 0; i <= z.Length / 2; i++) lines.Add(z[i].Magnitude / z.Length * (i == 0 || 2 * i == z.Length ? 1 : 2));
        return new(sampleRateHertz / z.Length, lines.MoveToImmutable());
    }

    // Parseval: the mean square of a band is the sum of its lines' halved squared amplitudes.
    static ImmutableArray<double> BandRms(double[] x, double sampleRateHertz, IReadOnlyList<Band> bands)
    {
        foreach (var band in bands) Check(band, sampleRateHertz);
        if (bands.Count == 0) return [];
        var spectrum = AmplitudeSpectrum(x, sampleRateHertz);
        return [.. bands.Select(band =>
        {
            var sum = 0.0;
            for (var i = 1; i < spectrum.Amplitudes.Length; i++)
            {
                var frequency = i * spectrum.LineHertz;
                // The line at half of the sample rate belongs to a band that ends there; its amplitude is not halved.
                var isNyquist = 2 * i == x.Length;
                if (frequency >= band.LowHertz && (frequency < band.HighHertz || (isNyquist && frequency <= band.HighHertz)))
                    sum += spectrum.Amplitudes[i] * spectrum.Amplitudes[i] * (isNyquist ? 1 : 0.5);
            }
            return Math.Sqrt(sum);
        })];
    }

    static void Check(Band band, double sampleRateHertz)
    {
        Require.Positive(sampleRateHertz);
        Require.NotNegative(band.LowHertz, nameof(Band.LowHertz));
        if (!(band.HighHertz > band.LowHertz && band.HighHertz <= sampleRateHertz / 2))
            throw Require.Outside(
                band.HighHertz, FormattableString.Invariant(
                    $"above {band.LowHertz} and up to half of the sample rate, {sampleRateHertz / 2}"), nameof(Band.HighHertz));
    }

    static double[] Centred(ReadOnlySpan<double> waveform)
    {
        if (waveform.Length < LeastSamples) throw Require.Outside(waveform.Length, $"{LeastSamples} samples or more", nameof(waveform));
        var mean = 0.0;
        foreach (var v in waveform) mean += v;
        mean /= waveform.Length;
        if (!double.IsFinite(mean)) throw new ArgumentException("A waveform consists of finite numbers.", nameof(waveform));
        var x = waveform.ToArray();
        for (var i = 0; i < x.Length; i++) x[i] -= mean;
        return x;
    }
}

/// <summary>Amplitudes by frequency.</summary>
/// <param name="LineHertz">Distance of the lines, Hz.</param>
/// <param name="Amplitudes">From 0 Hz on, in the waveform's unit.</param>
public sealed record Spectrum(double LineHertz, ImmutableArray<double> Amplitudes)
{
    const double Slip = 0.02;
    const int MostHarmonics = 3;

    /// <summary>
    /// How strongly something repeats: root sum of squares of the largest amplitudes within 2 % (slip) of a frequency and of its second and
    /// third harmonic.
    /// </summary>
    public double Harmonics(double hertz)
    {
        var sum = 0.0;
        for (var i = 1; i <= MostHarmonics; i++)
        {
            var amplitude = AmplitudeAt(i * hertz, Slip * i * hertz);
            sum += amplitude * amplitude;
        }
        return Math.Sqrt(sum);
    }

    /// <summary>
    /// Largest amplitude within <paramref name="toleranceHertz"/> of a frequency (rolling elements slip: 1-2 % off); 0 outside the
    /// spectrum.
    /// </summary>
    public double AmplitudeAt(double hertz, double toleranceHertz)
    {
        var first = Math.Max(0, (int)Math.Ceiling((hertz - toleranceHertz) / LineHertz - 1e-9));
        var last = Math.Min(Amplitudes.Length - 1, (int)Math.Floor((hertz + toleranceHertz) / LineHertz + 1e-9));
        // A tolerance narrower than the lines means the nearest one.
        if (first > last) (first, last) = ((int)Math.Round(hertz / LineHertz), (int)Math.Round(hertz / LineHertz));
        var largest = 0.0;
        for (var i = first; i <= last && i >= 0 && i < Amplitudes.Length; i++) largest = Math.Max(largest, Amplitudes[i]);
        return largest;
    }
}
