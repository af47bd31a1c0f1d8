using TwinModel.ConditionMonitoring;

namespace TwinModel.Tests.ConditionMonitoring;

public class VibrationTests
{
    const double Rate = 25_600;

    static double[] Wave(int count, Func<double, double> f) => [.. Enumerable.Range(0, count).Select(i => f(i / Rate))];

    static double Sine(double t, double hertz) => Math.Sin(2 * Math.PI * hertz * t);

    [Fact]
    public void Sine_has_its_textbook_features()
    {
        // A sensor offset is not vibration.
        var features = Vibration.Features(Wave(2560, t => 2 * Sine(t, 1000) + 7), Rate, [new(500, 1500), new(2000, 4000)]);

        Assert.Equal(Math.Sqrt(2), features.Rms, 9);
        Assert.Equal(2, features.Peak, 2);
        Assert.Equal(1.5, features.Kurtosis, 6);
        Assert.Equal(Math.Sqrt(2), features.Crest, 2);
        Assert.Equal(Math.Sqrt(2), features.BandRms[0], 9);
        Assert.Equal(0, features.BandRms[1], 9);
    }

    [Theory]
    [InlineData(2560)]
    [InlineData(1000)]
    [InlineData(999)]
    public void Bands_add_up_to_the_whole(int count)
    {
        var noise = new Random(4);
        var features = Vibration.Features(
            Wave(count, _ => noise.NextDouble() - 0.5), Rate, [new(0, 500), new(500, 4000), new(4000, 12_800)]);

        Assert.Equal(features.Rms, Math.Sqrt(features.BandRms.Sum(b => b * b)), 9);
    }

    [Fact]
    public void Normal_noise_has_kurtosis_three_and_impacts_more()
    {
        var noise = new Random(4);
        var normal = Wave(25_600, _ => MathNet.Numerics.Distributions.Normal.Sample(noise, 0, 1));
        var impacts = normal.Select((v, i) => i % 160 == 0 ? v + 12 : v).ToArray();

        Assert.Equal(3, Vibration.Features(normal, Rate).Kurtosis, 0.15);
        Assert.True(Vibration.Features(impacts, Rate).Kurtosis > 5);
    }

    [Fact]
    public void Defect_frequencies_of_the_test_bearing()
    {
        // 13 balls of 3.5 mm on 25.6 mm at 1800 r/min: 168.3, 221.7, 107.7 and 12.9 Hz.
        var at = new BearingGeometry(13, 3.5, 25.6).At(1800);

        Assert.Equal(168.34, at.OuterRing, 0.01);
        Assert.Equal(221.66, at.InnerRing, 0.01);
        Assert.Equal(107.66, at.Element, 0.01);
        Assert.Equal(12.95, at.Cage, 0.01);
        // Outer and inner ring together see each element once per turn; the cage carries the elements past the outer ring.
        Assert.Equal(13 * 30, at.OuterRing + at.InnerRing, 9);
        Assert.Equal(13 * at.Cage, at.OuterRing, 9);
    }

    [Fact]
    public void Envelope_shows_the_outer_ring_defect()
    {
        var frequencies = new BearingGeometry(13, 3.5, 25.6).At(1800);
        var noise = new Random(8);
        // Impacts at the defect frequency ring a resonance at 4 kHz.
        var wave = Wave(25_600,
            t => Math.Exp(-800 * (t % (1 / frequencies.OuterRing))) * Sine(t, 4000) + 0.2 * (noise.NextDouble() - 0.5) + Sine(t, 30));
        var found = frequencies.AmplitudesIn(Vibration.Envelope(wave, Rate, new(2000, 6000)));

        Assert.True(found.OuterRing > 0.1);
        // The fourth harmonic of the outer ring is within 2 % of the third of the inner.
        Assert.True(found.OuterRing > 3 * found.InnerRing);
        Assert.True(found.OuterRing > 10 * found.Element);
    }

    [Fact]
    public void Envelope_of_a_modulated_carrier_is_the_modulation()
    {
        var envelope = Vibration.Envelope(Wave(25_600, t => (1 + 0.5 * Sine(t, 100)) * Sine(t, 5000)), Rate, new(4000, 6000));

        Assert.Equal(0.5, envelope.AmplitudeAt(100, 1), 6);
        Assert.Equal(0, envelope.AmplitudeAt(300, 1), 6);
        Assert.Equal(0, envelope.AmplitudeAt(1e9, 1));
    }

    [Fact]
    public void Flat_line_has_no_shape() => Assert.Equal((0, 0, 0), Flat(Vibration.Features(new double[64], Rate)));

    static (double, double, double) Flat(VibrationFeatures f) => (f.Rms, f.Kurtosis, f.Crest);

    [Fact]
    public void Bad_waveforms_and_bands_are_named()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Vibration.Features([1, 2, 3], Rate));
        Assert.Throws<ArgumentException>(() => Vibration.Features([.. Enumerable.Repeat(double.NaN, 64)], Rate));
        Assert.Throws<ArgumentOutOfRangeException>(() => Vibration.Features(new double[64], Rate, [new(100, 20_000)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Vibration.Features(new double[64], 0, [new(100, 200)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BearingGeometry(13, 30, 25.6).At(1800));
    }
}
