using TwinModel.Assets;

namespace TwinModel.Tests.Assets;

public class ReadWaveformsTests
{
    static readonly string Yaml = File.ReadAllText(Path.Combine(ReadAssetModelTests.Directory, "extrusion-line.asset.yaml"));

    static AssetModel With(string good, string instead)
    {
        Assert.Contains(good, Yaml, StringComparison.Ordinal);
        return ReadAssetModel.FromText(Yaml.Replace(good, instead, StringComparison.Ordinal), "line");
    }

    [Fact]
    public void The_waveform_of_the_extrusion_line_is_described_by_data()
    {
        var model = ReadAssetModel.FromText(Yaml, "line");
        var waveform = Assert.Single(model.Waveforms);
        Assert.Equal(("bearing-acceleration", "m/s2", 2560, 2048, 8192, null),
            (waveform.Id, waveform.Unit.Symbol, waveform.SampleRateHertz, waveform.LeastSamples, waveform.MostSamples,
                waveform.Int16Scale));
        Assert.Equal((24, 90, 500, (ushort?)9, 1),
            (waveform.Bearing!.Geometry.Elements, waveform.Bearing.Geometry.ContactAngleDegrees, waveform.Bearing.Carrier.LowHertz,
                waveform.Bearing.SpeedSensor, waveform.Bearing.SpeedFactor));
        Assert.Equal(
            [(FeatureKind.Rms, "bearing-acceleration-rms"), (FeatureKind.Kurtosis, "bearing-kurtosis"),
                (FeatureKind.Crest, "bearing-crest"), (FeatureKind.EnvelopeOuterRace, "bearing-envelope-outer-race")],
            waveform.Features.Select(f => (f.Kind, model.Sensor(f.Sensor)!.Id)));
        // 16 impacts per second at 80 r/min, as stated in the file.
        Assert.Equal(16, waveform.Bearing.Geometry.At(80).OuterRing, 9);
    }

    [Fact]
    public void A_fixed_speed_needs_no_sensor()
    {
        var bearing = With("speed: { sensor: screw-speed }", "speed: { fixed-per-minute: 1480 }").Waveforms[0].Bearing!;
        Assert.Equal((null, 1480), (bearing.SpeedSensor, bearing.SpeedFactor));
    }

    [Fact]
    public void Sample_counts_have_defaults()
    {
        var waveform = With("    least-samples: 2048\n    most-samples: 8192\n", "").Waveforms[0];
        Assert.Equal((16, 65_536), (waveform.LeastSamples, waveform.MostSamples));
    }

    [Fact]
    public void A_model_without_the_section_has_none() => Assert.Empty(Given.Model.Waveforms);

    [Theory]
    [InlineData("- id: bearing-acceleration\n", "- id: screw-speed\n", "waveforms[0].id", "used twice")]
    [InlineData("unit: m/s2\n", "unit: mm/s\n", "waveforms[0].unit", "m/s2, g")]
    [InlineData("sample-rate-hertz: 2560", "sample-rate-hertz: -1", "waveforms[0].sample-rate-hertz", "greater than 0")]
    [InlineData("least-samples: 2048", "least-samples: 8193", "waveforms[0].least-samples", "at most most-samples, 8192")]
    [InlineData("most-samples: 8192", "most-samples: 100000", "waveforms[0].most-samples", "16 to 65536")]
    [InlineData("physical: [-500, 500]", "physical: [-500, 1e31]", "waveforms[0].physical", "1E+30")]
    [InlineData("most-samples: 8192", "int16-scale: 0", "waveforms[0].int16-scale", "greater than 0")]
    [InlineData("pitch-diameter-millimetre: 110", "pitch-diameter-millimetre: 15", "waveforms[0].bearing.pitch-diameter-millimetre",
        "greater than the element's diameter, 15")]
    [InlineData("contact-angle-degrees: 90", "contact-angle-degrees: 100", "waveforms[0].bearing.contact-angle-degrees",
        "0 (radial) to 90 (thrust)")]
    [InlineData("carrier-hertz: [500, 1200]", "carrier-hertz: [500, 1300]", "waveforms[0].bearing.carrier-hertz",
        "half of the sample rate, 1280")]
    [InlineData("speed: { sensor: screw-speed }", "speed: { sensor: melt-flow }", "waveforms[0].bearing.speed.sensor", "rotational-speed")]
    [InlineData("speed: { sensor: screw-speed }", "speed: { sensor: shaft-speed }", "waveforms[0].bearing.speed.sensor", "screw-speed")]
    [InlineData("speed: { sensor: screw-speed }", "speed: { fixed-per-minute: 0 }", "waveforms[0].bearing.speed.fixed-per-minute",
        "greater than 0")]
    [InlineData("speed: { sensor: screw-speed }", "speed: { sensor: screw-speed, fixed-per-minute: 80 }", "waveforms[0].bearing.speed",
        "exactly one of 'sensor' and 'fixed-per-minute'")]
    [InlineData("feature: rms", "feature: mean", "waveforms[0].features[0].feature", "rms, peak, kurtosis")]
    [InlineData("feature: rms", "feature: band-rms, band-hertz: [10, 2000]", "waveforms[0].features[0].band-hertz",
        "half of the sample rate, 1280")]
    [InlineData("feature: rms, sensor: bearing-acceleration-rms", "feature: rms, sensor: bearing-vibration",
        "waveforms[0].features[0].sensor", "unit m/s2")]
    [InlineData("feature: kurtosis, sensor: bearing-kurtosis", "feature: kurtosis, sensor: bearing-envelope-outer-race",
        "waveforms[0].features[1].sensor", "unit 1")]
    [InlineData("feature: crest, sensor: bearing-crest", "feature: crest, sensor: bearing-kurtosis", "waveforms[0].features[2].sensor",
        "already has a feature")]
    [InlineData("feature: crest", "feature: crest, band-hertz: [10, 1000]", "waveforms[0].features[2]", "unknown key 'band-hertz'")]
    [InlineData("most-samples: 8192", "max-samples: 8192", "waveforms[0]", "most-samples")]
    public void A_bad_entry_is_refused_with_path_and_what_is_allowed(string good, string bad, string path, string allowed)
    {
        var problems = Assert.Throws<InvalidModelException>(() => With(good, bad)).Problems;
        Assert.Contains(problems, p => p.Path == path && p.Message.Contains(allowed, StringComparison.Ordinal) && p.Line > 1);
    }

    [Fact]
    public void Features_of_an_envelope_need_a_bearing()
    {
        var (from, to) = (
            Yaml.IndexOf("    bearing:\n", StringComparison.Ordinal), Yaml.IndexOf("    features:\n", StringComparison.Ordinal));
        var problem = Assert.Single(
            Assert.Throws<InvalidModelException>(() => ReadAssetModel.FromText(Yaml.Remove(from, to - from), "line")).Problems);
        Assert.Equal(("waveforms[0].features[3].feature", "'envelope-outer-race' needs the waveform's 'bearing'"),
            (problem.Path, problem.Message));
    }
}
