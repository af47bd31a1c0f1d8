using TwinModel.Uncertainty;

namespace TwinModel.Tests.Uncertainty;

public class SensitivityTests
{
    // Ishigami and Homma's function, a = 7, b = 0.1, inputs uniform on (-pi, pi).
    static double Ishigami(double[] u)
    {
        double[] x = [.. u.Select(v => Math.PI * (2 * v - 1))];
        return Math.Sin(x[0]) + 7 * Math.Pow(Math.Sin(x[1]), 2) + 0.1 * Math.Pow(x[2], 4) * Math.Sin(x[0]);
    }

    static readonly double[] First = [0.313905, 0.442411, 0], Total = [0.557589, 0.442411, 0.243684];

    [Fact]
    public void Saltellis_scheme_finds_the_indices_of_Ishigamis_function_inside_its_bands()
    {
        var samples = SobolIndices.Samples(1, 2048, 3);
        Assert.Equal(2048 * 5, samples.Length);
        double[] outputs = [.. samples.Select(Ishigami)];
        var indices = SobolIndices.Estimate(outputs, 3, 2);
        for (var j = 0; j < 3; j++)
        {
            Assert.Equal(First[j], indices[j].First, 0.05);
            Assert.Equal(Total[j], indices[j].Total, 0.05);
            Assert.InRange(indices[j].First, indices[j].FirstLow, indices[j].FirstHigh);
            Assert.InRange(indices[j].Total, indices[j].TotalLow, indices[j].TotalHigh);
            Assert.InRange(indices[j].FirstHigh - indices[j].FirstLow, 1e-3, 0.15);
        }
        Assert.Equal(indices, SobolIndices.Estimate(outputs, 3, 2));
        Assert.NotEqual(indices, SobolIndices.Estimate(outputs, 3, 3));
    }

    [Fact]
    public void Many_inputs_fall_back_on_a_hypercube_and_a_weighted_sum_shares_by_squares()
    {
        var samples = SobolIndices.Samples(1, 1000, 25);
        var indices = SobolIndices.Estimate([.. samples.Select(u => 3 * u[0] + 4 * u[24])], 25, 1, 50);
        Assert.Equal(9.0 / 25, indices[0].First, 0.07);
        Assert.Equal(16.0 / 25, indices[24].Total, 0.07);
        Assert.Equal(0, indices[7].Total);
    }

    [Fact]
    public void Outputs_that_do_not_fit_or_are_not_finite_are_refused_and_constant_ones_have_no_causes()
    {
        Assert.Throws<ArgumentException>(() => SobolIndices.Estimate(new double[9], 3, 1));
        Assert.Throws<ArgumentException>(() => SobolIndices.Estimate([1, 2, double.NaN, 4, 5, 6], 1, 1));
        Assert.All(SobolIndices.Estimate(new double[10], 3, 1, 10), index => Assert.Equal(default, index));
    }

    [Fact]
    public void Morris_finds_slopes_without_scatter_and_interactions_with_it()
    {
        var samples = Morris.Samples(4, 20, 4);
        Assert.Equal(100, samples.Length);
        for (var i = 1; i < 100; i++)
            if (i % 5 != 0) Assert.Equal(0.5, Assert.Single(samples[i].Zip(samples[i - 1], (a, b) => Math.Abs(a - b)), d => d > 0));
        var effects = Morris.Estimate(samples, [.. samples.Select(u => 3 * u[0] - 2 * u[1] + 8 * (u[2] - 0.5) * (u[0] - 0.5))]);
        Assert.Equal((-2, 2, 0),
            (Math.Round(effects[1].Mean, 12), Math.Round(effects[1].MeanAbsolute, 12), Math.Round(effects[1].Deviation, 12)));
        Assert.Equal(default, effects[3]);
        Assert.True(effects[0].Deviation > 1 && effects[2].Deviation > 1);
        Assert.Equal(8 * 0.25, effects[2].MeanAbsolute, 1.0);
        Assert.Throws<ArgumentException>(() => Morris.Estimate(samples, new double[99]));
    }

    [Fact]
    public void Contributions_of_a_quadratic_model_are_exact_from_its_two_hundred_runs()
    {
        var samples = LatinHypercube.Sample(5, 200, 7);
        double[] outputs = [.. samples.Select(u =>
        {
            double[] z = [.. u.Select(Normal.Quantile)];
            return 10 + 2 * z[0] - z[1] + 0.5 * (z[2] * z[2] - 1) + z[0] * z[3];
        })];
        // Variances 4, 1, 1/2 and 1, in total 6.5.
        var found = Contributions.FromEnsemble(samples, outputs);
        Assert.InRange(found.Predicted, 0.99, 1);
        Assert.False(found.OnRanks);
        double[] first = [4 / 6.5, 1 / 6.5, 0.5 / 6.5, 0, 0, 0, 0], total = [5 / 6.5, 1 / 6.5, 0.5 / 6.5, 1 / 6.5, 0, 0, 0];
        for (var i = 0; i < 7; i++)
        {
            Assert.Equal(first[i], found.Inputs[i].First, 0.02);
            Assert.Equal(total[i], found.Inputs[i].Total, 0.02);
        }
        Assert.Equal((2.0, -1.0), (Math.Round(found.Inputs[0].Slope, 1), Math.Round(found.Inputs[1].Slope, 1)));
    }

    [Fact]
    public void Contributions_do_not_depend_on_the_units_of_the_inputs_and_constant_ones_have_none()
    {
        var samples = LatinHypercube.Sample(5, 100, 3);
        double[] outputs = [.. samples.Select(u => Math.Exp(0.2 * Normal.Quantile(u[0])) + u[1])];
        double[][] physical = [.. samples.Select(u => new[] { 170 * Math.Exp(0.2 * Normal.Quantile(u[0])), 1e6 * u[1] - 5, 7 })];
        var (plain, scaled) = (Contributions.FromEnsemble(samples, outputs), Contributions.FromEnsemble(physical, outputs));
        Assert.Equal(plain.Inputs[0].First, scaled.Inputs[0].First, 0.02);
        Assert.Equal(default, scaled.Inputs[2]);
    }

    [Fact]
    public void Noise_is_explained_by_nothing_and_says_so()
    {
        var random = new RandomStream(8, 0);
        var found = Contributions.FromEnsemble(
            LatinHypercube.Sample(5, 200, 7), [.. Enumerable.Range(0, 200).Select(_ => random.NextNormal())]);
        Assert.InRange(found.Predicted, -0.1, 0.3);
        Assert.All(found.Inputs, input => Assert.InRange(input.Total, 0, 0.2));
    }

    [Fact]
    public void A_steep_monotone_output_is_explained_by_its_order()
    {
        var samples = LatinHypercube.Sample(6, 200, 3);
        var found = Contributions.FromEnsemble(
            samples, [.. samples.Select(u => Math.Exp(3 * (2 * Normal.Quantile(u[0]) + Normal.Quantile(u[1]))))]);
        Assert.True(found.OnRanks);
        Assert.InRange(found.Predicted, 0.95, 1);
        Assert.Equal(0.8, found.Inputs[0].First, 0.05);
        Assert.Equal(0.2, found.Inputs[1].First, 0.05);
    }

    [Fact]
    public void Too_few_runs_and_failed_ones_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Contributions.FromEnsemble(LatinHypercube.Sample(1, 9, 2), new double[9]));
        Assert.Throws<ArgumentException>(() => Contributions.FromEnsemble(LatinHypercube.Sample(1, 20, 2), new double[19]));
        Assert.Throws<ArgumentException>(
            () => Contributions.FromEnsemble(LatinHypercube.Sample(1, 20, 2), [.. Enumerable.Repeat(double.NaN, 20)]));
        var flat = Contributions.FromEnsemble(LatinHypercube.Sample(1, 20, 2), new double[20]);
        Assert.All(flat.Inputs, input => Assert.Equal(default, input));
    }
}
