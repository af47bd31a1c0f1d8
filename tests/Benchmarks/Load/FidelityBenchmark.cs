using System.Diagnostics;
using System.Globalization;
using Contracts.Calibrations;
using MathNet.Numerics.Statistics;
using Plant;
using Plant.Operations;
using TwinModel.Assets;
using TwinModel.Calibration;
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
    const int Zones = 5;

    // The kinds of interventions are as frequent as each other in every multiple of this.
    const int Experiments = 24;
    const int Kinds = 6;

    // How long the twin has readings with a new batch before the forecast.
    const int BatchSeconds = 900;
    const int HistoryHours = 12;
    const int OrderSeconds = 2_400;

    static readonly (string Signal, string Unit, double Level, double Change)[] Goals =
    [
        ("melt-temperature", "K", 1, 0.6), ("melt-pressure", "bar", 2, 2), ("melt-flow", "%", 1, 1), ("motor-power", "%", 2, 2),
    ];

    sealed record Outcome(
        Experiment Experiment, string Signal, double Before, double After, double Otherwise, SignalForecast Forecast)
    {
        public double LevelError => Forecast.Changed.Average() - After;

        public double ChangeError => ForecastChange - (After - Otherwise);

        // What the plant does of its own accord, which no forecast can know.
        public double Alone => Otherwise - Before;

        public double ChangeWithDrift => ForecastChange - (After - Before);

        double[] ForecastChanges => [.. Forecast.Changed.Zip(Forecast.Unchanged, (c, u) => c - u)];

        double ForecastChange => ForecastChanges.Average();

        public double HalfBand => (Forecast.Band().High - Forecast.Band().Low) / 2;

        public bool IsCovered => Forecast.Band() is var (low, high) && After >= low && After <= high;

        public bool IsChangeCovered =>
            Forecast.ChangeBand() is var (low, high) && After - Otherwise >= low && After - Otherwise <= high;
    }

    /// <param name="Number">Number of the plant, from which its seed and its clock follow.</param>
    /// <param name="Kind">What is done.</param>
    /// <param name="Speed">Screw speed before it.</param>
    /// <param name="Changes">New values of inputs that sensors record.</param>
    /// <param name="HallKelvin">By how much the hall, and the granulate in it, becomes warmer.</param>
    /// <param name="BatchGrade">Grade of the batch that comes some time before the forecast; null: none.</param>
    /// <param name="Seconds">When the plant is looked at.</param>
    sealed record Experiment(
        int Number, string Kind, double Speed, Dictionary<string, double> Changes, double HallKelvin, double? BatchGrade, int Seconds);

    /// <param name="repository">Where the asset models are.</param>
    /// <param name="args">Number of plants, and number of the first: others are others.</param>
    /// <param name="cancel">Ends the run.</param>
    public static Task Run(string repository, IReadOnlyList<string> args, CancellationToken cancel)
    {
        if (args is ["tclab" or "skab"])
        {
            Measured(args[0]);
            return Task.CompletedTask;
        }
        var (setup, plants) = (SetupOf(repository), Plants(args));
        Report.Title(
            $"fidelity: {plants.Length} interventions on the emulated plant, each forecast after {LearnSeconds / 60} min of readings");
        var outcomes = new Outcome[plants.Length][];
        Parallel.For(0, plants.Length, new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel }, i =>
            outcomes[i] = [.. Perform(setup, Plan(setup, plants[i])).Select(o => o.Outcome)]);
        List(outcomes.SelectMany(o => o));
        Show([.. outcomes.SelectMany(o => o)]);
        Measured("tclab");
        Measured("skab");
        return Task.CompletedTask;

        void Measured(string name)
        {
            if (name == "tclab") TclabFidelity.Print(repository, cancel);
            else SkabFidelity.Print(repository, cancel);
        }
    }

    static int[] Plants(IReadOnlyList<string> args) => [.. Enumerable.Range(Number(args, 1, 0), Number(args, 0, Experiments))];

    static int Number(IReadOnlyList<string> args, int place, int otherwise) =>
        args.Count > place ? int.Parse(args[place], CultureInfo.InvariantCulture) : otherwise;

    static void List(IEnumerable<Outcome> outcomes)
    {
        foreach (var outcome in outcomes)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outcome.Experiment.Number,3} {outcome.Experiment.Kind,-14} "
                + $"{outcome.Experiment.Seconds / 60,2} min {outcome.Signal,-16} before {outcome.Before,8:0.00} after "
                + $"{outcome.After,8:0.00}: level {outcome.LevelError,6:+0.00;-0.00} of ±{outcome.HalfBand:0.00}, "
                + $"alone {outcome.Alone,6:+0.00;-0.00}, change {outcome.ChangeError,6:+0.00;-0.00} "
                + $"({outcome.ChangeWithDrift,6:+0.00;-0.00} with drift)"
                + $"{(outcome.IsCovered ? "" : " outside")}"));
    }

    /// <summary>
    /// The same experiment with machines that were calibrated first, from hours in which operators changed speed and zones: what the
    /// calibrations say of themselves, and the forecasts with and without them.
    /// </summary>
    /// <param name="repository">Where the asset models are.</param>
    /// <param name="args">Number of plants, number of the first, hours of history.</param>
    /// <param name="cancel">Ends the run.</param>
    public static Task Calibrated(string repository, IReadOnlyList<string> args, CancellationToken cancel)
    {
        var (setup, plants, hours) = (SetupOf(repository), Plants(args), Number(args, 2, HistoryHours));
        Report.Title($"calibration: {plants.Length} emulated plants, each from {hours} h in which it was changed every "
            + $"{OrderSeconds / 60} min; then as in 'fidelity'");
        var outcomes = new (bool IsCalibrated, Outcome Outcome)[plants.Length][];
        var calibrations = new (CalibrationResult Result, double Seconds)[plants.Length];
        Parallel.For(0, plants.Length, new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel }, i =>
            outcomes[i] = [.. Perform(setup, Plan(setup, plants[i]), (emulated, clock) =>
                calibrations[i] = Calibrate(setup, emulated, clock, (plants[i], hours), cancel))]);
        var results = calibrations.Select(c => c.Result).ToList();
        Report.Figure("time of a calibration, median", calibrations.Select(c => c.Seconds).Median(), "s", "N1");
        Report.Figure("identified parameters, mean", results.Average(r => r.Parameters.Count(p => p.IsIdentified)), "");
        Report.Figure("error on readings held out, before, mean", results.Average(r => r.HoldOut!.Before), "", "N2");
        Report.Figure("  after", results.Average(r => r.HoldOut!.After), "", "N2");
        Report.Figure("recommended", results.Count(r => r.IsRecommended), $"of {plants.Length}");
        foreach (var signal in results[0].Signals.Select(s => (s.SignalId, s.Unit)))
        {
            var all = results.Select(r => r.Signals.Single(s => s.SignalId == signal.SignalId)).ToList();
            Report.Figure($"{signal.SignalId}, held out, before, mean", all.Average(s => s.HoldOutBefore!.Value), signal.Unit, "N2");
            Report.Figure("  after", all.Average(s => s.HoldOutAfter!.Value), signal.Unit, "N2");
        }
        foreach (var isCalibrated in new[] { false, true })
        {
            Report.Title(isCalibrated ? "forecasts with the calibrations adopted" : "forecasts without them");
            List<Outcome> shown = [.. outcomes.SelectMany(o => o).Where(o => o.IsCalibrated == isCalibrated).Select(o => o.Outcome)];
            List(shown);
            Show(shown);
        }
        return Task.CompletedTask;
    }

    // Leaves the plants as they are after hours of orders, and what was learned of the first.
    static (CalibrationResult Result, double Seconds) Calibrate(
        EstimationSetup setup, EmulatedPlant[] plants, Clock clock, (int Number, int Hours) history, CancellationToken cancel)
    {
        var random = new RandomStream(19, (ulong)history.Number);
        double Sign() => random.NextInteger(2) == 0 ? -1 : 1;
        var readings = new WindowReadings(
            setup, Micros.From(clock.Now.AddHours(1)), Micros.From(clock.Now.AddHours(history.Hours + 1)));
        foreach (var plant in plants) plant.Operate(new(80, null, null, null));
        for (var second = 0; second < (history.Hours + 1) * 3600; second++)
        {
            clock.Now += TimeSpan.FromSeconds(1);
            if (second >= 3600 && second % OrderSeconds == 0)
            {
                var speed = 80 * (1 + Sign() * (0.02 + 0.18 * random.NextDouble()));
                double[] zones = [.. Enumerable.Range(1, Zones).Select(z =>
                    Default(setup, z) + (random.NextInteger(2) == 0 ? Sign() * (5 + 10 * random.NextDouble()) : 0))];
                foreach (var plant in plants) plant.Operate(new(speed, zones, null, null));
            }
            foreach (var plant in plants)
            {
                foreach (var frame in plant.Sample(clock.Now).Where(_ => plant == plants[0]))
                    foreach (var reading in Readings(setup, frame)) readings.Add(reading);
            }
        }
        var watch = Stopwatch.StartNew();
        return (new CalibrateModel(setup, readings, null).Run([], cancel), watch.Elapsed.TotalSeconds);
    }

    static EstimationSetup SetupOf(string repository) => new(ReadAssetModel.FromText(
        File.ReadAllText(Path.Combine(repository, "contracts/assets/extrusion-line.asset.yaml")), "extrusion-line"));

    static EstimationSetup Adopted(EstimationSetup setup, CalibrationResult result)
    {
        var view = new CalibrationView("bench", setup.Model.Id, setup.Model.Hash, new("plant", default, default, 0, []), "proposed", false,
            "bench", default, null, null, null, result, null, null);
        return new(CalibratedModels.Of(setup.Model, FoldCalibration.Parameters(view, null)));
    }

    static void Show(IReadOnlyList<Outcome> outcomes)
    {
        foreach (var (signal, unit, level, change) in Goals)
        {
            var all = outcomes.Where(o => o.Signal == signal).ToList();
            double Shown(Outcome o, double error) => unit == "%" ? 100 * error / o.After : error;
            double P90(Func<Outcome, double> error) => Report.Percentile([.. all.Select(o => Math.Abs(Shown(o, error(o))))], 0.9);
            Report.Figure($"{signal}: plant left alone, p90", P90(o => o.Alone), unit, "N2");
            Report.Figure("  bias of the level", all.Average(o => Shown(o, o.LevelError)), unit, "N2");
            Report.Goal("  error of the level, p90", P90(o => o.LevelError), unit, level, false);
            Report.Figure("  bias of the change", all.Average(o => Shown(o, o.ChangeError)), unit, "N2");
            Report.Goal("  error of the change, p90", P90(o => o.ChangeError), unit, change, false);
            Report.Figure("    with what else changed meanwhile, p90", P90(o => o.ChangeWithDrift), unit, "N2");
            Report.Figure("  in the 90 % band of the level", 100.0 * all.Count(o => o.IsCovered) / all.Count, "%");
            Report.Figure("    of the change", 100.0 * all.Count(o => o.IsChangeCovered) / all.Count, "%");
        }
    }

    /// <summary>
    /// Rate, zones, hall, a new batch, or several at once; every fourth is looked at while the plant is in transition, of each kind one in
    /// 24. The operator tells the twin of the hall, which no sensor shows, as an input of the forecast; of the batch it knows nothing but
    /// its readings since.
    /// </summary>
    static Experiment Plan(EstimationSetup setup, int number)
    {
        var random = new RandomStream(17, (ulong)number);
        double Between(double least, double most) =>
            (random.NextInteger(2) == 0 ? -1 : 1) * (least + (most - least) * random.NextDouble());
        var speed = 72 + 16 * random.NextDouble();
        string[] kinds = ["rate", "zones", "rate, zones", "hall", "batch, rate", "all at once"];
        var kind = number % Kinds;
        Dictionary<string, double> changes = [];
        if (kind is not 1 and not 3) changes["screw-speed"] = speed * (1 + Between(0.05, 0.2));
        if (kind is 1 or 2 or 5)
        {
            for (var zone = 1; zone <= Zones; zone++)
                if (random.NextInteger(2) == 0 || (zone == Zones && changes.Keys.All(c => !c.StartsWith("zone", StringComparison.Ordinal))))
                    changes[SetPoint(zone)] = Default(setup, zone) + Between(5, 20);
        }
        return new(
            number, kinds[kind], speed, changes, kind is 3 or 5 ? Between(5, 10) : 0, kind is 4 or 5 ? 1 + Between(0.01, 0.05) : null,
            (number + number / Kinds) % 4 == 3 ? TransitionSeconds : SettledSeconds);
    }

    // With a history, every forecast is made twice: without what was learned of it, and with it.
    static IEnumerable<(bool IsCalibrated, Outcome Outcome)> Perform(
        EstimationSetup setup, Experiment experiment, Func<EmulatedPlant[], Clock, (CalibrationResult Result, double)>? history = null)
    {
        var clock = new Clock(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero).AddMinutes(61 * experiment.Number));
        // The same plant twice: one is changed, the other shows what would have been otherwise.
        EmulatedPlant[] plants = [.. Enumerable.Range(0, 2).Select(_ =>
            new EmulatedPlant(new() { Seed = 100 + experiment.Number, Payload = "sparkplug-b" }, clock))];
        EstimationSetup[] setups = history is null ? [setup] : [setup, Adopted(setup, history(plants, clock).Result)];
        double[] usual = [.. Enumerable.Range(1, Zones).Select(z => Default(setup, z))];
        foreach (var plant in plants) plant.Operate(new(experiment.Speed, usual, null, null));
        var twins = setups.Select(s => (Twin: new EstimateTwin(s), Work: new EstimationWorkspace(s))).ToList();
        Dictionary<string, double>[] Live(int seconds, bool learns)
        {
            Dictionary<string, (double Sum, int Count)>[] recent = [[], []];
            for (var second = 0; second < seconds; second++)
            {
                clock.Now += TimeSpan.FromSeconds(1);
                if (learns && second == seconds - BatchSeconds && experiment.BatchGrade is { } grade)
                    foreach (var plant in plants) plant.Operate(new(null, null, null, null, BatchGrade: grade));
                for (var p = 0; p < 2; p++)
                {
                    foreach (var frame in plants[p].Sample(clock.Now))
                    {
                        if (learns && p == 0)
                            foreach (var (twin, work) in twins) twin.Step(Readings(setup, frame), work);
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
        var forecasts = setups.Select((s, i) => new ForecastTwin(s).Run(
            twins[i].Twin, experiment.Changes, TimeSpan.FromSeconds(experiment.Seconds), TimeSpan.FromSeconds(MeanSeconds),
            new Dictionary<string, double>
            {
                ["ambient-temperature"] = experiment.HallKelvin,
                ["feed-temperature"] = experiment.HallKelvin,
            }).ToDictionary(f => f.Id)).ToList();
        double[] zones = [.. Enumerable.Range(1, Zones).Select(z =>
            experiment.Changes.TryGetValue(SetPoint(z), out var setPoint) ? setPoint : Default(setup, z))];
        plants[0].Operate(new(
            experiment.Changes.TryGetValue("screw-speed", out var speed) ? speed : null, zones, null, null, experiment.HallKelvin));
        var after = Live(experiment.Seconds, learns: false);
        foreach (var (signal, _, _, _) in Goals)
        {
            for (var i = 0; i < setups.Length; i++)
            {
                yield return (i == 1, new(
                    experiment, signal, before[signal], after[0][signal], after[1][signal], forecasts[i][signal]));
            }
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
