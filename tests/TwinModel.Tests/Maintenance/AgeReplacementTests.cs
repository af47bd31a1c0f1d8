using MathNet.Numerics.Distributions;
using TwinModel.Lifetimes;
using TwinModel.Maintenance;

namespace TwinModel.Tests.Maintenance;

public class AgeReplacementTests
{
    static AgeReplacementResult.Optimum OptimumOf(AgeReplacement policy) =>
        Assert.IsType<AgeReplacementResult.Optimum>(policy.FindOptimum());

    [Fact]
    public void ReliaSoft_example()
    {
        var policy = new AgeReplacement(new WeibullLife(2.5, 1000), 1, 5);
        var best = OptimumOf(policy);

        Assert.Equal(493.0470, best.AgeDays, 4);
        Assert.Equal(0.00346204, best.CostPerDay, 8);
        Assert.Equal(0.843079, 1 - policy.Life.Cdf(best.AgeDays), 6);
        Assert.Equal(0.00563530, best.RunToFailureCostPerDay, 8);
        Assert.Equal(0.38565, best.Saving, 5);
        Assert.Equal([0.00403063, 0.00374090, 0.00451641], new[] { 300.0, 700, 1000 }.Select(t => Math.Round(policy.CostPerDay(t), 8)));
        // At the optimum the cost rate is the hazard times the extra cost of a failure.
        Assert.Equal(best.CostPerDay, policy.Life.Density(best.AgeDays) / (1 - policy.Life.Cdf(best.AgeDays)) * 4, 10);
    }

    [Fact]
    public void Jardine_and_Tsang_uniform_life()
    {
        var policy = new AgeReplacement(new DistributionLife(new ContinuousUniform(0, 40_000)), 100, 200);

        Assert.Equal([0.014286, 0.010000, 0.009333, 0.010000], new[]
        {
            10_000.0, 20_000, 30_000, 40_000,
        }.Select(t => Math.Round(policy.CostPerDay(t), 6)));
        Assert.Equal(29_282.0323, OptimumOf(policy).AgeDays, 3);
        Assert.Equal(0.00933013, OptimumOf(policy).CostPerDay, 8);
    }

    [Fact]
    public void Jardine_and_Tsang_normal_life()
    {
        var life = new DistributionLife(new Normal(5, 1));
        var policy = new AgeReplacement(life, 5, 10);

        Assert.Equal([1.70942, 1.47913, 1.63006], new[] { 3.0, 4, 5 }.Select(t => Math.Round(policy.CostPerDay(t), 5)));
        Assert.Equal(4.02197, OptimumOf(policy).AgeDays, 5);
        Assert.Equal(1.479031, OptimumOf(policy).CostPerDay, 6);
        Assert.Equal([5.0003, 2.5067, 1.7425, 1.6466, 2.0001, 2.2371],
            BlockReplacement.CostPerPeriod(life, 5, 10, 1, 6).Select(c => Math.Round(c, 4)));
    }

    [Theory]
    [InlineData(2, new[] { 2.1746, 1.0908, 0.8836, 0.8103, 0.7661 }, new[] { 0.9984, 0.9667, 0.9212, 0.8796, 0.8151 })]
    [InlineData(5, new[] { 0.6755, 0.5107, 0.4930, 0.5026, 0.5384 }, new[] { 0.8903, 0.7241, 0.6143, 0.5414, 0.4527 })]
    [InlineData(10, new[] { 0.3781, 0.3365, 0.3546, 0.3825, 0.4391 }, new[] { 0.7494, 0.5367, 0.4215, 0.3527, 0.2763 })]
    [InlineData(20, new[] { 0.2261, 0.2304, 0.2624, 0.2978, 0.3641 }, new[] { 0.6117, 0.3880, 0.2832, 0.2257, 0.1663 })]
    public void Scaled_optimum_of_Weibull_lives(double ratio, double[] ages, double[] costs)
    {
        double[] shapes = [1.5, 2, 2.5, 3, 4];
        var best = shapes.Select(b => OptimumOf(new(new WeibullLife(b, 1), 1, ratio))).ToList();

        Assert.Equal(ages, best.Select(o => Math.Round(o.AgeDays, 4)));
        Assert.Equal(costs, best.Select(o => Math.Round(o.CostPerDay / o.RunToFailureCostPerDay, 4)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.7)]
    public void A_hazard_that_does_not_grow_has_no_finite_optimum(double shape)
    {
        var none = Assert.IsType<AgeReplacementResult.NoFiniteOptimum>(
            new AgeReplacement(new WeibullLife(shape, 1000), 1, 5).FindOptimum());

        Assert.Contains("beta", none.Reason, StringComparison.Ordinal);
        Assert.Equal(5 / new WeibullLife(shape, 1000).MeanDays, none.BestCostPerDay, 12);
    }

    [Fact]
    public void Failures_that_cost_no_more_are_not_prevented() =>
        Assert.IsType<AgeReplacementResult.NoFiniteOptimum>(new AgeReplacement(new WeibullLife(3, 1000), 5, 5).FindOptimum());

    [Fact]
    public void Negative_costs_are_refused()
    {
        var thrown = Assert.Throws<ArgumentOutOfRangeException>(() => new AgeReplacement(new WeibullLife(3, 1000), -1, 5).FindOptimum());

        Assert.Equal("PlannedCost", thrown.ParamName);
        Assert.Contains("-1", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Downtime_lengthens_the_cycle()
    {
        var without = new AgeReplacement(new WeibullLife(2.5, 1000), 1, 5);
        var with = without with { PlannedDowntimeDays = 10, FailureDowntimeDays = 40 };

        Assert.True(with.CostPerDay(500) < without.CostPerDay(500));
        Assert.Equal(with.CostPerDay(OptimumOf(with).AgeDays), new[]
        {
            0.98, 1, 1.02,
        }.Min(k => with.CostPerDay(k * OptimumOf(with).AgeDays)), 12);
    }
}
