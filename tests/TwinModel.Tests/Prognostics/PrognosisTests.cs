using System.Collections.Immutable;
using System.Text.Json;
using TwinModel.ConditionMonitoring;
using TwinModel.Lifetimes;
using TwinModel.Prognostics;
using TwinModel.Tests.Lifetimes;

namespace TwinModel.Tests.Prognostics;

public class PrognosisTests
{
    static readonly DateTimeOffset T0 = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    static readonly Baseline Healthy = new(T0, T0.AddDays(1), 144, Math.Log(1.2), 0.05, 0);
    static readonly WeibullLife Fleet = new(1.8, 900);

    static ImmutableArray<TrendPoint> Growth(Func<double, double> ln, int days) =>
        [.. Enumerable.Range(0, days * 4).Select(i => new TrendPoint(i / 4.0, ln(i / 4.0) + 0.05 * Math.Sin(37.0 * i)))];

    static PartHistory Degrading(ImmutableArray<TrendPoint> trend) => new(ConditionLevel.Degrading, Healthy, 300, trend[^1].Days, trend);

    static Prognosis.Rul RulOf(RulSettings settings, PartHistory history) => Assert.IsType<Prognosis.Rul>(AssessRul.Of(settings, history));

    [Fact]
    public void Particle_filter_agrees_with_the_closed_form()
    {
        var particles = new ParticleTrend(0, 0.5, 0.04, 0.03, 0, 0, 0.08)
            .RemainingLife(PublishedLifeTests.TwentyDays, 19, new(7.1, 0), noiseCounts: true);

        foreach (var (p, days) in new[] { (0.05, 10.27366), (0.25, 12.03759), (0.5, 13.33305), (0.75, 14.69401), (0.95, 16.78471) })
            Assert.Equal(days, particles.Quantile(p), 0.02 * days);
    }

    [Fact]
    public void Particle_filter_repeats_itself_and_varies_with_its_seed()
    {
        double Median(ulong seed) =>
            new ParticleTrend(0, 0.5, 0.04, 0.03, 0.2, 0.3, 0.08, 2000, seed).RemainingLife(PublishedLifeTests.TwentyDays, 19, new(7.1))
                .Quantile(0.5);

        Assert.Equal(Median(1), Median(1));
        Assert.NotEqual(Median(1), Median(2));
        Assert.Equal(Median(1), Median(2), 1.5);
    }

    [Fact]
    public void Accelerating_growth_is_recognised()
    {
        // dv/dt = C v^2 from 1.2 mm/s diverges at day 1 / (C v0).
        var trend = Growth(t => Math.Log(1.2) - Math.Log(1 - t / 40), 28);
        var settings = new RulSettings(new(7.1), Fleet);
        var rul = RulOf(settings, Degrading(trend));

        Assert.True(rul.Models.Single(m => m.Model == "power").Weight > 0.7);
        // 7.1 is reached at 40 (1 - 1.2 / 7.1) = 33.2 d, 5.5 d from now.
        Assert.Equal(5.5, rul.Life.Quantiles.P50, 1.5);
        Assert.Equal(1, rul.Models.Sum(m => m.Weight), 9);
        Assert.InRange(rul.Models.Single(m => m.Model == "fleet").Weight, 0.1, 0.1001);
    }

    [Fact]
    public void Band_narrows_onto_the_failure()
    {
        var settings = new RulSettings(new(7.1), Fleet) { SlopePerDay = 0.05 };
        // Failure at ln(7.1 / 1.2) / 0.06 = 29.6 d.
        var widths = new[] { 6, 12, 18, 24 }.Select(day =>
        {
            var q = RulOf(settings with { FleetWeight = 0 }, Degrading(Growth(t => Math.Log(1.2) + 0.06 * t, day))).Life.Quantiles;
            Assert.InRange(29.6 - day, q.P05, q.P95);
            return q.P95 - q.P05;
        }).ToList();

        Assert.Equal(widths.OrderDescending(), widths);
    }

    [Fact]
    public void Healthy_part_has_the_life_of_its_fleet()
    {
        var rul = RulOf(new(new(7.1), Fleet), new(ConditionLevel.Healthy, Healthy, 300, 0, []));

        Assert.Equal([new ModelWeight("fleet", 1)], rul.Models);
        Assert.Equal((Fleet with { AgeDays = 300 }).Quantile(0.5), rul.Life.Quantiles.P50, 1.0);
    }

    [Fact]
    public void False_alarm_goes_back_to_the_fleet()
    {
        var rul = RulOf(new(new(7.1), Fleet), Degrading(Growth(_ => Math.Log(1.3), 12)));

        Assert.True(rul.Models.Single(m => m.Model == "fleet").Weight > 0.3);
        Assert.True(rul.Life.Quantiles.P50 > 60);
    }

    [Theory]
    [InlineData(ConditionLevel.Learning, false, "no vibration history")]
    [InlineData(ConditionLevel.Healthy, true, "healthy")]
    [InlineData(ConditionLevel.Degrading, true, "medians since the change")]
    public void Nothing_is_made_up(ConditionLevel level, bool hasBaseline, string reason)
    {
        var prognosis = AssessRul.Of(new(new(7.1), null), new(level, hasBaseline ? Healthy : null, 300, 1, [new(0, 0.2), new(0.5, 0.3)]));

        Assert.Contains(reason, Assert.IsType<Prognosis.CannotSayYet>(prognosis).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Trend_without_growth_says_nothing_without_a_fleet() =>
        Assert.IsType<Prognosis.CannotSayYet>(AssessRul.Of(new(new(7.1), null), Degrading(Growth(t => Math.Log(1.3) - 0.02 * t, 20))));

    [Theory, InlineData(true, "the life of the fleet, weighted with 10 %,"), InlineData(false, "no life of the fleet is known")]
    public void A_trend_that_recedes_says_nothing_and_whether_a_fleet_is_known(bool hasFleet, string reason)
    {
        var settings = new RulSettings(new(7.1), hasFleet ? Fleet : null);
        var prognosis = AssessRul.Of(settings, Degrading(Growth(t => Math.Log(3) - 0.02 * t, 20)));

        Assert.Contains(reason, Assert.IsType<Prognosis.CannotSayYet>(prognosis).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_histories_are_averaged_without_changing_the_answer()
    {
        ImmutableArray<TrendPoint> trend = [
            .. Enumerable.Range(0, 2400)
                .Select(i => new TrendPoint(i / 144.0, Math.Log(1.2) + 0.06 * i / 144.0 + 0.05 * Math.Sin(37.0 * i)))];
        var whole = RulOf(new RulSettings(new(7.1), Fleet) { MostPoints = 2400 }, Degrading(trend)).Life.Quantiles;
        var blocks = RulOf(new(new(7.1), Fleet), Degrading(trend)).Life.Quantiles;

        Assert.Equal(whole.P50, blocks.P50, 0.1);
        Assert.Equal(whole.P05, blocks.P05, 0.1);
    }

    [Fact]
    public void Samples_repeat_and_follow_the_distribution()
    {
        var life = RulDistribution.Of(new WeibullLife(2.2, 45));
        var samples = life.Sample(1000, 7);

        Assert.Equal(samples, life.Sample(1000, 7));
        Assert.NotEqual(samples, life.Sample(1000, 8));
        Assert.Equal(new WeibullLife(2.2, 45).MeanDays, samples.Average(), 0.1);
        Assert.True(PredictionScore.KolmogorovUniform([.. samples.Select(life.Cdf)]).Distance < 0.002);
    }

    [Fact]
    public void Distribution_can_be_stored()
    {
        var life = RulDistribution.Of(new WeibullLife(2.2, 45));
        var json = JsonSerializer.Serialize(life);

        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<RulDistribution>(json)));
        Assert.True(json.Length < 20_000);
    }

    [Fact]
    public void Tables_that_are_none_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new RulDistribution([0], [0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RulDistribution([0, 2, 1], [0, 0.5, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RulDistribution([0, 1, 2], [0, 0.6, 0.5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RulDistribution([0, 1], [0, 1.5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WeibullLife(0, 45));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Threshold(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RateHistory([new(0, 1), new(5, 0)]));
        Assert.Throws<ArgumentException>(() => new RateHistory([]));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => AssessRul.Of(new RulSettings(new(7.1), null) { SlopeSdPerDay = 0 }, new(ConditionLevel.Healthy, Healthy, 0, 0, [])));
    }

    [Theory]
    [InlineData(-20, 0.062500, 3.657419)]
    [InlineData(-5, 0.5, null)]
    [InlineData(-10, null, 1.158106)]
    [InlineData(0, 1.0, 0.0)]
    [InlineData(10, 0.707107, 1.718282)]
    [InlineData(20, 0.5, 6.389056)]
    [InlineData(50, 0.176777, null)]
    public void Challenge_scores(double error, double? accuracy, double? penalty)
    {
        if (accuracy is { } a) Assert.Equal(a, PredictionScore.Phm2012OfError(error), 6);
        if (accuracy is { } b) Assert.Equal(b, PredictionScore.Phm2012(100, 100 - error), 6);
        if (penalty is { } s) Assert.Equal(s, PredictionScore.Phm2008(error), 6);
    }

    [Fact]
    public void Alpha_lambda_looks_at_the_median_and_at_the_mass()
    {
        var (isWithin, mass) = PredictionScore.AlphaLambda(
            new(new DistributionLife(new MathNet.Numerics.Distributions.Normal(40, 4)), 42), 0.2);

        Assert.True(isWithin);
        Assert.Equal(new MathNet.Numerics.Distributions.Normal(40, 4)
            .CumulativeDistribution(50.4) - new MathNet.Numerics.Distributions.Normal(40, 4).CumulativeDistribution(33.6), mass, 9);
        Assert.False(PredictionScore.AlphaLambda(new(new DistributionLife(new MathNet.Numerics.Distributions.Normal(40, 4)), 20)).IsWithin);
    }

    [Fact]
    public void Kolmogorov_test_knows_its_quantiles()
    {
        // Critical values for n = 20: 0.294 at 5 %, 0.352 at 1 % (Miller, 1956).
        static double P(double shift) =>
            PredictionScore.KolmogorovUniform([.. Enumerable.Range(0, 20).Select(i => Math.Min(1, (i + 0.5) / 20 + shift))]).P;

        Assert.Equal(0.05, P(0.294 - 0.025), 0.003);
        Assert.Equal(0.01, P(0.352 - 0.025), 0.001);
    }
}
