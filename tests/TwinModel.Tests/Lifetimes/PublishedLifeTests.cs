using MathNet.Numerics.Distributions;
using MathNet.Numerics.Integration;
using TwinModel.Lifetimes;
using TwinModel.Maintenance;
using TwinModel.Prognostics;

namespace TwinModel.Tests.Lifetimes;

public class PublishedLifeTests
{
    // The threshold of 7.1 mm/s in these tests is boundary C/D of ISO 20816-3, group 2, flexible support.
    static readonly double[] Noise = [0.31, -1.2, 0.44, 0.9, -0.35, 0.1, -0.77, 1.1, 0.05, -0.6, 0.25, -0.15, 0.8, -1.0, 0.4, 0.7, -0.5,
        0.2, -0.9, 0.6];

    internal static IReadOnlyList<TrendPoint> TwentyDays { get; } = [
        .. Noise.Select((e, t) => new TrendPoint(t, Math.Log(1.2) + 0.055 * t + 0.08 * e))];

    internal static LogLinearTrend Prior { get; } = new(0, 0.04, 0.25, 0.0009, 0, 0.08);

    [Fact]
    public void Log_linear_trend_reproduces_the_reference_posterior()
    {
        var posterior = Prior.Update(TwentyDays);

        Assert.Equal(0.18436641, posterior.Level, 8);
        Assert.Equal(0.05491991, posterior.SlopePerDay, 8);
        Assert.Equal(1.173844e-3, posterior.LevelVariance, 9);
        Assert.Equal(9.489656e-6, posterior.SlopeVariance, 12);
        Assert.Equal(-9.003648e-5, posterior.Covariance, 11);
    }

    [Fact]
    public void Log_linear_trend_reproduces_the_reference_life()
    {
        var life = Prior.Update(TwentyDays).RemainingLife(19, new(7.1, 0), noiseCounts: true);

        Assert.Equal([10.27366, 12.03759, 13.33305, 14.69401, 16.78471], new[]
        {
            0.05, 0.25, 0.5, 0.75, 0.95,
        }.Select(p => Math.Round(life.Quantile(p), 5)));
        Assert.Equal([0.00015591, 0.63113162, 0.99963251], new[] { 7.0, 14, 21 }.Select(t => Math.Round(life.Cdf(t), 8)));
    }

    [Fact]
    public void Table_of_a_life_keeps_its_quantiles()
    {
        var life = Prior.Update(TwentyDays).RemainingLife(19, new(7.1, 0), noiseCounts: true);
        var table = RulDistribution.Of(life);

        Assert.Equal(10.27366, table.Quantiles.P05, 2e-3);
        Assert.Equal(13.33305, table.Quantiles.P50, 2e-3);
        Assert.Equal(16.78471, table.Quantiles.P95, 2e-3);
        Assert.Equal(life.MeanUntil(14), table.MeanUntil(14), 3);
        Assert.InRange(table.Days.Length, 100, 600);
    }

    [Fact]
    public void First_passage_is_inverse_gaussian()
    {
        var life = new InverseGaussianLife(0.08, 0.15, 1.6);

        Assert.Equal(20, life.MeanDays, 10);
        Assert.Equal(8.385255, life.SdDays, 6);
        Assert.Equal([9.532102, 18.402332, 35.914962], new[] { 0.05, 0.5, 0.95 }.Select(p => Math.Round(life.Quantile(p), 6)));
        Assert.Equal(0.25114215, life.Cdf(14), 8);
        Assert.Equal(0.62611861, life.Cdf(21), 8);
        Assert.Equal(20, life.Mean(), 6);
    }

    [Fact]
    public void First_passage_survives_extreme_arguments()
    {
        // exp(2 mu d / sigma^2) is infinite here; the distribution is almost a step at day 20.
        var life = new InverseGaussianLife(0.08, 0.002, 1.6);

        Assert.InRange(life.Cdf(19), 0, 0.05);
        Assert.InRange(life.Cdf(21), 0.95, 1);
    }

    [Fact]
    public void Density_is_the_slope_of_the_distribution_function()
    {
        var wiener = new WienerTrend(0, 0.2, 0.05, 0.01, 0.0004, 0.0005, 0.05, 0.05).Update([new(1, 0.3), new(2, 0.31), new(3, 0.36)]);
        ILifetime[] lives =
        [
            new WeibullLife(2.2, 45), new WeibullLife(2.2, 45, 30), new InverseGaussianLife(0.08, 0.15, 1.6),
            wiener.RemainingLife(new(7.1)),
            Prior.Update(TwentyDays).RemainingLife(19, new(7.1)),
            new RateHistory([new(0, 1), new(10, 1.3)]).Retime(new WeibullLife(2.2, 45)),
        ];

        foreach (var life in lives)
        {
            foreach (var t in new[] { 3.0, 12, 25 }) Assert.Equal((life.Cdf(t + 1e-4) - life.Cdf(t - 1e-4)) / 2e-4, life.Density(t), 1e-6);
            Assert.Equal(GaussLegendreRule.Integrate(t => 1 - life.Cdf(t), 0, 10, 64) + GaussLegendreRule.Integrate(
                t => 1 - life.Cdf(t), 10, 25, 64), life.MeanUntil(25), 1e-8);
            Assert.Equal(0.3, life.Cdf(life.Quantile(0.3)), 1e-8);
        }
    }

    [Theory]
    [InlineData(23.2222e3, 80, 13198.425, 2749671.8)]
    [InlineData(23.7412e3, 91.832332, 12260.958, 2225243.6)]
    public void Rating_life_of_the_thrust_bearing(double load, double speed, double megarevolutions, double hours)
    {
        Assert.Equal(megarevolutions, Iso281.RatingLifeMegarevolutions(400e3, load, Iso281.RollerExponent), 3);
        Assert.Equal(hours, Iso281.RatingLifeHours(400e3, load, Iso281.RollerExponent, speed), 1);
    }

    [Fact]
    public void Fifteen_per_cent_more_rate_shortens_the_life_to_0_8093()
    {
        var (before, after) = (Iso281.Thrust(8.2132e6, 0.06), Iso281.Thrust(8.3968e6, 0.06));
        var rate = Iso281.AgeingRate(91.832332, after, 80, before, Iso281.RollerExponent);
        var life = RateHistory.Constant(rate).Retime(new WeibullLife(2.2, 45));

        Assert.Equal(23.2223e3, before, 0.1);
        Assert.Equal(23.7414e3, after, 0.1);
        Assert.Equal(0.8093, 1 / rate, 4);
        Assert.Equal(0.8093 * new WeibullLife(2.2, 45).Quantile(0.5), life.Quantile(0.5), 1e-2);
        Assert.Equal(0.869565, 1 / Iso281.AgeingRate(1.15, 1, 1, 1, Iso281.RollerExponent), 6);
        Assert.Equal(0.545728, 1 / Iso281.AgeingRate(1.15, 1.15, 1, 1, Iso281.RollerExponent), 6);
    }

    [Theory]
    [InlineData(10.0 / 9, 5.4492)]
    [InlineData(1.5, 3.5110)]
    public void Median_life_over_rating_life(double shape, double ratio) =>
        Assert.Equal(ratio, WeibullLife.FromRatingLife(shape, 1).Quantile(0.5), 4);

    [Fact]
    public void A_load_that_changes_later_retimes_only_the_rest()
    {
        var life = new WeibullLife(2.2, 45);
        var retimed = new RateHistory([new(0, 1), new(10, 2), new(20, 0.5)]).Retime(life);

        Assert.Equal(life.Cdf(10), retimed.Cdf(10), 12);
        Assert.Equal(life.Cdf(30), retimed.Cdf(20), 12);
        Assert.Equal(life.Cdf(35), retimed.Cdf(30), 12);
    }

    [Fact]
    public void Crack_growth_agrees_with_its_integral()
    {
        foreach (var m in new[] { 2.0, 3.0, 3.7 })
        {
            var law = new ParisLaw(1e-11, m, 1.12, 100);
            var integral = GaussLegendreRule.Integrate(
                a => 1 / (1e-11 * Math.Pow(1.12 * 100 * Math.Sqrt(Math.PI * a), m)), 1e-3, 1e-2, 128);
            Assert.Equal(1, law.Cycles(1e-3, 1e-2) / integral, 1e-9);
        }
    }

    [Fact]
    public void Survival_to_an_age_conditions_the_life()
    {
        var (fresh, aged) = (new WeibullLife(2.2, 45), new WeibullLife(2.2, 45, 20));

        Assert.Equal((fresh.Cdf(35) - fresh.Cdf(20)) / (1 - fresh.Cdf(20)), aged.Cdf(15), 12);
        Assert.Equal((fresh.MeanUntil(35) - fresh.MeanUntil(20)) / (1 - fresh.Cdf(20)), aged.MeanUntil(15), 9);
        Assert.InRange(new WeibullLife(2.2, 45, 400).MeanDays, 0.1, 3);
    }

    [Fact]
    public void Known_distributions_serve_as_lives()
    {
        var life = new DistributionLife(new ContinuousUniform(0, 40_000));

        Assert.Equal(10_000, life.Quantile(0.25), 1e-6);
        Assert.Equal(20_000, life.Mean(), 1e-3);
    }

    [Theory]
    [InlineData(-0.003)]
    [InlineData(0)]
    [InlineData(0.003)]
    public void Wandering_trend_without_wandering_is_the_straight_one(double covariance)
    {
        // Level and slope are positively or negatively correlated; part of that is lost if the first passage ignores it.
        var straight = new LogLinearTrend(0.2, 0.08, 0.04, 0.0004, covariance, 0.05).RemainingLife(0, new(7.1, 0.2));
        var wandering = new WienerTrend(0, 0.2, 0.08, 0.04, 0.0004, covariance, 1e-3, 0.05).RemainingLife(new(7.1, 0.2));

        foreach (var t in new[] { 10.0, 15, 20, 25, 30, 40 }) Assert.Equal(straight.Cdf(t), wandering.Cdf(t), 0.01);
    }

    [Fact]
    public void Spread_of_known_values()
    {
        // 1 to 200, shuffled.
        var values = Enumerable.Range(1, 200).OrderBy(i => i * 7919 % 211).Select(i => (double)i).ToArray();
        var spread = Spread.Of(values);

        Assert.Equal(100.5, spread.Mean, 12);
        Assert.Equal((11, 101, 191), (spread.P05, spread.P50, spread.P95));
        Assert.Equal(Enumerable.Range(191, 10).Average(), spread.CVaR95, 12);
        Assert.Equal(Math.Sqrt(200.0 * 201 / 12 / 200), spread.StandardError, 9);
    }
}
