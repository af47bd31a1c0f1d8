using TwinModel.ConditionMonitoring;
using TwinModel.Units;

namespace TwinModel.Assets;

/// <summary>
/// A vibration that a device sends as samples: one entry of the section <c>waveforms</c>. Only its features are kept, as readings of
/// sensors.
/// </summary>
/// <param name="Id">kebab-case, unique among waveforms and sensors; its name in payloads.</param>
/// <param name="Unit">Unit of the samples and their range.</param>
/// <param name="SampleRateHertz">Samples per second, greater than 0.</param>
/// <param name="LeastSamples">A shorter waveform is rejected.</param>
/// <param name="MostSamples">A longer waveform is rejected.</param>
/// <param name="Physical">Samples outside are impossible, and the waveform is rejected.</param>
/// <param name="Int16Scale">For 16-bit integer samples: units per count; null when the samples are 32-bit floating-point numbers.</param>
/// <param name="Bearing">The bearing whose envelope features are computed; null when there are none.</param>
/// <param name="Features">The features, each mapped to a sensor.</param>
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
    /// <summary>Upper limit for every waveform: bounds the processing time of one message.</summary>
    public const int MostSamplesOfAll = 65_536;
}

/// <summary>The bearing that a waveform monitors.</summary>
/// <param name="Geometry">Geometry, which determines the defect frequencies.</param>
/// <param name="Carrier">Band of the resonance that the impacts excite.</param>
/// <param name="SpeedSensor">Number of the sensor that measures the shaft speed; null when the shaft always turns at <paramref
/// name="SpeedFactor"/>.</param>
/// <param name="SpeedFactor">Ratio of the shaft speed to the sensor's value in 1/min; without a sensor, the shaft speed in 1/min.</param>
public sealed record WaveformBearing(BearingGeometry Geometry, Band Carrier, ushort? SpeedSensor, double SpeedFactor);

/// <summary>One feature of a waveform.</summary>
/// <param name="Kind">Kind of feature.</param>
/// <param name="Sensor">Number of the sensor whose reading it becomes.</param>
/// <param name="Band">Frequency band, for a band RMS only.</param>
public sealed record WaveformFeature(FeatureKind Kind, ushort Sensor, Band Band);

/// <summary>Features that a waveform can be reduced to.</summary>
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
