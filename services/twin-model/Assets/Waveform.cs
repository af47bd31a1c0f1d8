using TwinModel.ConditionMonitoring;
using TwinModel.Units;

namespace TwinModel.Assets;

/// <summary>
/// A vibration that a device sends sample by sample: one entry of the section <c>waveforms</c>. Only its features are kept, as readings of
/// sensors.
/// </summary>
/// <param name="Id">kebab-case, unique among waveforms and sensors; its name in payloads.</param>
/// <param name="Unit">Unit of samples and range.</param>
/// <param name="SampleRateHertz">Samples per second, greater than 0.</param>
/// <param name="LeastSamples">A shorter waveform is rejected.</param>
/// <param name="MostSamples">A longer waveform is rejected.</param>
/// <param name="Physical">A sample outside is impossible, the waveform is rejected.</param>
/// <param name="Int16Scale">Samples are 16-bit integers and this many units per count; null when they are 32-bit floating-point
/// numbers.</param>
/// <param name="Bearing">What the features of the envelope are about; null when there are none.</param>
/// <param name="Features">What becomes a reading of which sensor.</param>
public sealed record Waveform(
    string Id,
    Unit Unit,
    double SampleRateHertz,
    int LeastSamples,
    int MostSamples,
    Interval Physical,
    double? Int16Scale,
    WaveformBearing? Bearing,
    IReadOnlyList<WaveformFeature> Features)
{
    /// <summary>No waveform may have more samples: it bounds the time that one message can cost.</summary>
    public const int MostSamplesOfAll = 65_536;
}

/// <summary>The bearing that a waveform listens to.</summary>
/// <param name="Geometry">At which frequencies defects strike.</param>
/// <param name="Carrier">Band of the resonance that the strikes excite.</param>
/// <param name="SpeedSensor">Number of the sensor that tells how fast the shaft turns; null when it always turns at <paramref
/// name="SpeedFactor"/>.</param>
/// <param name="SpeedFactor">Shaft speed over the sensor's value in 1/min; or the shaft speed itself, 1/min.</param>
public sealed record WaveformBearing(BearingGeometry Geometry, Band Carrier, ushort? SpeedSensor, double SpeedFactor);

/// <summary>One feature of a waveform.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Sensor">Number of the sensor whose reading it becomes.</param>
/// <param name="Band">Of a band's RMS.</param>
public sealed record WaveformFeature(FeatureKind Kind, ushort Sensor, Band Band);

/// <summary>What a waveform can be reduced to.</summary>
public enum FeatureKind
{
    Rms,
    Peak,
    Kurtosis,
    Crest,
    BandRms,
    EnvelopeOuterRace,
    EnvelopeInnerRace,
    EnvelopeElement,
    EnvelopeCage,
}
