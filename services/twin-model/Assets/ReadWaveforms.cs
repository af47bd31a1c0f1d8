using TwinModel.ConditionMonitoring;
using TwinModel.Units;

namespace TwinModel.Assets;

/// <summary>Reads the section <c>waveforms</c> of an asset model.</summary>
static class ReadWaveforms
{
    // The sum of its fourth powers must not overflow.
    const double LargestSample = 1e30;

    static readonly Dictionary<string, FeatureKind> Kinds = new()
    {
        ["rms"] = FeatureKind.Rms,
        ["peak"] = FeatureKind.Peak,
        ["kurtosis"] = FeatureKind.Kurtosis,
        ["crest"] = FeatureKind.Crest,
        ["band-rms"] = FeatureKind.BandRms,
        ["envelope-outer-race"] = FeatureKind.EnvelopeOuterRace,
        ["envelope-inner-race"] = FeatureKind.EnvelopeInnerRace,
        ["envelope-element"] = FeatureKind.EnvelopeElement,
        ["envelope-cage"] = FeatureKind.EnvelopeCage,
    };

    /// <param name="root">The document.</param>
    /// <param name="ids">Ids in use; those of the waveforms are added.</param>
    /// <param name="sensors">By id.</param>
    public static IReadOnlyList<Waveform> From(YamlCursor root, HashSet<string> ids, IReadOnlyDictionary<string, Sensor> sensors)
    {
        HashSet<ushort> fed = [];
        return [.. root.List("waveforms", required: false).Select(w => Read(w, ids, sensors, fed)).OfType<Waveform>()];
    }

    static Waveform? Read(YamlCursor at, HashSet<string> ids, IReadOnlyDictionary<string, Sensor> sensors, HashSet<ushort> fed)
    {
        var id = ReadAssetModel.Identity(at, "id", ids);
        var unit = ReadAssetModel.ReadUnit(at);
        var rate = Positive(at, "sample-rate-hertz");
        var least = ReadAssetModel.Whole(at, "least-samples", Vibration.LeastSamples, Waveform.MostSamplesOfAll, Vibration.LeastSamples);
        var most = ReadAssetModel.Whole(at, "most-samples", Vibration.LeastSamples, Waveform.MostSamplesOfAll, Waveform.MostSamplesOfAll);
        if (least > most) at.ComplainOf("least-samples", $"must be at most most-samples, {most}, not {least}");
        var physical = at.RangeOf("physical");
        if (physical is { } range && (range.Min < -LargestSample || range.Max > LargestSample))
            at.ComplainOf("physical", $"must lie within -{LargestSample} and {LargestSample}");
        double? scale = at.Get("int16-scale", required: false) is null ? null : Positive(at, "int16-scale");
        var bearing = at.Get("bearing", required: false) is { } bearingAt ? ReadBearing(bearingAt, rate, sensors) : null;
        var isBearingGiven = at.Get("bearing", required: false) is not null;
        var features = at.List("features", atLeast: 1).Select(f => ReadFeature(f, unit, rate, isBearingGiven, sensors, fed))
            .OfType<WaveformFeature>().ToList();
        at.Close();
        return unit is null || physical is null ? null : new(id, unit, rate, least, most, physical.Value, scale, bearing, features);
    }

    static WaveformBearing? ReadBearing(YamlCursor at, double rate, IReadOnlyDictionary<string, Sensor> sensors)
    {
        var elements = ReadAssetModel.Whole(at, "elements", 3, 1000);
        var (diameter, pitch) = (Positive(at, "element-diameter-millimetre"), Positive(at, "pitch-diameter-millimetre"));
        if (pitch <= diameter)
            at.ComplainOf("pitch-diameter-millimetre", $"must be greater than the element's diameter, {diameter}, not {pitch}");
        var angle = at.Number("contact-angle-degrees", 0);
        if (angle is < 0 or > 90) at.ComplainOf("contact-angle-degrees", $"must be from 0 (radial) to 90 (thrust), not {angle}");
        var carrier = ReadBand(at, "carrier-hertz", rate);
        at.Text("source", "");
        var speed = at.Get("speed");
        var (sensor, factor) = speed is null ? (null, 1) : ReadSpeed(speed, sensors);
        at.Close();
        return carrier is null ? null : new(new(elements, diameter, pitch, angle), carrier.Value, sensor, factor);
    }

    static (ushort? Sensor, double Factor) ReadSpeed(YamlCursor at, IReadOnlyDictionary<string, Sensor> sensors)
    {
        var isFixed = at.Get("fixed-per-minute", required: false) is not null;
        if (isFixed == at.Get("sensor", required: false) is not null) at.Complain("needs exactly one of 'sensor' and 'fixed-per-minute'");
        if (isFixed)
        {
            var perMinute = Positive(at, "fixed-per-minute");
            at.Close();
            return (null, perMinute);
        }
        var sensor = ReadDegradation.SensorOf(at, "sensor", sensors);
        if (sensor is not null && sensor.Unit.Quantity != "rotational-speed")
            at.ComplainOf("sensor", $"must measure rotational-speed; '{sensor.Id}' measures {sensor.Unit.Quantity}");
        var ratio = at.Get("ratio", required: false) is null ? 1 : Positive(at, "ratio");
        at.Close();
        return (sensor?.Number ?? 0, ratio);
    }

    static WaveformFeature? ReadFeature(
        YamlCursor at, Unit? unit, double rate, bool isBearingGiven, IReadOnlyDictionary<string, Sensor> sensors, HashSet<ushort> fed)
    {
        var name = at.Text("feature");
        if (name.Length > 0 && !Kinds.ContainsKey(name))
            at.ComplainOf("feature", $"must be one of {string.Join(", ", Kinds.Keys)}, not '{name}'");
        var isKnown = Kinds.TryGetValue(name, out var kind);
        Band? band = kind == FeatureKind.BandRms ? ReadBand(at, "band-hertz", rate) : null;
        var sensor = ReadDegradation.SensorOf(at, "sensor", sensors);
        at.Close();
        if (!isKnown || sensor is null) return null;
        if (kind >= FeatureKind.EnvelopeOuterRace && !isBearingGiven)
            at.ComplainOf("feature", $"'{name}' needs the waveform's 'bearing'");
        if (!fed.Add(sensor.Number)) at.ComplainOf("sensor", $"'{sensor.Id}' already has a feature");
        var wanted = kind is FeatureKind.Kurtosis or FeatureKind.Crest ? "1" : unit?.Symbol;
        if (wanted is not null && sensor.Unit.Symbol != wanted)
            at.ComplainOf("sensor", $"must have the unit {wanted} of the feature; '{sensor.Id}' has {sensor.Unit.Symbol}");
        return new(kind, sensor.Number, band ?? default);
    }

    static Band? ReadBand(YamlCursor at, string key, double rate)
    {
        if (at.RangeOf(key) is not { } range) return null;
        if (range.Min < 0 || range.Max > rate / 2)
            at.ComplainOf(key, $"must lie within 0 and half of the sample rate, {rate / 2}, not [{range.Min}, {range.Max}]");
        return new(range.Min, range.Max);
    }

    static double Positive(YamlCursor at, string key)
    {
        var value = at.Number(key);
        if (value <= 0) at.ComplainOf(key, $"must be greater than 0, not {value}");
        return value;
    }
}
