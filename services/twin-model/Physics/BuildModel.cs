using TwinModel.Physics.Equations;
using TwinModel.Units;

namespace TwinModel.Physics;

/// <summary>
/// Turns the components of a model into equations: creates all, then runs declare, connect and complete, each component after those it
/// refers to.
/// </summary>
sealed class BuildModel
{
    readonly PhysicsModel model;
    readonly Dictionary<string, Component> components = [];
    readonly Dictionary<string, Node> inputs = [];
    readonly Dictionary<string, Node> parameters = [];
    readonly List<(bool IsField, Func<double, double> Cold, Func<double, double> Guess)> starts = [];

    public BuildModel(PhysicsModel model, int cells)
    {
        this.model = model;
        Equations = new(model.Axis with { Cells = cells });
        foreach (var input in model.Inputs) inputs[input.Id] = Equations.Input(input.Id);
        List<(Component Component, Site Site)> order = [];
        HashSet<string> visited = [];
        Dictionary<string, Site> sites = [];
        foreach (var spec in model.Components)
        {
            var type = ComponentLibrary.Find(spec.Type) ?? throw new ArgumentException($"There is no component type '{spec.Type}'.");
            components[spec.Id] = type.New();
            sites[spec.Id] = new Site(spec, type, this);
        }
        foreach (var spec in model.Components) Visit(spec, visited, sites, order);
        foreach (var (component, site) in order) Do(component.Declare, site);
        foreach (var (component, site) in order) Do(component.Connect, site);
        foreach (var (component, site) in order) Do(component.Complete, site);
    }

    static void Do(Action<Site> round, Site site)
    {
        try
        {
            round(site);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new InvalidComponentException(site.Id, e.Message, e);
        }
    }

    public EquationSystem Equations { get; }

    /// <summary>Nominal values, in the order of the parameters of <see cref="EquationSystem"/> and in units of calculation.</summary>
    public List<double> ParameterValues { get; } = [];

    /// <summary>Outputs by <c>component.output</c>.</summary>
    public Dictionary<string, Node> Signals { get; } = [];

    public IEnumerable<Component> Components => components.Values;

    public Node AddParameter(ComponentSpec spec, ParameterType type)
    {
        // Reading has seen to it that the other is above.
        if (spec.Parameters.GetValueOrDefault(type.Name)?.SameAs is { } other) return parameters[other];
        ParameterValues.Add(ValueOf(spec, type));
        return parameters[$"{spec.Id}.{type.Name}"] = Equations.Parameter($"{spec.Id}.{type.Name}");
    }

    public double ValueOf(ComponentSpec spec, string parameter) =>
        ValueOf(spec, ComponentLibrary.Find(spec.Type)!.Parameters.First(p => p.Name == parameter));

    static double ValueOf(ComponentSpec spec, ParameterType type) => spec.Parameters.TryGetValue(type.Name, out var given)
        ? given.Unit.ConvertTo(Unit.OfCalculation(type.Quantity), given.Value)
        : type.Default ?? throw new ArgumentException($"'{spec.Id}' lacks the parameter '{type.Name}'.");

    public double DefaultOf(string input) =>
        model.Inputs.FirstOrDefault(i => i.Id == input) is { } found
            ? found.Unit.ConvertTo(Unit.OfCalculation(found.Unit.Quantity), found.Default)
            : 0;

    public void AddStart(bool isField, Func<double, double> cold, Func<double, double> guess) => starts.Add((isField, cold, guess));

    public object Resolve(string target, Type wanted)
    {
        if (wanted == typeof(Signal))
        {
            if (inputs.TryGetValue(target, out var input)) return new Signal(input);
            if (Signals.TryGetValue(target, out var output) && !output.IsField) return new Signal(output);
            throw new ArgumentException(
                $"'{target}' is not a known signal with a single value; known: "
                    + $"{string.Join(", ", inputs.Keys.Concat(Signals.Where(s => !s.Value.IsField).Select(s => s.Key)))}.");
        }
        if (components.TryGetValue(target, out var component) && wanted.IsInstanceOfType(component)) return component;
        throw new ArgumentException($"'{target}' is not a {wanted.Name}.");
    }

    /// <summary>Adds the output of a signal that is a part of a profile.</summary>
    public void AddPart(PhysicsSignal signal)
    {
        if (!Signals.TryGetValue(signal.From, out var profile)) throw new ArgumentException($"There is no output '{signal.From}'.");
        var value = signal.At is { } at ? profile.At(at) : (profile * Equations.Graph.Field(Shares(signal.Over!.Value))).Integral();
        Equations.AddOutput(signal.Output, Unit.OfCalculation(signal.Unit.Quantity).Symbol, value);
    }

    // The part of each cell that lies within.
    double[] Shares(Interval over)
    {
        var length = Equations.Axis.CellLength;
        return [.. Enumerable.Range(0, Equations.Axis.Cells)
            .Select(i => Math.Max(0, Math.Min(over.Max, (i + 1) * length) - Math.Max(over.Min, i * length)) / length)];
    }

    /// <summary>Initial states: fields cell by cell, then scalars; the energy integral, if present, is zero.</summary>
    public double[] Start(CompiledEquations equations, bool guess)
    {
        var state = new double[equations.Shape.States];
        var fields = starts.Where(s => s.IsField).ToList();
        var scalars = starts.Where(s => !s.IsField).ToList();
        for (var i = 0; i < equations.Shape.Banded; i++)
        {
            var (_, cold, near) = fields[i % fields.Count];
            state[i] = (guess ? near : cold)(Equations.Axis.Centre(i / fields.Count));
        }
        for (var s = 0; s < scalars.Count; s++) state[equations.Shape.Banded + s] = (guess ? scalars[s].Guess : scalars[s].Cold)(0);
        return state;
    }

    void Visit(ComponentSpec spec, HashSet<string> visited, Dictionary<string, Site> sites, List<(Component, Site)> order)
    {
        if (!visited.Add(spec.Id)) return;
        foreach (var target in spec.Connections.Values)
        {
            if (model.Components.FirstOrDefault(c => c.Id == target.Split('.')[0]) is { } other) Visit(other, visited, sites, order);
        }
        order.Add((components[spec.Id], sites[spec.Id]));
    }
}
