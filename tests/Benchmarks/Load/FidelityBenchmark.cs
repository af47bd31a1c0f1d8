using System.Globalization;
using MathNet.Numerics.Statistics;
using Plant;
using Plant.Operations;
using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Telemetry;
using TwinModel.Uncertainty;

namespace Benchmarks.Load;

/// <summary>
/// The forecast experiment: the twin learns an emulated plant from its sensors alone, forecasts an intervention, and then the plant is
/// really changed. The plant is another model than the twin's, and nothing of it is read but what its sensors send.
/// </summary>
static class FidelityBenchmark
{
    const int LearnSeconds = 9_000;
    const int SettledSeconds = 1_200;
    const int TransitionSeconds = 180;
    const int MeanSeconds = 120;
    const int Experiments = 24;
    const int Zones = 5;

    static readonly (string Signal, string Unit, double Level, double Change)[] Goals =
    [
        ("melt-temperature", "K", 1, 0.6), ("melt-pressure", "bar", 2, 2), ("melt-flow", "%", 1, 1), ("motor-power", "%", 2, 2),
    ];

    sealed record Outcome(
        Experiment Experiment, string Signal, double Before, double After, double Otherwise, SignalForecast Forecast, double Deviation)
    {
        public double LevelError => Forecast.Changed.Average() - After;

        public double ChangeError => ForecastChange - (After - Otherwise);

        public double ChangeWithDrift => ForecastChange - (After - Before);

        double ForecastChange => Forecast.Changed.Zip(Forecast.Unchanged, (c, u) => c - u).Average();

        public bool IsCovered => Math.Abs(LevelError) <= 1.645 * Math.Sqrt(Forecast.Changed.Variance() + Deviation * Deviation);
    }

    sealed record Experiment(int Number, double Speed, Dictionary<string, double> Changes, int Seconds);

    public static Task Run(string repository, CancellationToken cancel)
    {
        var yaml = File.ReadAllText(Path.Combine(repository, "contracts/assets/extrusion-line.asset.yaml"));
        var setup = new EstimationSetup(ReadAssetModel.FromText(yaml, "extrusion-line"));
        Report.Title(
            $"fidelity: {Experiments} interventions on the emulated plant, each forecast after {LearnSeconds / 60} min of readings");
        var outcomes = new Outcome[Experiments][];
        Parallel.For(0, Experiments, new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel }, i =>
            outcomes[i] = [.. Perform(setup, Plan(setup, i))]);
        foreach (var outcome in outcomes.SelectMany(o => o))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outcome.Experiment.Number,3} {outcome.Signal,-18} "
                + $"before {outcome.Before,8:0.00} after {outcome.After,8:0.00}: level {outcome.LevelError,6:+0.00;-0.00}, change "
                + $"{outcome.ChangeError,6:+0.00;-0.00} "
                + $"({outcome.ChangeWithDrift,6:+0.00;-0.00} with drift){(outcome.IsCovered ? "" : " outside")}"));
        foreach (var (signal, unit, level, change) in Goals)
        {
            var all = outcomes.SelectMany(o => o).Where(o => o.Signal == signal).ToList();
            double Shown(Outcome o, double error) => unit == "%" ? 100 * error / o.After : error;
            double P90(Func<Outcome, double> error) => Report.Percentile([.. all.Select(o => Math.Abs(Shown(o, error(o))))], 0.9);
            Report.Figure($"{signal}: bias of the level", all.Average(o => Shown(o, o.LevelError)), unit, "N2");
            Report.Goal("  error of the level, p90", P90(o => o.LevelError), unit, level, false);
            Report.Figure("  bias of the change", all.Average(o => Shown(o, o.ChangeError)), unit, "N2");
            Report.Goal("  error of the change, p90", P90(o => o.ChangeError), unit, change, false);
            Report.Figure("    with what else changed meanwhile, p90", P90(o => o.ChangeWithDrift), unit, "N2");
            Report.Figure("  in the 90 % band of the level", 100.0 * all.Count(o => o.IsCovered) / all.Count, "%");
        }
        return Task.CompletedTask;
    }

    /// <summary>Rate, zones or both; every fourth is looked at while the plant is in transition.</summary>
    static Experiment Plan(EstimationSetup setup, int number)
    {
        var random = new RandomStream(17, (ulong)number);
        double Sign() => random.NextInteger(2) == 0 ? -1 : 1;
        var speed = 72 + 16 * random.NextDouble();
        Dictionary<string, double> changes = [];
        if (number % 3 != 1) changes["screw-speed"] = speed * (1 + Sign() * (0.05 + 0.15 * random.NextDouble()));
        if (number % 3 != 0)
        {
            for (var zone = 1; zone <= Zones; zone++)
                if (random.NextInteger(2) == 0 || (zone == Zones && changes.Keys.All(c => !c.StartsWith("zone", StringComparison.Ordinal))))
                    changes[SetPoint(zone)] = Default(setup, zone) + Sign() * (5 + 15 * random.NextDouble());
        }
        return new(number, speed, changes, number % 4 == 3 ? TransitionSeconds : SettledSeconds);
    }

    static IEnumerable<Outcome> Perform(EstimationSetup setup, Experiment experiment)
    {
        var clock = new Clock(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero).AddMinutes(61 * experiment.Number));
        // The same plant twice: one is changed, the other shows what would have been otherwise.
        EmulatedPlant[] plants = [.. Enumerable.Range(0, 2).Select(_ =>
            new EmulatedPlant(new() { Seed = 100 + experiment.Number, Payload = "sparkplug-b" }, clock))];
        foreach (var plant in plants) plant.Operate(new(experiment.Speed, null, null, null));
        var (twin, work) = (new EstimateTwin(setup), new EstimationWorkspace(setup));
        Dictionary<string, double>[] Live(int seconds, bool learns)
        {
            Dictionary<string, (double Sum, int Count)>[] recent = [[], []];
            for (var second = 0; second < seconds; second++)
            {
                clock.Now += TimeSpan.FromSeconds(1);
                for (var p = 0; p < 2; p++)
                {
                    foreach (var frame in plants[p].Sample(clock.Now))
                    {
                        if (learns && p == 0) twin.Step(Readings(setup, frame), work);
                        if (second < seconds - MeanSeconds) continue;
                        foreach (var m in frame.Measurements)
                        {
                            var (sum, n) = recent[p].GetValueOrDefault(m.Sensor.Id);
                            recent[p][m.Sensor.Id] = (sum + m.Value, n + 1);
                        }
                    }
                }
            }
            return [.. recent.Select(r => r.ToDictionary(v => v.Key, v => v.Value.Sum / v.Value.Count))];
        }

        var before = Live(LearnSeconds, learns: true)[0];
        var forecast = new ForecastTwin(setup).Run(
            twin, experiment.Changes, TimeSpan.FromSeconds(experiment.Seconds), TimeSpan.FromSeconds(MeanSeconds)).ToDictionary(f => f.Id);
        double[] zones = [.. Enumerable.Range(1, Zones).Select(z =>
            experiment.Changes.TryGetValue(SetPoint(z), out var setPoint) ? setPoint : Default(setup, z))];
        plants[0].Operate(new(experiment.Changes.TryGetValue("screw-speed", out var speed) ? speed : null, zones, null, null));
        var after = Live(experiment.Seconds, learns: false);
        foreach (var (signal, _, _, _) in Goals)
        {
            var sensor = setup.Settings.Sensors.Single(s => s.Signal == signal);
            yield return new(experiment, signal, before[signal], after[0][signal], after[1][signal], forecast[signal], sensor.Deviation);
        }
    }

    static string SetPoint(int zone) => $"zone-{zone}-set-point";

    static double Default(EstimationSetup setup, int zone) => setup.Model.Physics!.Inputs.Single(i => i.Id == SetPoint(zone)).Default;

    internal static Reading[] Readings(EstimationSetup setup, Plant.Sensors.Frame frame) =>
    [
        .. frame.Measurements.Select(m => (Measured: m, Sensor: setup.Model.Sensor(m.Sensor.Id))).Where(m => m.Sensor is not null)
            .Select(m => new Reading(m.Sensor!.Number, m.Measured.SampledAtMicros, m.Measured.Value)),
    ];

    internal sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
