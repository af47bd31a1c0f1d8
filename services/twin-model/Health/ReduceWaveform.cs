using System.Globalization;
using TwinModel.Assets;
using TwinModel.ConditionMonitoring;

namespace TwinModel.Health;

/// <summary>Makes readings of a waveform's features.</summary>
public static class ReduceWaveform
{
    // Fewer strikes of a defect than this in a waveform make no line in a spectrum.
    const int LeastStrikes = 4;

    /// <summary>
    /// The features that the model asks for. Those of the envelope are left out when the shaft stands still, its speed is not known, or the
    /// waveform holds fewer than four strikes of the defect.
    /// </summary>
    /// <param name="waveform">What the samples are.</param>
    /// <param name="samples">In the waveform's unit, finite, as many as the model allows.</param>
    /// <param name="shaftPerMinute">Speed of the bearing's shaft in 1/min; null when it is not known.</param>
    public static IEnumerable<(ushort Sensor, double Value)> Apply(Waveform waveform, double[] samples, double? shaftPerMinute)
    {
        var bands = waveform.Features.Where(f => f.Kind == FeatureKind.BandRms).ToList();
        var features = Vibration.Features(samples, waveform.SampleRateHertz, [.. bands.Select(f => f.Band)]);
        var (strikes, amplitudes) = waveform.Bearing is { } bearing && shaftPerMinute is > 0 and < double.PositiveInfinity
            && waveform.Features.Any(f => f.Kind >= FeatureKind.EnvelopeOuterRace)
            ? Envelope(waveform, bearing, samples, shaftPerMinute.Value)
            : default;
        foreach (var feature in waveform.Features)
        {
            double? value = feature.Kind switch
            {
                FeatureKind.Rms => features.Rms,
                FeatureKind.Peak => features.Peak,
                FeatureKind.Kurtosis => features.Kurtosis,
                FeatureKind.Crest => features.Crest,
                FeatureKind.BandRms => features.BandRms[bands.IndexOf(feature)],
                FeatureKind.EnvelopeOuterRace => Seen(strikes.OuterRing, amplitudes.OuterRing),
                FeatureKind.EnvelopeInnerRace => Seen(strikes.InnerRing, amplitudes.InnerRing),
                FeatureKind.EnvelopeElement => Seen(strikes.Element, amplitudes.Element),
                _ => Seen(strikes.Cage, amplitudes.Cage),
            };
            if (value is { } known) yield return (feature.Sensor, Rounded(known));
        }

        double? Seen(double hertz, double amplitude) =>
            hertz * samples.Length / waveform.SampleRateHertz >= LeastStrikes ? amplitude : null;
    }

    static (DefectFrequencies, DefectFrequencies) Envelope(
        Waveform waveform, WaveformBearing bearing, double[] samples, double shaftPerMinute)
    {
        var strikes = bearing.Geometry.At(shaftPerMinute);
        return (strikes, strikes.AmplitudesIn(Vibration.Envelope(samples, waveform.SampleRateHertz, bearing.Carrier)));
    }

    // Six digits: no accelerometer knows more, short decimals take little room in the log, and the last bits, in which processors may
    // differ, do not make a repeated message contradict the log.
    static double Rounded(double value) => double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
