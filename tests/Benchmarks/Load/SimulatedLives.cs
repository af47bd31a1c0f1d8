using TwinModel.Assets;
using TwinModel.ConditionMonitoring;
using TwinModel.Health;
using TwinModel.Lifetimes;
using TwinModel.Prognostics;
using TwinModel.Telemetry;
using TwinModel.Uncertainty;

namespace Benchmarks.Load;

/// <summary>An assessment of the twin while the part lived.</summary>
/// <param name="Days">Since the life began.</param>
/// <param name="Ln">ln of the newest median.</param>
/// <param name="History">What the prognosis knows.</param>
sealed record LifeLook(double Days, double Ln, PartHistory History);

/// <summary>A simulated life of a bearing that the twin followed to its failure.</summary>
/// <param name="Days">From installation to failure.</param>
/// <param name="EndLn">ln of the level at which it failed.</param>
/// <param name="Looks">Assessments, ascending.</param>
sealed record SimulatedLife(double Days, double EndLn, IReadOnlyList<LifeLook> Looks);

/// <summary>
/// Bearings with random wear laws, load histories and noise, followed by the fold that runs live (<see cref="PartHealth"/>) with the
/// settings of the extrusion line. Damage grows from a random share of life on: like the emulated plant's bearing, by a power law of random
/// exponent from growth that slows down to growth that runs away, or in a straight line that wanders; faster at a higher rate. The level of
/// a new part, that at which it fails, and strength and memory of the noise are random too.
/// </summary>
sealed class SimulatedLives
{
    const double Shape = 2.5, ScaleDays = 90;
    const double NewValue = 1.2, LevelSdLn = 0.1, EndSdLn = 0.05;
    static readonly DateTimeOffset T0 = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    readonly Degradation part;
    readonly ulong seed;

    public SimulatedLives(AssetModel model, ulong seed)
    {
        var degradation = model.Degradations.Single();
        // A reading each half hour instead of each second, so that two hundred lives take seconds.
        part = degradation with
        {
            Condition = degradation.Condition with { Window = TimeSpan.FromMinutes(30) },
            AssessEvery = TimeSpan.FromHours(6),
        };
        this.seed = seed;
    }

    public Degradation Part => part;

    public SimulatedLife Run(int number)
    {
        var random = new RandomStream(seed, (ulong)number);
        var days = Math.Max(20, new WeibullLife(Shape, ScaleDays).Quantile(random.NextDouble()));
        var onset = days * 0.5 * random.NextDouble();
        var level = Math.Log(NewValue) + LevelSdLn * random.NextNormal();
        var end = part.Rul.Threshold.Ln + EndSdLn * random.NextNormal();
        var (growth, wander) = Law(random, end - level);
        var (noise, memory) = (0.04 + 0.08 * random.NextDouble(), 0.6 * random.NextDouble());
        var (health, transitions, due) = (new PartHealth(part), new List<PartTransition>(), new List<DueAssessment>());
        List<LifeLook> looks = [];
        var (worn, wandered, error, rate, step) = (0.0, 0.0, random.NextNormal(), 1.0, part.Condition.Window.TotalDays);
        for (var time = 0.0; ; time += step)
        {
            if (random.NextDouble() < step / 5) rate = 0.75 + 0.45 * random.NextDouble();
            if (time > onset)
            {
                worn += step / (days - onset) * part.Life!.AgeingRate(rate);
                wandered += wander * Math.Sqrt(step) * random.NextNormal();
            }
            var ln = level + growth(worn) + wandered;
            if (ln >= end) return new(time, end, looks);
            error = memory * error + Math.Sqrt(1 - memory * memory) * random.NextNormal();
            var force = Math.Pow(rate, part.Life!.ForcePerRateExponent);
            var value = Math.Exp(ln + noise * error) * Math.Pow(rate, part.Speed!.Exponent) * Math.Pow(force, part.Force!.Exponent);
            var at = Micros.From(T0.AddDays(time + 0.5 * step));
            health.Take(new(part.Indicator, at, value));
            health.Take(new(part.Speed.Sensor, at, rate * part.Speed.Reference));
            health.Take(new(part.Force.Sensor, at, force * part.Force.Reference));
            due.Clear();
            health.Settle(0, transitions, due);
            looks.AddRange(due.Select(d => new LifeLook((d.At - T0).TotalDays, health.State.LastLn!.Value, d.History)));
        }
    }

    // ln of the indicator above that of a new part by the share of wear; 1 ends the life, but for the wandering.
    static (Func<double, double> Growth, double WanderPerRootDay) Law(RandomStream random, double height)
    {
        switch (random.NextInteger(3))
        {
            case 0:
                // Wear that grows with itself, dw = (1 + 2 w) dt, and ln v = 2.4 w.
                var k = Math.Log(1 + 2 * height / 2.4);
                return (u => height * (Math.Exp(k * u) - 1) / (Math.Exp(k) - 1), 0);
            case 1:
                var m = 2.2 * random.NextDouble();
                var run = Math.Exp((1 - m) * height) - 1;
                return (u => 1 + run * u <= 0 ? double.PositiveInfinity : Math.Log(1 + run * u) / (1 - m), 0);
            default:
                return (u => height * u, 0.02 + 0.05 * random.NextDouble());
        }
    }

    /// <summary>The settings that somebody takes from lives that have ended: how long, how fast, from where to where.</summary>
    public RulSettings LearnedFrom(IReadOnlyList<SimulatedLife> lives)
    {
        var slopes = lives.Where(l => l.Looks[^1].History.Trend.Length > 0)
            .Select(l => (l.EndLn - l.Looks[^1].History.Trend[0].LnValue) / Math.Max(1, l.Looks[^1].History.NowDays)).ToArray();
        var (shape, scale) = Weibull([.. lives.Select(l => l.Days)]);
        return part.Rul with
        {
            Threshold = new(Math.Exp(lives.Average(l => l.EndLn)), Deviation([.. lives.Select(l => l.EndLn)])),
            Fleet = new(shape, scale),
            FleetScaleSdLn = 1 / (shape * Math.Sqrt(lives.Count)),
            SlopePerDay = slopes.Average(),
            SlopeSdPerDay = Deviation(slopes),
        };
    }

    static double Deviation(double[] values) => MathNet.Numerics.Statistics.ArrayStatistics.StandardDeviation(values);

    // By the moments of the logarithm.
    static (double Shape, double Scale) Weibull(double[] lives)
    {
        var logs = Array.ConvertAll(lives, Math.Log);
        var shape = Math.PI / (Math.Sqrt(6) * Deviation(logs));
        return (shape, Math.Exp(logs.Average() + MathNet.Numerics.Constants.EulerMascheroni / shape));
    }
}
