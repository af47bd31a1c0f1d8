using System.Collections.Immutable;
using System.Numerics;
using MathNet.Numerics.IntegralTransforms;

namespace TwinModel.ConditionMonitoring;

/// <summary>A band of frequencies.</summary>
/// <param name="LowHertz">Lower edge, 0 or more, included.</param>
/// <param name="HighHertz">Upper edge, excluded; above the lower edge, up to half the sample rate.</param>
public readonly record struct Band(double LowHertz, double HighHertz);

/// <summary>Features of a waveform after removing its mean (a sensor offset), in the waveform's unit.</summary>
/// <param name="Rms">Root mean square.</param>
/// <param name="Peak">Largest absolute value.</param>
/// <param name="Kurtosis">Fourth standardised moment: 3 for Gaussian noise, more with impacts.</param>
/// <param name="Crest">Peak over RMS: 1.41 for a sine.</param>
/// <param name="BandRms">RMS of each band, in the requested order.</param>
public sealed record VibrationFeatures(double Rms, double Peak, double Kurtosis, double Crest, ImmutableArray<double> BandRms);

/// <summary>Reduces vibration waveforms to features.</summary>
public static class Vibration
{
    /// <summary>Shorter waveforms are not meaningful.</summary>
    public const int LeastSamples = 16;

    /// <summary>The features of a waveform.</summary>
    /// <param name="waveform">Samples, 16 or more, finite.</param>
    /// <param name="sampleRateHertz">Samples per second, greater than 0.</param>
    /// <param name="bands">Bands whose RMS is computed; may be empty.</param>
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
        // Kurtosis and crest of a flat line are undefined; 0 keeps NaN out of the event log.
        return new(rms, peak, square > 0 ? fourth / x.Length / Math.Pow(square / x.Length, 2) : 0, rms > 0 ? peak / rms : 0,
            BandRms(x, sampleRateHertz, bands));
    }

    /// <summary>Amplitude spectrum of a band's envelope: its modulation, as when impacts of a defect modulate a resonance.</summary>
    /// <param name="waveform">Samples, 16 or more, finite.</param>
    /// <param name="sampleRateHertz">Samples per second, greater than 0.</param>
    /// <param name="carrier">Band of the resonance.</param>
    public static Spectrum Envelope(ReadOnlySpan<double> waveform, double sampleRateHertz, Band carrier)
    {
        Check(carrier, sampleRateHertz);
        var x = Centred(waveform);
        var z = Array.ConvertAll(x, v => new Complex(v, 0));
        Fourier.Forward(z, FourierOptions.NoScaling);
        // The analytic signal of the band alone: positive frequencies doubled, all others removed. Its magnitude is the envelope (Hilbert
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
    /// Amplitude spectrum of a waveform: a sine of amplitude 1 appears as 1, spread over neighbouring lines when it falls between two.
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
                // The Nyquist line belongs to a band that ends there, and its squared amplitude is not halved.
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
        if (!double.IsFinite(mean)) throw new ArgumentException("A waveform must consist of finite numbers.", nameof(waveform));
        var x = waveform.ToArray();
        for (var i = 0; i < x.Length; i++) x[i] -= mean;
        return x;
    }
}

/// <summary>Amplitudes by frequency.</summary>
/// <param name="LineHertz">Line spacing, Hz.</param>
/// <param name="Amplitudes">Amplitudes from 0 Hz, in the waveform's unit.</param>
public sealed record Spectrum(double LineHertz, ImmutableArray<double> Amplitudes)
{
    const double Slip = 0.02;
    const int MostHarmonics = 3;

    /// <summary>
    /// Strength of a periodic component: root sum of squares of the largest amplitudes within 2 % (slip) of a frequency and of its second
    /// and third harmonics.
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
    /// Largest amplitude within <paramref name="toleranceHertz"/> of a frequency (slip of rolling elements shifts it by 1-2 %); 0 outside
    /// the spectrum.
    /// </summary>
    public double AmplitudeAt(double hertz, double toleranceHertz)
    {
        var first = Math.Max(0, (int)Math.Ceiling((hertz - toleranceHertz) / LineHertz - 1e-9));
        var last = Math.Min(Amplitudes.Length - 1, (int)Math.Floor((hertz + toleranceHertz) / LineHertz + 1e-9));
        // If the tolerance is narrower than the line spacing, use the nearest line.
        if (first > last) (first, last) = ((int)Math.Round(hertz / LineHertz), (int)Math.Round(hertz / LineHertz));
        var largest = 0.0;
        for (var i = first; i <= last && i >= 0 && i < Amplitudes.Length; i++) largest = Math.Max(largest, Amplitudes[i]);
        return largest;
    }
}
