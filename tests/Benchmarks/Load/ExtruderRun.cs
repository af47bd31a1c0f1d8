using TwinModel.Assets;
using TwinModel.Physics;
using TwinModel.Physics.Equations;
using TwinModel.Solvers;
using TwinModel.Uncertainty;

namespace Benchmarks.Load;

/// <summary>The shipped extrusion line with its solvers, for use by one thread.</summary>
sealed class ExtruderRun
{
    readonly SteadySolver steady;
    readonly IOdeSolver solver;
    readonly double[] inputs;
    readonly int speed;
    readonly int melt;

    public ExtruderRun(string repository, int cells, string solver = "RODAS3")
        : this(new CompiledModel(
            ReadAssetModel.FromText(
                File.ReadAllText(Path.Combine(repository, "contracts/assets/extrusion-line.asset.yaml")), "extrusion-line").Physics!,
                    cells), solver)
    {
    }

    public ExtruderRun(CompiledModel model, string solver = "RODAS3")
    {
        Model = model;
        Run = model.NewRun();
        inputs = [.. model.Inputs];
        speed = model.Equations.Inputs.ToList().IndexOf("screw-speed");
        melt = model.OutputNumber("channel.exit-temperature");
        steady = new(model.Equations.Shape);
        this.solver = solver == "RODAS3" ? new Rodas3(model.Equations.Shape) : new TrBdf2(model.Equations.Shape);
        State = model.GuessState();
    }

    public CompiledModel Model { get; }

    public EquationRun Run { get; }

    public double[] State { get; }

    public OdeStatistics Last { get; private set; }

    public double MeltTemperature
    {
        get
        {
            Run.EvaluateOutputs(0, State);
            return Run.Value(melt);
        }
    }

    public void Speed(double perMinute)
    {
        inputs[speed] = perMinute / 60;
        Run.SetInputs(inputs);
    }

    public SteadyStatistics Settle(double perMinute)
    {
        Speed(perMinute);
        return steady.Solve(Run, State);
    }

    public OdeStatistics Step(double[] start, double horizon, double tolerance)
    {
        start.CopyTo(State.AsSpan());
        return Last = solver.Integrate(Run, State, 0, horizon, new(new(tolerance)));
    }

    /// <summary>Barrel temperatures 600 s after the step from 80 to 91.8 r/min.</summary>
    public double[] Barrel600(double tolerance)
    {
        Settle(80);
        Speed(91.832332);
        solver.Integrate(Run, State, 0, 600, new(new(tolerance)));
        Run.EvaluateOutputs(0, State);
        return Run.Profile(Model.OutputNumber("barrel.temperature")).ToArray();
    }

    public OdeStatistics ThreeWeeks(double[] start, double tolerance)
    {
        start.CopyTo(State.AsSpan());
        OdeStatistics total = default;
        for (var shift = 0; shift < 63; shift++)
        {
            Speed(72 + 20 * (shift * 0.618033988749895 % 1));
            total += solver.Integrate(Run, State, 28800.0 * shift, 28800.0 * (shift + 1), new(new(tolerance)));
        }
        return total;
    }

    /// <summary>Numbers and relative deviations of the uncertain parameters.</summary>
    public static (int Number, double Deviation)[] Uncertain(CompiledModel model) =>
    [
        .. model.Equations.Parameters.Select(
            (name, i) => (i,
                model.Model.Components.First(c => c.Id == name.Split('.')[0]).Parameters.GetValueOrDefault(
                    name.Split('.')[1])?.RelativeDeviation ?? 0)).Where(p => p.Item2 > 0),
    ];

    /// <summary>Parameter sets drawn by Latin hypercube sampling from lognormal priors with the nominal means.</summary>
    public static double[][] Sample(CompiledModel model, (int Number, double Deviation)[] uncertain, int members)
    {
        var uniform = LatinHypercube.Sample(1, members, uncertain.Length);
        var sets = new double[members][];
        for (var m = 0; m < members; m++)
        {
            sets[m] = [.. model.Parameters];
            for (var p = 0; p < uncertain.Length; p++)
            {
                var variance = Math.Log(1 + uncertain[p].Deviation * uncertain[p].Deviation);
                sets[m][uncertain[p].Number] *= Math.Exp(Math.Sqrt(variance) * Normal.Quantile(uniform[m][p]) - variance / 2);
            }
        }
        return sets;
    }
}
