using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Physics;
using TwinModel.Physics.Equations;
using TwinModel.Solvers;
using TwinModel.Telemetry;
using TwinModel.Tests.Physics;
using TwinModel.Uncertainty;

namespace TwinModel.Tests.Estimation;

/// <summary>
/// A machine that is the twin's own model with other parameters, and the sensors of the section <c>estimation</c>: each tick one reading
/// per sensor, the mean over the tick with noise of the declared deviation.
/// </summary>
sealed class EstimatedPlant
{
    public const long Origin = 1_750_000_000_000_000;

    const int Parts = 10;

    readonly CompiledModel model;
    readonly EquationRun run;
    readonly Rodas3 solver;
    readonly double[] parameters;
    readonly double[] inputs;
    readonly double[] state;
    readonly RandomStream random;
    readonly SortedDictionary<string, double> offsets = [];
    readonly HashSet<string> silent = [];
    readonly Dictionary<string, double> stuck = [];

    public EstimatedPlant(EstimationSetup setup, ulong seed, params (string Parameter, double Factor)[] truth)
    {
        (Setup, random) = (setup, new(seed, 0));
        model = setup.Compiled;
        (run, solver) = (model.NewRun(), new(model.Equations.Shape));
        (parameters, inputs, state) = ([.. model.Parameters], [.. model.Inputs], model.GuessState());
        foreach (var (parameter, factor) in truth) Change(parameter, factor);
        new SteadySolver(model.Equations.Shape).Solve(run, state, cancellationToken: TestContext.Current.CancellationToken);
    }

    public EstimationSetup Setup { get; }

    /// <summary>Ticks made so far.</summary>
    public int Ticks { get; private set; }

    public double this[string parameter] => parameters[Number(parameter)];

    /// <summary>The shipped extrusion line on a coarser grid, which costs half: machine and estimator share it.</summary>
    public static EstimationSetup SetupOf(Func<string, string>? change = null)
    {
        var yaml = File.ReadAllText(Path.Combine(Extruder.Repository, "contracts/assets/extrusion-line.asset.yaml"))
            .Replace("  cells: 50\n", "  cells: 25\n", StringComparison.Ordinal);
        return new(ReadAssetModel.FromText(change?.Invoke(yaml) ?? yaml, "line"));
    }

    public void Change(string parameter, double factor)
    {
        parameters[Number(parameter)] *= factor;
        run.SetParameters(parameters);
        run.SetInputs(inputs);
    }

    public void Set(string input, double value)
    {
        inputs[model.Equations.Inputs.ToList().IndexOf(input)] = value;
        run.SetInputs(inputs);
    }

    /// <summary>Adds a systematic error to what a sensor shows.</summary>
    public void Offset(string signal, double by) => offsets[signal] = by;

    public void Silence(string signal) => silent.Add(signal);

    public void Freeze(string signal) => stuck[signal] = double.NaN;

    public double Value(string signal)
    {
        run.EvaluateOutputs(0, state);
        var place = model.Signals.First(s => s.Signal.Id == signal);
        return place.Report(run.Value(place.Output));
    }

    /// <summary>Runs one tick and returns its readings.</summary>
    public List<Reading> Tick()
    {
        var middle = Origin + Ticks * Setup.TickMicros + Setup.TickMicros / 2;
        var sums = new double[Setup.Settings.Sensors.Count];
        var step = Setup.Settings.Tick.TotalSeconds / Parts;
        for (var part = 0; part < Parts; part++)
        {
            // At the middle of each part: as a device samples many times within a tick.
            solver.Integrate(run, state, 0, step / 2, new(new(1e-5)) { InitialStep = step / 2 },
                cancellationToken: TestContext.Current.CancellationToken);
            run.EvaluateOutputs(0, state);
            for (var s = 0; s < sums.Length; s++) sums[s] += Place(s).Report(run.Value(Place(s).Output)) / Parts;
            solver.Integrate(run, state, 0, step / 2, new(new(1e-5)) { InitialStep = step / 2 },
                cancellationToken: TestContext.Current.CancellationToken);
        }
        List<Reading> readings = [];
        for (var s = 0; s < sums.Length; s++)
        {
            var sensor = Setup.Settings.Sensors[s];
            var noise = sensor.Deviation * random.NextNormal();
            if (silent.Contains(sensor.Signal)) continue;
            var value = sums[s] + noise + offsets.GetValueOrDefault(sensor.Signal);
            if (stuck.TryGetValue(sensor.Signal, out var same))
            {
                if (double.IsNaN(same)) stuck[sensor.Signal] = value;
                value = stuck[sensor.Signal];
            }
            var measuring = Setup.Model.Sensor(Place(s).Signal.Sensor!.Value)!;
            readings.Add(new(measuring.Number, middle, Place(s).Signal.Unit.ConvertTo(measuring.Unit, value)));
        }
        foreach (var input in model.Model.Inputs.Where(i => i.Sensor is not null))
        {
            var value = inputs[model.Equations.Inputs.ToList().IndexOf(input.Id)];
            readings.Add(new(input.Sensor!.Value, middle,
                Units.Unit.OfCalculation(input.Unit.Quantity).ConvertTo(Setup.Model.Sensor(input.Sensor.Value)!.Unit, value)));
        }
        Ticks++;
        return readings;
    }

    SignalPlace Place(int sensor) => model.Signals.First(s => s.Signal.Id == Setup.Settings.Sensors[sensor].Signal);

    int Number(string parameter) => model.Equations.Parameters.ToList().IndexOf(parameter);
}
