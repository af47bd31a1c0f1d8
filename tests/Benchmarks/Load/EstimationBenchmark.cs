using System.Diagnostics;
using System.Globalization;
using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Physics;
using TwinModel.Physics.Equations;
using TwinModel.Solvers;
using TwinModel.Telemetry;
using TwinModel.Uncertainty;
using TwinModel.Units;

namespace Benchmarks.Load;

/// <summary>Cost of keeping the extrusion line's physics in step with its sensors, and accuracy of the march within a tick.</summary>
static class EstimationBenchmark
{
    const int Ticks = 360;
    const int Warm = 40;
    const double GoalTwinsPerCore = 200;
    const long Origin = 1_750_000_000_000_000;

    public static Task Run(string repository, CancellationToken cancel)
    {
        var yaml = File.ReadAllText(Path.Combine(repository, "contracts/assets/extrusion-line.asset.yaml"));
        var setup = new EstimationSetup(ReadAssetModel.FromText(yaml, "extrusion-line"));
        Report.Title($"Estimation: {Environment.ProcessorCount} cores, .NET {Environment.Version}, one thread, "
            + $"{Ticks} ticks with a step of speed; "
            + "processor time, so that other load counts little");
        Cost(setup, cancel);
        Accuracy(setup);
        return Task.CompletedTask;
    }

    static void Cost(EstimationSetup setup, CancellationToken cancel)
    {
        var work = new EstimationWorkspace(setup);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var twin = new EstimateTwin(setup);
        var (ticks, views) = (TimeSpan.Zero, TimeSpan.Zero);
        var random = new RandomStream(1, 0);
        for (var t = 0; t < Ticks + Warm; t++)
        {
            cancel.ThrowIfCancellationRequested();
            // A step of speed in the middle.
            var readings = Readings(setup, t, t < Warm + Ticks / 2 ? 80 : 92, random);
            var start = Environment.CpuUsage.TotalTime;
            twin.Step(readings, work);
            var stepped = Environment.CpuUsage.TotalTime;
            var estimate = twin.Estimate(work);
            // The first ticks compile code and start the ensemble.
            if (t < Warm) continue;
            (ticks, views) = (ticks + stepped - start, views + Environment.CpuUsage.TotalTime - stepped);
            GC.KeepAlive(estimate);
        }
        var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(twin);
        var (tick, view) = (ticks.TotalMilliseconds / Ticks, views.TotalMilliseconds / Ticks);
        var tickSeconds = setup.Settings.Tick.TotalSeconds;
        Report.Goal($"one tick: {setup.Settings.Ensemble} members, {setup.Settings.Cells} cells, {setup.Settings.Sensors.Count} sensors",
            tick, "ms", tickSeconds * 1e3 / GoalTwinsPerCore, false);
        Report.Figure("  view of all signals, profiles and parameters with deviations", view, "ms", "N2");
        Report.Goal("extruder twins per core, with a view every tick", tickSeconds * 1e3 / (tick + view), "twins", GoalTwinsPerCore, true,
            "N0");
        Report.Figure("memory of a twin: estimator, checkpoints and their readings", memory / 1e3, "kB");
        Report.Figure("  checkpoint", twin.Checkpoint!.State.Length / 1e3, "kB");
        Report.Figure(
            "solver steps per member and tick", (double)work.Statistics.Steps / setup.Settings.Ensemble / (Ticks + Warm - 2), "", "N2");
    }

    static Reading[] Readings(EstimationSetup setup, int tick, double speed, RandomStream random)
    {
        var nominal = new Dictionary<string, double>
        {
            ["melt-temperature"] = 238,
            ["melt-pressure"] = 82,
            ["melt-flow"] = 51 * speed / 80,
            ["motor-power"] = 9.8 * speed / 80,
            ["heater-power"] = 3.3,
            ["zone-1-temperature"] = 160,
            ["zone-2-temperature"] = 180,
            ["zone-3-temperature"] = 190,
            ["zone-4-temperature"] = 200,
            ["zone-5-temperature"] = 200,
            ["screw-speed"] = speed,
        };
        var seconds = (int)setup.Settings.Tick.TotalSeconds;
        List<Reading> readings = [];
        foreach (var (id, value) in nominal)
        {
            var sensor = setup.Model.Sensor(id)!;
            for (var s = 0; s < seconds; s++)
                readings.Add(new(
                    sensor.Number, Origin + (tick * seconds + s) * Micros.PerSecond, value + sensor.Noise * random.NextNormal()));
        }
        for (var zone = 1; zone <= 5; zone++)
            readings.Add(new(setup.Model.Sensor($"zone-{zone}-set-point")!.Number, Origin + tick * seconds * Micros.PerSecond,
                nominal[$"zone-{zone}-temperature"]));
        return [.. readings];
    }

    // What a sensor shows on average in the tick in which the screw speed steps, by ways of marching: in declared deviations.
    static void Accuracy(EstimationSetup setup)
    {
        Report.Title("One member through the tick after a step of 80 to 92 per minute: error of the predicted tick means, RODAS3");
        var model = setup.Compiled;
        var (run, solver) = (model.NewRun(), new Rodas3(model.Equations.Shape));
        var start = model.GuessState();
        new SteadySolver(model.Equations.Shape).Solve(run, start);
        double[] inputs = [.. model.Inputs];
        inputs[model.Equations.Inputs.ToList().IndexOf("screw-speed")] = 92 / 60.0;
        run.SetInputs(inputs);
        var tick = setup.Settings.Tick.TotalSeconds;
        var exact = Means(setup, run, solver, start, new(new(1e-8)) { LargestStep = tick / 2000 }, out _);
        foreach (var (tolerance, parts) in new[] { (1e-2, 1), (1e-3, 1), (1e-3, 2), (1e-3, 4), (1e-4, 1), (1e-4, 2), (1e-4, 4), (1e-5, 1) })
        {
            var settings = new OdeSettings(new(tolerance)) { InitialStep = tick / parts, LargestStep = tick / parts };
            var means = Means(setup, run, solver, start, settings, out var steps);
            var errors = means.Zip(exact, setup.Settings.Sensors).Select(e => Math.Abs(e.First - e.Second) / e.Third.Deviation).ToList();
            var worst = setup.Settings.Sensors[errors.IndexOf(errors.Max())].Signal;
            var best = double.PositiveInfinity;
            for (var i = 0; i < 200; i++)
            {
                var from = Stopwatch.GetTimestamp();
                Means(setup, run, solver, start, settings, out _);
                best = Math.Min(best, Stopwatch.GetElapsedTime(from).TotalMicroseconds);
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"tolerance {tolerance:0e+0}, at least {parts} steps: {steps} steps, {best,6:N0} us, largest error {errors.Max(),6:N3} "
                    + $"deviations ({worst})"));
        }
    }

    static double[] Means(EstimationSetup setup, EquationRun run, Rodas3 solver, double[] start, OdeSettings settings, out int steps)
    {
        SignalPlace[] places = [.. setup.Settings.Sensors.Select(s => setup.Compiled.Signals.First(p => p.Signal.Id == s.Signal))];
        double[] state = [.. start];
        var (before, sums, time) = (new double[places.Length], new double[places.Length], 0.0);
        run.EvaluateOutputs(0, state);
        for (var i = 0; i < places.Length; i++) before[i] = places[i].Report(run.Value(places[i].Output));
        var tick = setup.Settings.Tick.TotalSeconds;
        steps = solver.Integrate(run, state, 0, tick, settings with
        {
            OnStep = (at, reached) =>
            {
                run.EvaluateOutputs(at, reached);
                for (var i = 0; i < places.Length; i++)
                {
                    var value = places[i].Report(run.Value(places[i].Output));
                    sums[i] += (at - time) * 0.5 * (before[i] + value);
                    before[i] = value;
                }
                time = at;
            },
        }).Steps;
        return [.. sums.Select(s => s / tick)];
    }
}
