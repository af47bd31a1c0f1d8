using System.Collections.Immutable;
using MathNet.Numerics.Distributions;
using TwinModel.ConditionMonitoring;
using TwinModel.Lifetimes;
using TwinModel.Prognostics;

namespace TwinModel.Tests.Maintenance;

/// <summary>Fleets of 1 000 bearings drawn from the models themselves, so predictions must be calibrated.</summary>
public class FleetTests
{
    const int Bearings = 1000;
    const double NoiseSd = 0.08;
    static readonly DateTimeOffset T0 = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    static readonly Threshold Trip = new(7.1);
    static readonly Baseline Healthy = new(T0, T0.AddDays(1), 144, Math.Log(1.2), NoiseSd, 0);
    static readonly WeibullLife Fleet = new(2.0, 80);

    static void IsCalibrated(PredictionScore score)
    {
        Assert.InRange(score.Coverage90, 0.87, 0.93);
        Assert.InRange(score.Coverage50, 0.45, 0.55);
        Assert.True(score.UniformP > 0.05, $"KS distance {score.KolmogorovSmirnov:0.000}, p = {score.UniformP:0.000}");
    }

    static double Draw(Random random, double mean, double sd) => Normal.Sample(random, mean, sd);

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Log_linear_bearings(int seed)
    {
        var random = new Random(seed);
        var prior = new LogLinearTrend(Math.Log(1.2), 0.05, 0.01, 0.0004, 0, NoiseSd);
        List<PastPrediction> past = [];
        while (past.Count < Bearings)
        {
            var (level, slope, end) = (Draw(random, prior.Level, 0.1), Draw(random, 0.05, 0.02), Draw(random, Trip.Ln, Trip.SdLn));
            var now = 5 + 20 * random.NextDouble();
            // Skips bearings that have already failed, and those that will never fail, which have no life to compare with.
            if (level + slope * now >= end || slope <= 0.002) continue;
            var trend = prior.Update(
                Enumerable.Range(0, (int)now).Select(t => new TrendPoint(t, level + slope * t + Draw(random, 0, NoiseSd))));
            past.Add(new(trend.RemainingLife(now, Trip), (end - level) / slope - now));
        }

        IsCalibrated(PredictionScore.Of(past));
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void Wiener_bearings(int seed)
    {
        var random = new Random(seed);
        var prior = new WienerTrend(0, Math.Log(1.2), 0.05, 0.01, 0.0001, 0, 0.08, NoiseSd);
        List<PastPrediction> past = [];
        while (past.Count < Bearings)
        {
            var (now, drift, end) = (3 + random.Next(12), Draw(random, 0.05, 0.01), Draw(random, Trip.Ln, Trip.SdLn));
            var (x, time, trend) = (Draw(random, prior.Level, 0.1), 0.0, prior);
            const double dt = 1.0 / 64;
            for (var step = 0; x < end && time < 2000; step++)
            {
                if (step % 64 == 0 && time <= now) trend = trend.Update(time, x + Draw(random, 0, NoiseSd));
                x += drift * dt + 0.08 * Math.Sqrt(dt) * Draw(random, 0, 1);
                time = (step + 1) * dt;
            }
            if (time <= now || time >= 2000) continue;
            past.Add(new(trend.Predict(now).RemainingLife(Trip), time - now));
        }

        IsCalibrated(PredictionScore.Of(past));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    public void Mixed_fleet_through_the_whole_pipeline(int seed)
    {
        // Nine in ten follow their trend, straight or wandering; one in ten fails without a trend, as weighted by the fleet.
        var settings = new RulSettings(Trip, Fleet)
        {
            SlopePerDay = 0.05,
            SlopeSdPerDay = 0.015,
            DiffusionsPerRootDay = [0.08],
            Exponents = [],
        };
        var random = new Random(seed);
        List<PastPrediction> past = [];
        while (past.Count < Bearings)
        {
            var diffusion = random.Next(2) == 0 ? 0 : 0.08;
            var (now, drift, end) = (8 + random.Next(10), Draw(random, 0.05, 0.015), Draw(random, Trip.Ln, Trip.SdLn));
            var (x, time) = (Draw(random, Healthy.CentreLn, 0.1), 0.0);
            var points = ImmutableArray.CreateBuilder<TrendPoint>();
            const double dt = 1.0 / 32;
            for (var step = 0; x < end && time < 2000; step++)
            {
                if (step % 32 == 0 && time <= now) points.Add(new(time, x + Draw(random, 0, NoiseSd)));
                x += drift * dt + diffusion * Math.Sqrt(dt) * Draw(random, 0, 1);
                time = (step + 1) * dt;
            }
            if (time <= now || time >= 2000) continue;
            var age = now + 10.0;
            var prognosis = AssessRul.Of(settings, new(ConditionLevel.Degrading, Healthy, age, now, points.ToImmutable()));
            var truth = random.Next(10) == 0 ? (Fleet with { AgeDays = age }).Quantile(random.NextDouble()) : time - now;
            past.Add(new(Assert.IsType<Prognosis.Rul>(prognosis).Life, truth));
        }

        IsCalibrated(PredictionScore.Of(past));
    }

    [Fact]
    public void Healthy_bearings_of_the_fleet()
    {
        var random = new Random(41);
        List<PastPrediction> past = [];
        while (past.Count < Bearings)
        {
            var (life, age) = (Fleet.Quantile(random.NextDouble()), 60 * random.NextDouble());
            if (life <= age) continue;
            var prognosis = AssessRul.Of(new(Trip, Fleet), new(ConditionLevel.Healthy, Healthy, age, 0, []));
            past.Add(new(Assert.IsType<Prognosis.Rul>(prognosis).Life, life - age));
        }

        IsCalibrated(PredictionScore.Of(past));
    }

    [Fact]
    public void Healthy_bearings_of_machines_that_differ()
    {
        // Each machine has its own scale; only the fleet's distribution is known.
        var random = new Random(42);
        var settings = new RulSettings(Trip, new(3, 80)) { FleetScaleSdLn = 0.5 };
        List<PastPrediction> past = [];
        while (past.Count < Bearings)
        {
            var (life, age) = (
                new WeibullLife(3, 80 * Math.Exp(Draw(random, 0, 0.5))).Quantile(random.NextDouble()), 120 * random.NextDouble());
            if (life <= age) continue;
            var prognosis = AssessRul.Of(settings, new(ConditionLevel.Healthy, Healthy, age, 0, []));
            past.Add(new(Assert.IsType<Prognosis.Rul>(prognosis).Life, life - age));
        }

        IsCalibrated(PredictionScore.Of(past));
    }

    [Fact]
    public void Overconfident_predictions_are_found_out()
    {
        var random = new Random(51);
        // A stated standard deviation of 3 days where the true one is 6.
        var past = Enumerable.Range(0, Bearings)
            .Select(_ => new PastPrediction(new DistributionLife(new Normal(40, 3)), Math.Max(0, Draw(random, 40, 6)))).ToList();
        var score = PredictionScore.Of(past);

        Assert.True(score.Coverage90 < 0.7);
        Assert.True(score.UniformP < 1e-3);
    }
}
