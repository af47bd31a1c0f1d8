using TwinModel.Physics.Equations;
using TwinModel.Units;

namespace TwinModel.Physics;

/// <summary>
/// The physics of an asset as data: library components, their parameters and their connections. The section <c>physics</c> of an asset
/// model, with units checked.
/// </summary>
/// <param name="Axis">Length and number of cells.</param>
/// <param name="Inputs">Quantities set by operators or the environment.</param>
/// <param name="Components">The physical components.</param>
/// <param name="Signals">Named results.</param>
/// <param name="Targets">Signals that a scenario may prescribe, and the input that is solved for.</param>
/// <param name="Assumptions">What the model leaves out; stated with every result.</param>
public sealed record PhysicsModel(
    Axis Axis,
    IReadOnlyList<PhysicsInput> Inputs,
    IReadOnlyList<ComponentSpec> Components,
    IReadOnlyList<PhysicsSignal> Signals,
    IReadOnlyList<PhysicsTarget> Targets,
    IReadOnlyList<string> Assumptions)
{
    /// <summary>No physics at all.</summary>
    internal static PhysicsModel Nothing { get; } = new(Axis.None, [], [], [], [], []);

    /// <summary>The unit in which the model gives a parameter; that of calculation when it leaves the value to the component.</summary>
    /// <param name="parameter">An existing <c>component.name</c>.</param>
    internal Unit UnitOf(string parameter)
    {
        var (component, name) = (parameter.Split('.')[0], parameter.Split('.')[1]);
        var spec = Components.First(c => c.Id == component);
        return spec.Parameters.GetValueOrDefault(name)?.Unit
            ?? Unit.OfCalculation(ComponentLibrary.Find(spec.Type)!.Parameters.First(p => p.Name == name).Quantity);
    }
}

/// <summary>A quantity that varies over time, set by operators or the environment.</summary>
/// <param name="Id">kebab-case.</param>
/// <param name="Name">Display name.</param>
/// <param name="Unit">Unit of the default, the ranges and of scenarios.</param>
/// <param name="Default">Used when nothing is recorded.</param>
/// <param name="Range">Allowed values.</param>
/// <param name="Calibrated">Range in which the model was calibrated; results outside it carry a warning. Null: everywhere.</param>
/// <param name="Sensor">Number of the sensor that records it; null when none does.</param>
public sealed record PhysicsInput(string Id, string Name, Unit Unit, double Default, Interval Range, Interval? Calibrated, ushort? Sensor);

/// <summary>One component of the graph.</summary>
/// <param name="Id">kebab-case.</param>
/// <param name="Type">Name of a <see cref="ComponentType"/>.</param>
/// <param name="Parameters">Values by name; missing ones have the type's default.</param>
/// <param name="Connections">Maps ports to a component, an input or <c>component.output</c>.</param>
public sealed record ComponentSpec(
    string Id, string Type, IReadOnlyDictionary<string, ParameterValue> Parameters, IReadOnlyDictionary<string, string> Connections);

/// <summary>Value of a parameter and what is known about it.</summary>
/// <param name="Value">Value in <paramref name="Unit"/>.</param>
/// <param name="Unit">Unit of the value and its bounds.</param>
/// <param name="Source">Source of the value.</param>
/// <param name="RelativeDeviation">Relative standard deviation of the lognormal prior; 0: exact.</param>
/// <param name="Bounds">Values that a scenario or calibration may use; null: half to double the value.</param>
public sealed record ParameterValue(double Value, Unit Unit, string Source, double RelativeDeviation, Interval? Bounds)
{
    /// <summary>The parameter <c>component.name</c> that it is the same number as; null: it is one of its own.</summary>
    public string? SameAs { get; init; }
}

/// <summary>A named result.</summary>
/// <param name="Id">kebab-case.</param>
/// <param name="Name">Display name.</param>
/// <param name="Unit">Unit in which it is reported.</param>
/// <param name="From">The output, <c>component.output</c>.</param>
/// <param name="IsProfile">True: one value per cell of the axis.</param>
/// <param name="Sensor">Number of the sensor that measures it, whose limits apply to it; null when none does.</param>
public sealed record PhysicsSignal(string Id, string Name, Unit Unit, string From, bool IsProfile, ushort? Sensor)
{
    /// <summary>Position, m, at which a profile is read; null: it is not.</summary>
    public double? At { get; init; }

    /// <summary>Part of the axis, m, over which a profile per metre is added up; null: it is not.</summary>
    public Interval? Over { get; init; }

    /// <summary>The output with its number: <see cref="From"/>, or what is made of it.</summary>
    internal string Output => At is null && Over is null ? From : $"{From}:{Id}";
}

/// <summary>A signal that a scenario may prescribe.</summary>
/// <param name="Id">kebab-case, e.g. <c>production-rate</c>.</param>
/// <param name="Signal">The signal that has to reach the target value.</param>
/// <param name="Input">The input that is solved for.</param>
public sealed record PhysicsTarget(string Id, string Signal, string Input);
