using TwinModel.Uncertainty;

namespace TwinModel.Tests.Uncertainty;

public class SamplingTests
{
    [Fact]
    public void Streams_of_a_seed_are_the_same_on_any_thread_and_differ_from_each_other()
    {
        static double[] Draw(int stream)
        {
            var random = new RandomStream(42, (ulong)stream);
            return [.. Enumerable.Range(0, 50).Select(_ => random.NextDouble())];
        }
        double[][] inOrder = [.. Enumerable.Range(0, 64).Select(Draw)], inParallel = new double[64][];
        Parallel.For(0, 64, new ParallelOptions
        {
            CancellationToken = TestContext.Current.CancellationToken,
        }, i => inParallel[i] = Draw(i));
        for (var i = 0; i < 64; i++) Assert.Equal(inOrder[i], inParallel[i]);
        Assert.Equal(64 * 50, inOrder.SelectMany(x => x).Distinct().Count());
        Assert.NotEqual(inOrder[0][0], new RandomStream(43, 0).NextDouble());
    }

    [Fact]
    public void Neighbouring_streams_and_seeds_are_not_correlated()
    {
        const int count = 20_000;
        foreach (var (seed, stream) in ((ulong, ulong)[])[(0, 1), (1, 0), (1, 1), (0, 1UL << 63)])
        {
            var (one, other, sum) = (new RandomStream(0, 0), new RandomStream(seed, stream), 0.0);
            for (var i = 0; i < count; i++) sum += (one.NextDouble() - 0.5) * (other.NextDouble() - 0.5) * 12;
            Assert.InRange(sum / Math.Sqrt(count), -4, 4);
        }
    }

    [Fact]
    public void Numbers_are_uniform_and_normal_ones_have_mean_zero_variance_one_and_kurtosis_three()
    {
        const int count = 100_000;
        var random = new RandomStream(7, 0);
        var bins = new int[10];
        double first = 0, second = 0, fourth = 0;
        for (var i = 0; i < count; i++)
        {
            bins[random.NextInteger(10)]++;
            var z = random.NextNormal();
            (first, second, fourth) = (first + z, second + z * z, fourth + z * z * z * z);
        }
        // 27.9 is the 99.9 % quantile of chi-square with nine degrees of freedom.
        Assert.InRange(bins.Sum(bin => Math.Pow(bin - count / 10.0, 2) / (count / 10.0)), 0, 27.9);
        Assert.InRange(first / count, -0.013, 0.013);
        Assert.InRange(second / count, 0.98, 1.02);
        Assert.InRange(fourth / count, 2.85, 3.15);
    }

    [Theory]
    [InlineData(1e-300, -37.0470962993612)]
    [InlineData(1e-10, -6.361340902404056)]
    [InlineData(0.001, -3.090232306167813)]
    [InlineData(0.3, -0.5244005127080407)]
    [InlineData(0.5, 0)]
    [InlineData(0.975, 1.9599639845400536)]
    public void Normal_quantiles_are_those_of_the_tables(double probability, double expected) =>
        Assert.Equal(expected, Normal.Quantile(probability), 2e-15 * (1 + Math.Abs(expected)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Certainty_has_no_quantile(double probability) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Normal.Quantile(probability));

    [Theory]
    [InlineData(1, 3)]
    [InlineData(7, 2)]
    [InlineData(200, 12)]
    public void A_latin_hypercube_puts_one_point_in_each_slice(int count, int dimensions)
    {
        var sample = LatinHypercube.Sample(3, count, dimensions);
        for (var d = 0; d < dimensions; d++)
            Assert.Equal(Enumerable.Range(0, count), sample.Select(point => (int)Math.Floor(point[d] * count)).Order());
        Assert.Equal(sample, LatinHypercube.Sample(3, count, dimensions));
        Assert.NotEqual(sample, LatinHypercube.Sample(4, count, dimensions));
    }

    [Fact]
    public void Dimensions_of_a_latin_hypercube_are_paired_at_random()
    {
        var sample = LatinHypercube.Sample(1, 1000, 2);
        Assert.InRange(sample.Sum(p => (p[0] - 0.5) * (p[1] - 0.5) * 12) / Math.Sqrt(1000), -4, 4);
    }

    [Fact]
    public void The_plain_Sobol_sequence_starts_as_published()
    {
        // Joe and Kuo's published list of the first ten points in three dimensions (in Gray code order).
        double[][] expected =
        [
            [0, 0, 0], [0.5, 0.5, 0.5], [0.75, 0.25, 0.25], [0.25, 0.75, 0.75], [0.375, 0.375, 0.625],
            [0.875, 0.875, 0.125], [0.625, 0.125, 0.875], [0.125, 0.625, 0.375], [0.1875, 0.3125, 0.9375], [0.6875, 0.8125, 0.4375],
        ];
        var sample = SobolSequence.Sample(null, 10, 3);
        for (var i = 0; i < 10; i++) for (var d = 0; d < 3; d++) Assert.Equal(expected[i][d], sample[i][d], 1e-9);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(5)]
    public void Every_dimension_of_a_Sobol_sample_has_one_point_in_each_slice(int? seed)
    {
        var sample = SobolSequence.Sample((ulong?)seed, 1024, SobolSequence.MaxDimensions);
        for (var d = 0; d < SobolSequence.MaxDimensions; d++)
            Assert.Equal(Enumerable.Range(0, 1024), sample.Select(point => (int)(point[d] * 1024)).Order());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public void Pairs_of_low_dimensions_have_one_point_in_each_box_also_when_scrambled(int one, int other)
    {
        // The first two dimensions are balanced in boxes of any shape (t = 0), the next pair in square boxes and in slices.
        var sample = SobolSequence.Sample(11, 256, 3);
        for (var split = 0; split <= 8; split++)
        {
            var (columns, rows) = (1 << split, 256 >> split);
            if (one == 1 && split is not (0 or 4 or 8)) continue;
            Assert.Equal(256, sample.Select(p => ((int)(p[one] * columns), (int)(p[other] * rows))).Distinct().Count());
        }
    }

    [Fact]
    public void Sobol_points_integrate_a_smooth_function_far_better_than_random_ones()
    {
        static double Integral(double[][] sample) =>
            sample.Average(point => point.Aggregate(1.0, (product, u) => product * (1 + 0.5 * (u - 0.5))));
        var random = new RandomStream(1, 1);
        double[][] plain = [.. Enumerable.Range(0, 4096).Select(_ => Enumerable.Range(0, 8).Select(_ => random.NextDouble()).ToArray())];
        var sobol = Math.Abs(Integral(SobolSequence.Sample(9, 4096, 8)) - 1);
        Assert.InRange(sobol, 0, 2e-4);
        Assert.InRange(Math.Abs(Integral(plain) - 1), 5 * sobol, 0.05);
    }

    [Fact]
    public void Scrambling_depends_on_the_seed_only()
    {
        Assert.Equal(SobolSequence.Sample(1, 64, 5), SobolSequence.Sample(1, 64, 5));
        Assert.NotEqual(SobolSequence.Sample(1, 64, 5), SobolSequence.Sample(2, 64, 5));
        Assert.All(SobolSequence.Sample(3, 64, 5).SelectMany(p => p), u => Assert.InRange(u, double.Epsilon, 1 - 1e-16));
        Assert.Throws<ArgumentOutOfRangeException>(() => SobolSequence.Sample(1, 4, SobolSequence.MaxDimensions + 1));
    }

    [Fact]
    public void Quantiles_interpolate_between_order_statistics()
    {
        double[] values = [4, 1, 3, 2];
        Assert.Equal(1.75, Quantiles.Of(values, 0.25));
        Assert.Equal([1, 4, 2.5], [Quantiles.Of(values, 0), Quantiles.Of(values, 1), Quantiles.Of(values, 0.5)]);
        Assert.Equal([4, 1, 3, 2], values);
        double[] hundred = [.. Enumerable.Range(0, 101)];
        Assert.Equal(new Bands(5, 25, 50, 75, 95), Quantiles.BandsOf(hundred));
        Assert.Equal(new Bands(8, 8, 8, 8, 8), Quantiles.BandsOf([8]));
        Assert.Throws<ArgumentException>(() => Quantiles.Of([], 0.5));
        Assert.Throws<ArgumentException>(() => Quantiles.BandsOf([1, double.NaN]));
    }
}
