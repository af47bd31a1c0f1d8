using TwinModel.Assets;
using TwinModel.ConditionMonitoring;
using TwinModel.Health;
using TwinModel.Units;

namespace TwinModel.Tests.Health;

public class ReduceWaveformTests
{
    const double Rate = 5120;
    static readonly BearingGeometry Geometry = new(13, 3.5, 25.6);

    static Waveform Of(params FeatureKind[] kinds) => new(
        "sound", Unit.Find("m/s2")!, Rate, 16, 65_536, new(-100, 100), null, new(Geometry, new(1000, 2500), null, 1500),
        [.. kinds.Select(
            (kind, i) => new WaveformFeature(kind, (ushort)(i + 1), kind == FeatureKind.BandRms ? new(500 * i, 500 * i + 500) : default))]);

    /// <summary>Impacts of a defect, each ringing at 1800 Hz.</summary>
    static double[] Ringing(double hertz, int count = 8192, double amplitude = 1) =>
        [.. Enumerable.Range(0, count).Select(i => i / Rate)
            .Select(t => amplitude * Math.Exp(-600 * (t % (1 / hertz))) * Math.Sin(2 * Math.PI * 1800 * (t % (1 / hertz))))];

    static readonly FeatureKind[] Defects = [FeatureKind.EnvelopeOuterRace, FeatureKind.EnvelopeInnerRace, FeatureKind.EnvelopeElement,
        FeatureKind.EnvelopeCage];

    [Fact]
    public void A_sine_has_its_textbook_features()
    {
        // 100 periods of amplitude 2 at 640 Hz.
        var sine = Enumerable.Range(0, 800).Select(i => 2 * Math.Sin(2 * Math.PI * 640 * i / Rate)).ToArray();
        var found = ReduceWaveform.Apply(
            Of(FeatureKind.Rms, FeatureKind.BandRms, FeatureKind.BandRms, FeatureKind.Kurtosis, FeatureKind.Crest, FeatureKind.Peak), sine,
            null).ToArray();
        // Six digits. The band 500 to 1000 Hz contains the sine, 1000 to 1500 Hz does not.
        Assert.Equal([(1, 1.41421), (2, 1.41421), (4, 1.5), (5, 1.41421), (6, 2)], found.Where(f => f.Sensor != 3));
        Assert.Equal(0, found[2].Value, 9);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_defect_that_strikes_stands_out(int defect)
    {
        var at = Geometry.At(1500);
        var found = ReduceWaveform.Apply(Of(Defects), Ringing(new[] { at.OuterRing, at.InnerRing, at.Element }[defect]), 1500)
            .Select(f => f.Value).ToArray();
        Assert.Equal(4, found.Length);
        Assert.Equal(defect, Array.IndexOf(found, found.Max()));
        // Harmonics of different defects can be close: the fourth of the outer race is within 2 % of the third of the inner.
        Assert.All(found.Where((_, i) => i != defect), other => Assert.True(found[defect] > 2.5 * other, string.Join(", ", found)));
    }

    [Fact]
    public void Slip_of_two_percent_is_forgiven_and_of_six_is_not()
    {
        double Found(double slip) =>
            ReduceWaveform.Apply(Of(FeatureKind.EnvelopeOuterRace), Ringing(Geometry.At(1500).OuterRing * (1 - slip)), 1500).Single().Value;
        Assert.Equal(Found(0), Found(0.018), 0.35 * Found(0));
        Assert.True(Found(0.06) < 0.4 * Found(0));
    }

    [Fact]
    public void Three_harmonics_are_combined_as_root_sum_of_squares()
    {
        // 10 Hz per line: 3 at 100 Hz, 2 at 200 Hz, 1 at 300 Hz, and a fourth harmonic that does not count.
        var amplitudes = new double[64];
        (amplitudes[10], amplitudes[20], amplitudes[30], amplitudes[40]) = (3, 2, 1, 9);
        Assert.Equal(Math.Sqrt(14), new Spectrum(10, [.. amplitudes]).Harmonics(100), 12);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.0)]
    [InlineData(-80.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Without_a_turning_shaft_the_defects_are_left_out(double? speed) =>
        Assert.Equal([1], ReduceWaveform.Apply(Of([FeatureKind.Rms, .. Defects]), Ringing(100), speed).Select(f => (int)f.Sensor));

    [Fact]
    public void A_defect_that_strikes_less_than_four_times_is_left_out()
    {
        // 0.2 s at 1500 r/min: 5 turns of the shaft, but only two of the cage.
        Assert.Equal([1, 2, 3], ReduceWaveform.Apply(Of(Defects), Ringing(100, 1024), 1500).Select(f => (int)f.Sensor));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(4096)]
    [InlineData(5000)]
    public void The_same_samples_give_the_same_bits_on_every_thread(int count)
    {
        var (waveform, samples) = (Of([FeatureKind.Rms, FeatureKind.BandRms, FeatureKind.Kurtosis, .. Defects]), Ringing(140, count));
        var once = ReduceWaveform.Apply(waveform, samples, 1500).ToArray();
        var results = new (ushort, double)[16][];
        Parallel.For(0, results.Length, i => results[i] = [.. ReduceWaveform.Apply(waveform, samples, 1500)]);
        Assert.All(results, r => Assert.Equal(once, r));
    }

    [Fact]
    public void A_flat_line_gives_zeros() =>
        Assert.All(ReduceWaveform.Apply(Of([FeatureKind.Rms, FeatureKind.Kurtosis, FeatureKind.Crest, .. Defects]), new double[8192], 1500),
            f => Assert.Equal(0, f.Value));
}
