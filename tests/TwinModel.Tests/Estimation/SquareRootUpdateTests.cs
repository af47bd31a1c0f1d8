using MathNet.Numerics.LinearAlgebra;
using TwinModel.Estimation;
using TwinModel.Uncertainty;

namespace TwinModel.Tests.Estimation;

/// <summary>The ensemble against the Kalman filter.</summary>
public class SquareRootUpdateTests
{
    static Ensemble Draws(int variables, int members, ulong seed)
    {
        var (ensemble, random) = (new Ensemble(variables, members), new RandomStream(seed, 0));
        for (var v = 0; v < variables; v++)
            for (var m = 0; m < members; m++) ensemble[v][m] = random.NextNormal();
        return ensemble;
    }

    static double Variance(Ensemble ensemble, int variable) => Math.Pow(ensemble.Of(variable).StandardDeviation, 2);

    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    public void A_random_walk_has_the_variances_of_the_closed_form_at_any_size(int members)
    {
        // physics.md, section 4: q = 0.01, r = 1.
        var level = Draws(1, members, 1);
        SecondOrderDraws.Whiten(level);
        var (predicted, random) = (0.0, new RandomStream(2, 0));
        for (var t = 0; t < 400; t++)
        {
            var noise = Draws(1, members, (ulong)t + 10);
            SecondOrderDraws.Whiten(noise, level);
            for (var m = 0; m < members; m++) level[0][m] += 0.1 * noise[0][m];
            predicted = Variance(level, 0);
            SquareRootUpdate.Apply(level[0], random.NextNormal(), 1, level);
        }
        Assert.Equal(0.10512492, predicted, 5e-9);
        Assert.Equal(0.09512492, predicted / (predicted + 1), 5e-9);
        Assert.Equal(0.09512492, Variance(level, 0), 5e-9);
    }

    [Fact]
    public void With_plain_draws_a_large_ensemble_comes_close()
    {
        const int members = 20_000;
        var level = Draws(1, members, 1);
        var predicted = 0.0;
        for (var t = 0; t < 60; t++)
        {
            var noise = Draws(1, members, (ulong)t + 10);
            for (var m = 0; m < members; m++) level[0][m] += 0.1 * noise[0][m];
            predicted = Variance(level, 0);
            SquareRootUpdate.Apply(level[0], 0, 1, level);
        }
        // The sampling error of a variance is √(2/N) of it; that of some ticks adds up.
        Assert.Equal(0.10512492, predicted, 0.10512492 * 4 * Math.Sqrt(2.0 / members));
    }

    [Fact]
    public void Observations_one_after_the_other_give_the_Kalman_filter_of_all_at_once()
    {
        const int members = 40;
        var ensemble = Draws(4, members, 5);
        for (var m = 0; m < members; m++) ensemble[3][m] = ensemble[0][m] + 0.5 * ensemble[1][m] + 7;
        var prior = Matrix<double>.Build.Dense(4, members, (v, m) => ensemble[v][m]);
        var mean = prior.RowSums() / members;
        var anomalies = prior - mean.OuterProduct(Vector<double>.Build.Dense(members, 1));
        var covariance = anomalies * anomalies.Transpose() / (members - 1);
        double[] observed = [1.5, -0.3];
        double[] variances = [0.4, 0.09];
        // Observed are the variables 0 and 3.
        var h = Matrix<double>.Build.Dense(2, 4, (o, v) => v == 3 * o ? 1 : 0);
        var gain = covariance * h.Transpose() * (h * covariance * h.Transpose() + Matrix<double>.Build.DiagonalOfDiagonalArray(variances))
            .Inverse();
        var wantedMean = mean + gain * (Vector<double>.Build.Dense(observed) - h * mean);
        var wanted = covariance - gain * h * covariance;

        SquareRootUpdate.Apply(ensemble[0], observed[0], variances[0], ensemble);
        SquareRootUpdate.Apply(ensemble[3], observed[1], variances[1], ensemble);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(wantedMean[i], ensemble.Of(i).Mean, 1e-12);
            for (var j = 0; j < 4; j++)
            {
                var (a, b) = (ensemble.Of(i).Mean, ensemble.Of(j).Mean);
                var sum = 0.0;
                for (var m = 0; m < members; m++) sum += (ensemble[i][m] - a) * (ensemble[j][m] - b);
                Assert.Equal(wanted[i, j], sum / (members - 1), 1e-12);
            }
        }
    }

    [Fact]
    public void Draws_are_independent_of_each_other_and_of_what_is_known()
    {
        var known = Draws(5, 20, 1);
        var draws = Draws(4, 20, 2);
        SecondOrderDraws.Whiten(draws, known);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(0, draws.Of(i).Mean, 1e-14);
            for (var j = 0; j <= i; j++) Assert.Equal(i == j ? 19 : 0, Product(draws[i], draws[j]), 1e-12);
            for (var k = 0; k < 5; k++) Assert.Equal(0, Product(draws[i], known[k]), 1e-12);
        }
    }

    [Fact]
    public void With_too_few_members_draws_are_independent_of_the_first_known_variables()
    {
        var known = Draws(9, 12, 1);
        var draws = Draws(4, 12, 2);
        SecondOrderDraws.Whiten(draws, known);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(11, Product(draws[i], draws[i]), 1e-12);
            // 12 members less one for the mean and four for the draws.
            for (var k = 0; k < 7; k++) Assert.Equal(0, Product(draws[i], known[k]), 1e-12);
        }
    }

    static double Product(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
