namespace TwinModel.Physics.Equations;

/// <summary>An output of a model: a number or a profile along the axis.</summary>
/// <param name="Name"><c>component.output</c>.</param>
/// <param name="Unit">Symbol of its unit.</param>
/// <param name="Value">The expression that computes it.</param>
public sealed record Output(string Name, string Unit, Node Value);

/// <summary>A state with its rate of change.</summary>
/// <param name="Name"><c>component.state</c>.</param>
/// <param name="Value">The state as an expression.</param>
/// <param name="Typical">Typical size, which scales tolerances.</param>
sealed record State(string Name, Node Value, double Typical)
{
    public Node? Rate { get; set; }
}

/// <summary>
/// The equations of a model while its components write them: states and their rates, auxiliaries, outputs, and the energy that crosses the
/// system boundary. SI units, temperatures in °C (only temperature differences occur).
/// </summary>
public sealed class EquationSystem(Axis axis)
{
    readonly List<Node?> definitions = [];

    /// <summary>Creates expressions.</summary>
    public Graph Graph { get; } = new(axis);

    /// <summary>The axis of all fields.</summary>
    public Axis Axis => axis;

    internal List<string> Parameters { get; } = [];

    internal List<string> Inputs { get; } = [];

    internal List<State> Fields { get; } = [];

    internal List<State> Scalars { get; } = [];

    internal List<string> Auxiliaries { get; } = [];

    internal IReadOnlyList<Node> Definitions =>
        [.. definitions.Select((d, i) => d ?? throw new InvalidOperationException($"The auxiliary '{Auxiliaries[i]}' is not defined."))];

    internal List<Output> Outputs { get; } = [];

    internal List<(string Name, Node Power)> Flows { get; } = [];

    internal List<Node> Storages { get; } = [];

    /// <summary>A number that is constant during a run.</summary>
    public Node Parameter(string name)
    {
        Parameters.Add(name);
        return Graph.Leaf(Op.Parameter, Parameters.Count - 1, isField: false);
    }

    /// <summary>A number that varies over time, set by operators or the environment.</summary>
    public Node Input(string name)
    {
        Inputs.Add(name);
        return Graph.Leaf(Op.Input, Inputs.Count - 1, isField: false);
    }

    /// <summary>A state with one number per cell. Its rate is set with <see cref="SetRate"/>.</summary>
    public Node FieldState(string name, double typical)
    {
        Fields.Add(new(name, Graph.Leaf(Op.State, Fields.Count, isField: true), typical));
        return Fields[^1].Value;
    }

    /// <summary>A scalar state. Its rate is set with <see cref="SetRate"/>.</summary>
    public Node ScalarState(string name, double typical)
    {
        // Fields and scalars are numbered separately; negative indices keep their expressions distinct.
        Scalars.Add(new(name, Graph.Leaf(Op.State, -1 - Scalars.Count, isField: false), typical));
        return Scalars[^1].Value;
    }

    /// <summary>Sets the rate of change of a state, per second.</summary>
    public void SetRate(Node state, Node rate) =>
        (Fields.Find(s => s.Value == state) ?? Scalars.Find(s => s.Value == state)
            ?? throw new ArgumentException("This is not a state.", nameof(state))).Rate = rate;

    /// <summary>A value that whole fields depend on, to be defined later with <see cref="Define"/>.</summary>
    public Node Auxiliary(string name)
    {
        Auxiliaries.Add(name);
        definitions.Add(null);
        return Graph.Leaf(Op.Auxiliary, Auxiliaries.Count - 1, isField: false);
    }

    /// <summary>Defines an auxiliary, which must not depend on itself.</summary>
    public void Define(Node auxiliary, Node definition) => definitions[auxiliary.Index] = definition;

    /// <summary>A value that outputs, limits and sensors refer to.</summary>
    public void AddOutput(string name, string unit, Node value) => Outputs.Add(new(name, unit, value));

    /// <summary>Power that enters across the system boundary, W; negative when it leaves.</summary>
    public void AddEnergyFlow(string name, Node power) => Flows.Add((name, power));

    /// <summary>Energy stored in a component, J, up to a constant.</summary>
    public void AddStoredEnergy(Node energy) => Storages.Add(energy);
}
