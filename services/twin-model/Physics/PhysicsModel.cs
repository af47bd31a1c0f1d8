using TwinModel.Physics.Equations;
using TwinModel.Units;

namespace TwinModel.Physics;

/// <summary>
/// The physics of an asset as data: components of the library, their parameters and how they are connected. The section <c>physics</c> of
/// an asset model, with units checked.
/// </summary>
/// <param name="Axis">Length and number of cells.</param>
/// <param name="Inputs">What operators and nature set.</param>
/// <param name="Components">Pieces of physics.</param>
/// <param name="Signals">Results that people know by name.</param>
/// <param name="Targets">Signals that a scenario may prescribe, and the input that is solved for.</param>
/// <param name="Assumptions">What the model leaves out: said with every result.</param>
public sealed record PhysicsModel(
    Axis Axis,
    IReadOnlyList<PhysicsInput> Inputs,
    IReadOnlyList<ComponentSpec> Components,
    IReadOnlyList<PhysicsSignal> Signals,
    IReadOnlyList<PhysicsTarget> Targets,
    IReadOnlyList<string> Assumptions);

/// <summary>Something that operators or nature set over time.</summary>
/// <param name="Id">kebab-case.</param>
/// <param name="Name">For people.</param>
/// <param name="Unit">Unit of default, ranges and of scenarios.</param>
/// <param name="Default">Used when nothing is recorded.</param>
/// <param name="Range">Allowed values.</param>
/// <param name="Calibrated">Where the model was compared with the asset; outside, results say so. Null: everywhere.</param>
/// <param name="Sensor">Number of the sensor that records it; null when none does.</param>
public sealed record PhysicsInput(string Id, string Name, Unit Unit, double Default, Interval Range, Interval? Calibrated, ushort? Sensor);

/// <summary>One component of the graph.</summary>
/// <param name="Id">kebab-case.</param>
/// <param name="Type">Name of a <see cref="ComponentType"/>.</param>
/// <param name="Parameters">By name; what is missing has the type's default.</param>
/// <param name="Connections">Port to component, input or <c>component.output</c>.</param>
public sealed record ComponentSpec(
    string Id, string Type, IReadOnlyDictionary<string, ParameterValue> Parameters, IReadOnlyDictionary<string, string> Connections);

/// <summary>Value of a parameter and what is known about it.</summary>
/// <param name="Value">In <paramref name="Unit"/>.</param>
/// <param name="Unit">Unit of value and bounds.</param>
/// <param name="Source">Where the value comes from.</param>
/// <param name="RelativeDeviation">Standard deviation over value of the lognormal prior; 0: taken as exact.</param>
/// <param name="Bounds">Values a scenario or calibration may give it; null: half to double.</param>
public sealed record ParameterValue(double Value, Unit Unit, string Source, double RelativeDeviation, Interval? Bounds);

/// <summary>A result that people know by name.</summary>
/// <param name="Id">kebab-case.</param>
/// <param name="Name">For people.</param>
/// <param name="Unit">Unit in which it is reported.</param>
/// <param name="From"><c>component.output</c>.</param>
/// <param name="IsProfile">One value per cell of the axis.</param>
/// <param name="Sensor">Number of the sensor that measures it, whose limits apply to it; null when none does.</param>
public sealed record PhysicsSignal(string Id, string Name, Unit Unit, string From, bool IsProfile, ushort? Sensor);

/// <summary>A signal that a scenario may prescribe.</summary>
/// <param name="Id">kebab-case, e.g. <c>production-rate</c>.</param>
/// <param name="Signal">The signal that has to reach the wanted value.</param>
/// <param name="Input">The input that is solved for.</param>
public sealed record PhysicsTarget(string Id, string Signal, string Input);
