using System.Globalization;
using TwinModel.Assets;
using TwinModel.ConditionMonitoring;

namespace TwinModel.Health;

/// <summary>Reduces a waveform to readings of its features.</summary>
public static class ReduceWaveform
{
    // Fewer impacts of a defect than this in a waveform give no line in its spectrum.
    const int LeastStrikes = 4;

    /// <summary>
    /// The features required by the model. Envelope features are left out when the shaft stands still, its speed is unknown, or the
    /// waveform spans fewer than four impacts of the defect.
    /// </summary>
    /// <param name="waveform">The waveform's description.</param>
    /// <param name="samples">Samples in the waveform's unit, finite; as many as the model allows.</param>
    /// <param name="shaftPerMinute">Speed of the bearing's shaft in 1/min; null when unknown.</param>
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

    // Six digits: no accelerometer is more accurate, short decimals need little space in the log, and differences in the last bits between
    // processors do not make a repeated message contradict the log.
    static double Rounded(double value) => double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
