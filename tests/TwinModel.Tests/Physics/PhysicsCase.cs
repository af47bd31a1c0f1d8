using TwinModel.Assets;
using TwinModel.Physics;
using TwinModel.Physics.Equations;
using TwinModel.Solvers;

namespace TwinModel.Tests.Physics;

/// <summary>A small model given as the text of a <c>physics</c> section, read like every asset model.</summary>
sealed class PhysicsCase
{
    const string Asset = """
        schema: pollux/asset-model/1
        id: case
        name: Case
        version: 1
        components:
          - { id: thing, kind: thing, name: Thing }
        sensors:
          - { id: temperature, number: 1, component: thing, quantity: temperature, unit: degC, physical: [-50, 500], plausible: [0, 320], interval: 1s }
        connections:
          - { topic: "pollux/{asset}/senml", payload: senml }
        physics:

        """;

    readonly double[] inputs;

    public PhysicsCase(string physics, int? cells = null, bool withEnergy = false)
    {
        Model = new(Read(physics).Physics!, cells, withEnergy);
        Run = Model.NewRun();
        inputs = [.. Model.Inputs];
        State = Model.ColdState();
    }

    public CompiledModel Model { get; }

    public EquationRun Run { get; }

    public double[] State { get; }

    /// <summary>Net power across the system boundary over total power in, after <see cref="Settle"/> or <see cref="Read()"/>.</summary>
    public double Imbalance => Math.Abs(Run.NetFlow / Run.GrossFlow);

    public double this[string output] => Run.Value(Model.OutputNumber(output));

    public static string Yaml(string physics) => Asset + string.Concat(physics.Split('\n').Select(line => $"  {line}\n"));

    public static AssetModel Read(string physics) => ReadAssetModel.FromText(Yaml(physics), "case.asset.yaml");

    public double[] Profile(string output) => Run.Profile(Model.OutputNumber(output)).ToArray();

    public PhysicsCase Set(string input, double value)
    {
        inputs[Model.Equations.Inputs.ToList().IndexOf(input)] = value;
        Run.SetInputs(inputs);
        return this;
    }

    public PhysicsCase SetState(string name, Func<double, double> byPosition)
    {
        var first = Model.Equations.Find(name);
        if (first >= Model.Equations.Shape.Banded) State[first] = byPosition(0);
        else for (var i = 0; i < Model.Axis.Cells; i++) State[first + i * Model.Equations.Stride] = byPosition(Model.Axis.Centre(i));
        return Read();
    }

    public PhysicsCase Settle()
    {
        new SteadySolver(Model.Equations.Shape).Solve(Run, State);
        return Read();
    }

    public PhysicsCase RunTo(double end, double tolerance = 1e-9, double start = 0)
    {
        new Rodas3(Model.Equations.Shape)
            .Integrate(Run, State, start, end, new(new(tolerance)), cancellationToken: TestContext.Current.CancellationToken);
        return Read();
    }

    public PhysicsCase Read()
    {
        Run.EvaluateOutputs(0, State);
        return this;
    }

    /// <summary>
    /// Error of the energy balance over a transient: energy across the boundary minus change of stored energy, over input.
    /// </summary>
    public double Closure(double end, double tolerance)
    {
        var before = Read().Run.StoredEnergy;
        State[Model.EnergyState] = 0;
        var throughput = Run.GrossFlow * end;
        RunTo(end, tolerance);
        return Math.Abs(Run.StoredEnergy - before - State[Model.EnergyState]) / Math.Max(throughput, Run.GrossFlow * end);
    }
}
