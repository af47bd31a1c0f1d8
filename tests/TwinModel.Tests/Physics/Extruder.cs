using TwinModel.Assets;
using TwinModel.Physics;
using TwinModel.Physics.Equations;
using TwinModel.Solvers;

namespace TwinModel.Tests.Physics;

/// <summary>The shipped extrusion line, stepped by the test.</summary>
sealed class Extruder
{
    readonly SteadySolver steady;
    readonly double[] inputs;
    readonly double[] values;

    public Extruder(int cells = 200, bool withEnergy = false, PhysicsModel? physics = null)
    {
        Model = new(physics ?? Asset.Physics!, cells, withEnergy);
        Run = Model.NewRun();
        inputs = [.. Model.Inputs];
        values = [.. Model.Parameters];
        steady = new(Model.Equations.Shape);
        State = Model.GuessState();
    }

    public static string Repository { get; } = Root();

    public static AssetModel Asset { get; } = ReadAssetModel.FromText(
        File.ReadAllText(Path.Combine(Repository, "contracts/assets/extrusion-line.asset.yaml")), "extrusion-line.asset.yaml");

    public static string Shared { get; } = Path.GetFullPath(Path.Combine(Repository, "../shared"));

    public CompiledModel Model { get; }

    public EquationRun Run { get; }

    public double[] State { get; set; }

    public SteadyStatistics Statistics { get; private set; }

    public double this[string output] => Run.Value(Model.OutputNumber(output));

    public double MeltTemperature => this["channel.exit-temperature"];

    public double KilogramsPerHour => this["channel.mass-flow"] * 3600;

    public double MegaPascal => this["die.pressure"] / 1e6;

    public double KiloWatt => this["drive.power"] / 1e3;

    public void Set(string input, double value)
    {
        inputs[Model.Equations.Inputs.ToList().IndexOf(input)] = value;
        Run.SetInputs(inputs);
    }

    public void SetParameter(string name, double factor)
    {
        values[Model.Equations.Parameters.ToList().IndexOf(name)] *= factor;
        Run.SetParameters(values);
    }

    public Extruder Settle(double perMinute)
    {
        Set("screw-speed", perMinute / 60);
        Statistics = steady.Solve(Run, State);
        return Read();
    }

    public Extruder Read()
    {
        Run.EvaluateOutputs(0, State);
        return this;
    }

    public double At(string profile, double position)
    {
        var (cell, share) = Model.Axis.Locate(position);
        var values = Run.Profile(Model.OutputNumber(profile));
        return (1 - share) * values[cell] + share * values[cell + 1];
    }

    static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Pollux.slnx"))) directory = directory.Parent;
        return directory?.FullName ?? throw new DirectoryNotFoundException("The repository root was not found above the tests.");
    }
}
