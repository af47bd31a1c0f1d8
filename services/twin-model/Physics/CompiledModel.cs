using TwinModel.Physics.Equations;
using TwinModel.Units;

namespace TwinModel.Physics;

/// <summary>
/// A model ready to run with a given number of cells: equations, nominal values and the location of signals. Immutable; shared between
/// threads.
/// </summary>
public sealed class CompiledModel
{
    readonly double[] cold;
    readonly double[] guess;

    /// <param name="model">What to compile.</param>
    /// <param name="cells">Number of cells; null: the model's own.</param>
    /// <param name="withEnergy">Adds the integral of the power across the system boundary as a state.</param>
    /// <exception cref="ArgumentException">Components do not fit together; names them.</exception>
    public CompiledModel(PhysicsModel model, int? cells = null, bool withEnergy = false)
    {
        Model = model;
        var build = new BuildModel(model, cells ?? model.Axis.Cells);
        foreach (var signal in model.Signals.Where(s => s.Output != s.From)) build.AddPart(signal);
        Axis = build.Equations.Axis;
        Equations = new(build.Equations, withEnergy);
        Parameters = [.. build.ParameterValues];
        Inputs = [.. model.Inputs.Select(i => i.Unit.ConvertTo(Unit.OfCalculation(i.Unit.Quantity), i.Default))];
        (cold, guess) = (build.Start(Equations, guess: false), build.Start(Equations, guess: true));
        Signals = [.. model.Signals.Select(s => new SignalPlace(s, OutputNumber(s.Output), Unit.OfCalculation(s.Unit.Quantity)))];
        EnergyState = Equations.Find("energy.in");
    }

    /// <summary>The model that was compiled.</summary>
    public PhysicsModel Model { get; }

    /// <summary>The axis with the number of cells used.</summary>
    public Axis Axis { get; }

    /// <summary>The equations.</summary>
    public CompiledEquations Equations { get; }

    /// <summary>Nominal parameters, in the order of <see cref="CompiledEquations.Parameters"/> and in units of calculation.</summary>
    public IReadOnlyList<double> Parameters { get; }

    /// <summary>Defaults of the inputs in units of calculation.</summary>
    public IReadOnlyList<double> Inputs { get; }

    /// <summary>The model's signals, in its order.</summary>
    public IReadOnlyList<SignalPlace> Signals { get; }

    /// <summary>Number of the state that integrates power; -1 when there is none.</summary>
    public int EnergyState { get; }

    /// <summary>The state of a machine that has been off for a long time.</summary>
    public double[] ColdState() => [.. cold];

    /// <summary>A state near operation, as initial guess for a steady state.</summary>
    public double[] GuessState() => [.. guess];

    /// <summary>A run for one thread, with nominal parameters and default inputs.</summary>
    public EquationRun NewRun()
    {
        var run = new EquationRun(Equations);
        run.SetParameters([.. Parameters]);
        run.SetInputs([.. Inputs]);
        return run;
    }

    /// <summary>Number of an output <c>component.output</c>.</summary>
    /// <exception cref="ArgumentException">There is no such output; lists the existing ones.</exception>
    public int OutputNumber(string name)
    {
        for (var i = 0; i < Equations.Outputs.Count; i++)
        {
            if (Equations.Outputs[i].Name == name) return i;
        }
        throw new ArgumentException(
            $"There is no output '{name}'; there are: {string.Join(", ", Equations.Outputs.Select(o => o.Name))}.", nameof(name));
    }
}

/// <summary>A signal and the output it is read from.</summary>
/// <param name="Signal">The signal.</param>
/// <param name="Output">Number of the output.</param>
/// <param name="UnitOfCalculation">Unit of the output.</param>
public sealed record SignalPlace(PhysicsSignal Signal, int Output, Unit UnitOfCalculation)
{
    /// <summary>Converts a value from the unit of calculation to the signal's unit.</summary>
    public double Report(double value) => UnitOfCalculation.ConvertTo(Signal.Unit, value);
}
