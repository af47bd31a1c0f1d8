using MathNet.Numerics.LinearAlgebra;
using TwinModel.Estimation;

namespace TwinModel.Tests.Estimation;

public class LocalLevelTests
{
    // Annual flow of the Nile at Aswan 1871 to 1970, 10^8 m3: the example of Durbin and Koopman, chapter 2.
    static readonly double[] Nile =
    [
        1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140, 1100, 1210, 1150,
        1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833,
        701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040,
        759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676,
        649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912,
        746, 919, 718, 714, 740,
    ];

    static IReadOnlyList<Measurement> OfNile => [.. Nile.Select((flow, year) => new Measurement(year, flow, 15_099))];

    [Fact]
    public void The_flow_of_the_Nile_comes_out_as_published()
    {
        Assert.Equal(1469.1, LocalLevel.LikeliestWalk(OfNile), 1.0);
        Assert.Equal(-632.54, LocalLevel.LogLikelihood(OfNile, 1469.1), 0.01);
        var last = LocalLevel.Smooth(OfNile, 1469.1)[^1];
        Assert.Equal(798.37, last.Mean, 0.01);
        Assert.Equal(4032.16, last.StandardDeviation * last.StandardDeviation, 0.01);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(60)]
    public void Smoothing_is_the_posterior_of_the_whole_at_any_spacing(int count)
    {
        var random = new Random(count);
        var at = 0.0;
        List<Measurement> measurements = [];
        for (var i = 0; i < count; i++)
            measurements.Add(new(at += 0.1 + 5 * random.NextDouble(), 200 + 10 * random.NextDouble(), 0.05 + random.NextDouble()));
        const double walk = 0.7;

        // Precision matrix of the level at all times: from the random walk between neighbours, and from the measurements.
        var precision = Matrix<double>.Build.Dense(count, count);
        for (var i = 1; i < count; i++)
        {
            var p = 1 / (walk * (measurements[i].Seconds - measurements[i - 1].Seconds));
            precision[i, i] += p;
            precision[i - 1, i - 1] += p;
            precision[i, i - 1] -= p;
            precision[i - 1, i] -= p;
        }
        for (var i = 0; i < count; i++) precision[i, i] += 1 / measurements[i].Variance;
        var covariance = precision.Inverse();
        var means = covariance * Vector<double>.Build.DenseOfEnumerable(measurements.Select(m => m.Value / m.Variance));

        var estimates = LocalLevel.Smooth(measurements, walk);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(means[i], estimates[i].Mean, 1e-9);
            Assert.Equal(Math.Sqrt(covariance[i, i]), estimates[i].StandardDeviation, 1e-9);
        }
    }

    [Fact]
    public void The_band_of_95_percent_holds_the_truth_as_often_as_it_says()
    {
        var random = new Random(1);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var (within, all) = (0, 0);
        for (var run = 0; run < 40; run++)
        {
            var truth = new double[300];
            for (var i = 0; i < truth.Length; i++) truth[i] = i == 0 ? 180 : truth[i - 1] + 0.2 * Normal();
            var estimates = LocalLevel.Smooth([.. truth.Select((t, i) => new Measurement(i, t + 0.5 * Normal(), 0.25))]);
            within += truth.Zip(estimates).Count(p => Math.Abs(p.First - p.Second.Mean) <= 1.96 * p.Second.StandardDeviation);
            all += truth.Length;
        }
        Assert.InRange((double)within / all, 0.93, 0.965);
    }

    [Fact]
    public void A_level_that_does_not_move_is_known_the_better_the_more_often_it_is_measured()
    {
        var random = new Random(2);
        List<Measurement> measurements = [
            .. Enumerable.Range(0, 400).Select(i => new Measurement(i, 50 + random.NextDouble() - 0.5, 1.0 / 12))];
        var estimates = LocalLevel.Smooth(measurements);
        Assert.All(estimates, e => Assert.InRange(e.Mean, 49.9, 50.1));
        Assert.All(estimates, e => Assert.InRange(e.StandardDeviation, 0.9 * Math.Sqrt(1.0 / 12 / 400), 4 * Math.Sqrt(1.0 / 12 / 400)));
    }

    [Fact]
    public void Repeated_times_single_measurements_and_none_are_no_trouble()
    {
        Assert.Empty(LocalLevel.Smooth([]));
        Assert.Equal([new Estimate(7, 2)], LocalLevel.Smooth([new(3, 7, 4)]));
        Assert.All(LocalLevel.Smooth([new(3, 6, 4), new(3, 8, 4), new(3, 7, 4)]), e => Assert.Equal(7, e.Mean, 1e-12));
    }

    [Fact]
    public void Every_course_has_an_estimate_from_one_that_never_moves_to_one_without_noise()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (step, noise, level) = (Math.Pow(10, random.Next(-9, 6)), Math.Pow(10, random.Next(-9, 6)), 200.0);
            var isStill = seed % 10 == 0;
            List<Measurement> measurements = [.. Enumerable.Range(0, random.Next(3, 300)).Select(i =>
                new Measurement(i, isStill ? 200 : (level += step * (random.NextDouble() - 0.5)) + noise * (random.NextDouble() - 0.5),
                    0.09))];
            Assert.All(LocalLevel.Smooth(measurements), e =>
            {
                Assert.True(double.IsFinite(e.Mean), $"seed {seed}");
                Assert.InRange(e.StandardDeviation, 0, 0.3 + 1e-9);
            });
        }
    }

    [Theory]
    [InlineData(double.NaN, 1, 1)]
    [InlineData(1, double.PositiveInfinity, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(-1, 1, 1)]
    public void What_is_no_measurement_is_named(double seconds, double value, double variance) =>
        Assert.Contains("Measurement 1",
            Assert.Throws<ArgumentException>(() => LocalLevel.Smooth([new(0, 1, 1), new(seconds, value, variance)])).Message);
}
