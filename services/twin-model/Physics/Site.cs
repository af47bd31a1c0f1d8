using TwinModel.Physics.Equations;

namespace TwinModel.Physics;

/// <summary>The building context of one component: its parameters, its connections and the equations of the model.</summary>
public sealed class Site
{
    readonly ComponentSpec spec;
    readonly BuildModel model;
    readonly Dictionary<string, Node> parameters = [];

    internal Site(ComponentSpec spec, ComponentType type, BuildModel model)
    {
        (this.spec, this.model) = (spec, model);
        foreach (var parameter in type.Parameters.Where(p => !p.IsLayout)) parameters[parameter.Name] = model.AddParameter(spec, parameter);
    }

    /// <summary>The component's id.</summary>
    public string Id => spec.Id;

    /// <summary>The equations of the model.</summary>
    public EquationSystem Equations => model.Equations;

    /// <summary>Creates expressions.</summary>
    public Graph Graph => model.Equations.Graph;

    /// <summary>The model's axis.</summary>
    public Axis Axis => model.Equations.Axis;

    /// <summary>A parameter as an expression, in the unit of calculation.</summary>
    public Node this[string parameter] => parameters[parameter];

    /// <summary>A layout parameter, in the unit of calculation.</summary>
    public double Layout(string parameter) => model.ValueOf(spec, parameter);

    /// <summary>What a required port is connected to.</summary>
    public T Port<T>(string port) => OptionalPort<T>(port) ?? throw new InvalidOperationException($"Port '{port}' of '{Id}' is open.");

    /// <summary>What a port is connected to; null when it is open.</summary>
    public T? OptionalPort<T>(string port) =>
        spec.Connections.TryGetValue(port, out var target) ? (T)model.Resolve(target, typeof(T)) : default;

    /// <summary>A new field state <c>id.name</c>.</summary>
    /// <param name="name">kebab-case.</param>
    /// <param name="typical">Typical size.</param>
    /// <param name="cold">Value by position before the machine is switched on.</param>
    /// <param name="guess">Value by position near operation, as initial guess for a steady state.</param>
    public Node FieldState(string name, double typical, Func<double, double> cold, Func<double, double> guess)
    {
        model.AddStart(isField: true, cold, guess);
        return Equations.FieldState($"{Id}.{name}", typical);
    }

    /// <summary>A new scalar state <c>id.name</c>.</summary>
    public Node ScalarState(string name, double typical, double cold, double guess)
    {
        model.AddStart(isField: false, _ => cold, _ => guess);
        return Equations.ScalarState($"{Id}.{name}", typical);
    }

    /// <summary>Makes <c>id.name</c> readable, and usable by others as a signal.</summary>
    public void Output(string name, string unit, Node value)
    {
        model.Signals[$"{Id}.{name}"] = value;
        Equations.AddOutput($"{Id}.{name}", unit, value);
    }

    /// <summary>All components of a kind, e.g. all heaters.</summary>
    public IEnumerable<T> All<T>() => model.Components.OfType<T>();

    /// <summary>The default value of the input connected to a port, in the unit of calculation; 0 when the port is not connected to an
    /// input.</summary>
    public double DefaultOf(string port) => spec.Connections.TryGetValue(port, out var target) ? model.DefaultOf(target) : 0;

    /// <summary>The cells whose centre lies in [start, end), m.</summary>
    public (int First, int End) Cells(double start, double end)
    {
        var inside = Enumerable.Range(0, Axis.Cells).Where(i => Axis.Centre(i) >= start && Axis.Centre(i) < end).ToList();
        return inside.Count == 0 ? (0, 0) : (inside[0], inside[^1] + 1);
    }
}
