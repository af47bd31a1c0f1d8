using TwinModel.Physics.Equations;

namespace TwinModel.Physics;

/// <summary>A path with one volume flow, driven and held back by differences of pressure along it.</summary>
public interface IFlowPath
{
    /// <summary>Volume flow, m³/s.</summary>
    Node Flow { get; }

    /// <summary>Density of the fluid, kg/m³.</summary>
    Node Density { get; }

    /// <summary>Adds a difference of pressure, Pa, positive in the direction of the flow.</summary>
    void AddPressure(Node pressure);
}

/// <summary>
/// A pipe filled with a liquid, and the path that pumps, valves and tanks act on: <c>ρ l/A dQ/dt = Σ Δp − f (l/d) ρ/2 (Q/A) |Q/A| − ρ g
/// lift</c> (Darcy and Weisbach, with a friction factor that does not depend on the flow). What it loses warms the fluid.
/// </summary>
public sealed class Pipe : Component, IFlowPath
{
    /// <summary>Standard gravity, m/s².</summary>
    internal const double Gravity = 9.80665;

    readonly List<Node> pressures = [];

    internal static ComponentType Type { get; } = new("pipe", "A pipe full of liquid: the path of one flow.",
    [
        new("length", "length", "Length of the whole path"),
        new("diameter", "length", "Inner diameter"),
        new("friction-factor", "ratio", "Darcy's friction factor", 0.03),
        new("lift", "length", "Height from its beginning to its end; 0 in a closed loop", 0),
        new("density", "density", "Density of the fluid", 998),
        new("guess-flow", "volume-flow", "Typical flow in operation", 1e-3, IsLayout: true),
    ], [new("fluid", typeof(IHeatPort), Required: false)], () => new Pipe());

    /// <inheritdoc />
    public Node Flow { get; private set; } = null!;

    /// <inheritdoc />
    public Node Density { get; private set; } = null!;

    /// <inheritdoc />
    public override void Declare(Site site)
    {
        var typical = site.Layout("guess-flow");
        (Flow, Density) = (site.ScalarState("flow", typical, 0, typical), site["density"]);
        // Declared early, so that others can use it as a signal.
        site.Output("flow", "m3/s", Flow);
    }

    /// <inheritdoc />
    public void AddPressure(Node pressure) => pressures.Add(pressure);

    /// <inheritdoc />
    public override void Connect(Site site)
    {
        var area = Math.PI / 4 * site["diameter"] * site["diameter"];
        var loss = site["friction-factor"] * site["length"] / site["diameter"] * (0.5 * Density) / (area * area) * Flow.TimesItsSize();
        var lifted = Density * Gravity * site["lift"];
        AddPressure(-loss - lifted);
        site.Dissipate(loss * Flow);
        site.Equations.AddEnergyFlow($"{site.Id}.lift", -(lifted * Flow));
        site.Output("velocity", "m/s", Flow / area);
        site.Output("pressure-loss", "Pa", loss);
    }

    /// <inheritdoc />
    public override void Complete(Site site)
    {
        var inertance = Density * site["length"] / (Math.PI / 4 * site["diameter"] * site["diameter"]);
        site.Equations.SetRate(Flow, pressures.Aggregate((a, b) => a + b) / inertance);
        site.Equations.AddStoredEnergy(0.5 * inertance * Flow * Flow);
    }
}

/// <summary>
/// A centrifugal pump by the affinity laws, with N its speed over the rated one and Q its flow over the rated one: head <c>H = H0 N² −
/// (H0 − Hr) Q²</c>, shaft power <c>P = P0 N³ + (Pr − P0) N² Q</c>, which is that of an efficiency with one best point. What the shaft
/// gives and the flow does not take warms the fluid. The suction margin is the head above vapour pressure at the inlet that is available
/// less the one required; below 0 the pump cavitates. Vapour pressure of water: Alduchov and Eskridge, J. Appl. Meteorol. 35 (1996) 601.
/// </summary>
public sealed class Pump : Component
{
    const double Atmosphere = 101_325;

    internal static ComponentType Type { get; } = new("pump", "A centrifugal pump.",
    [
        new("rated-speed", "rotational-speed", "Speed of the curve"),
        new("shut-off-head", "length", "Head at that speed without flow"),
        new("rated-head", "length", "Head at that speed and the rated flow"),
        new("rated-flow", "volume-flow", "Rated flow"),
        new("shut-off-power", "power", "Shaft power at that speed without flow"),
        new("rated-power", "power", "Shaft power at that speed and the rated flow"),
        new("suction-head", "length", "Height of the liquid's surface above the inlet; negative when it is below", 0),
        new("required-suction-head", "length", "Head above vapour pressure (NPSH) that it needs at the rated flow", 0),
    ],
        [new("path", typeof(IFlowPath)), new("shaft", typeof(Motor)), new("fluid", typeof(IHeatPort), Required: false)],
        () => new Pump());

    /// <inheritdoc />
    public override void Connect(Site site)
    {
        var (path, shaft) = (site.Port<IFlowPath>("path"), site.Port<Motor>("shaft"));
        var speed = shaft.Speed / site["rated-speed"];
        var flow = path.Flow / site["rated-flow"];
        var head = site["shut-off-head"] * speed * speed - (site["shut-off-head"] - site["rated-head"]) * flow.TimesItsSize();
        var pressure = path.Density * Pipe.Gravity * head;
        path.AddPressure(pressure);
        // Power over speed, which exists at a standstill too.
        var turns = speed * (site["shut-off-power"] * speed + (site["rated-power"] - site["shut-off-power"]) * flow);
        shaft.AddTorque(turns / (2 * Math.PI * site["rated-speed"]));
        var (taken, given) = (pressure * path.Flow, turns * speed);
        site.Dissipate(given - taken);
        site.Output("head", "m", head);
        site.Output("pressure", "Pa", pressure);
        site.Output("hydraulic-power", "W", taken);
        site.Output("shaft-power", "W", given);
        site.Output("efficiency", "1", taken / site.Graph.Max(given, 1e-3));
        var celsius = site.OptionalPort<IHeatPort>("fluid")?.Temperature ?? site.Graph.Constant(20);
        var vapour = 610.94 * site.Graph.Exp(17.625 * celsius / (celsius + 243.04));
        site.Output("suction-margin", "m",
            (Atmosphere - vapour) / (path.Density * Pipe.Gravity) + site["suction-head"] - site["required-suction-head"] * flow * flow);
    }
}

/// <summary>
/// A valve, by its flow coefficient Kv, the flow of water in m³/h that loses 1 bar in it: <c>Δp = 1 bar (ρ / 1000 kg/m³)
/// (Q / (Kv φ(x)))²</c>
/// (IEC 60534-2-1). φ is the opening x itself, or <c>R^(x − 1)</c> with a rangeability R (equal percentage). What it loses warms the fluid.
/// </summary>
public sealed class Valve : Component
{
    // A closed valve leaks a thousandth, so that the flow has a value.
    const double Leak = 1e-3;

    internal static ComponentType Type { get; } = new("valve", "A valve that throttles a flow.",
    [
        new("flow-coefficient", "volume-flow", "Kv: flow of water at a loss of 1 bar when it is open"),
        new("rangeability", "ratio", "R of an equal percentage characteristic; 0: in proportion to the opening", 0, IsLayout: true),
    ],
        [new("path", typeof(IFlowPath)), new("opening", typeof(Signal)), new("fluid", typeof(IHeatPort), Required: false)],
        () => new Valve());

    /// <inheritdoc />
    public override void Connect(Site site)
    {
        var (path, opening, rangeability) = (site.Port<IFlowPath>("path"), site.Port<Signal>("opening").Value, site.Layout("rangeability"));
        if (rangeability is not (0 or > 1)) throw new ArgumentException($"rangeability is {rangeability}; allowed: 0, or above 1.");
        var share = rangeability == 0
            ? site.Graph.Max(opening, Leak)
            : site.Graph.Exp(Math.Log(rangeability) * (opening - 1));
        var relative = path.Flow / (site["flow-coefficient"] * share);
        var loss = 100 * path.Density * relative.TimesItsSize();
        path.AddPressure(-loss);
        site.Dissipate(loss * path.Flow);
        site.Output("pressure-loss", "Pa", loss);
    }
}

/// <summary>
/// An open tank of liquid, well mixed: <c>A dh/dt = Q_in − Q_out</c> and <c>ρ c A h dT/dt = ρ c Q_in (T_in − T) + Σ heat</c>; it presses on
/// its outflow with <c>ρ g h</c>. In a closed loop, or with nothing connected, it is a store of heat at its initial level.
/// </summary>
public sealed class Tank : Component, IHeatPort
{
    readonly List<Node> heats = [];

    internal static ComponentType Type { get; } = new("tank", "An open tank of liquid.",
    [
        new("cross-section", "area", "Horizontal cross-section"),
        new("initial-level", "length", "Level at the start; for ever, in a closed loop"),
        new("density", "density", "Density of the fluid", 998),
        new("specific-heat", "specific-heat", "Specific heat capacity of the fluid", 4182),
        new("initial-temperature", "temperature", "Temperature of a cold start", 20, IsLayout: true),
    ],
    [
        new("inflow", typeof(IFlowPath), Required: false), new("outflow", typeof(IFlowPath), Required: false),
        new("inlet-temperature", typeof(Signal), Required: false),
    ], () => new Tank());

    /// <inheritdoc />
    public Node Temperature { get; private set; } = null!;

    Node? level;

    /// <inheritdoc />
    public override void Declare(Site site)
    {
        var initial = site.Layout("initial-temperature");
        Temperature = site.ScalarState("temperature", 100, initial, initial);
        site.Output("temperature", "degC", Temperature);
        if (site.OptionalPort<IFlowPath>("inflow") == site.OptionalPort<IFlowPath>("outflow")) return;
        var height = site.Layout("initial-level");
        level = site.ScalarState("level", 1, height, height);
    }

    /// <inheritdoc />
    public void AddHeat(Node heat, string name) => heats.Add(heat.IsField ? heat.Integral() : heat);

    /// <inheritdoc />
    public override void Connect(Site site)
    {
        // A closed loop comes back to the surface that it leaves from.
        if (level is null || site.OptionalPort<IFlowPath>("outflow") is not { } outflow) return;
        var pressure = site["density"] * Pipe.Gravity * level;
        outflow.AddPressure(pressure);
        site.Equations.AddEnergyFlow($"{site.Id}.head", pressure * outflow.Flow);
    }

    /// <inheritdoc />
    public override void Complete(Site site)
    {
        var height = level ?? site["initial-level"];
        var heat = heats.Aggregate(site.Graph.Constant(0), (a, b) => a + b);
        var perVolume = site["density"] * site["specific-heat"];
        if (level is not null)
        {
            var (gained, lost) = (Flow(site, "inflow"), Flow(site, "outflow"));
            site.Equations.SetRate(level, (gained - lost) / site["cross-section"]);
            var inlet = site.OptionalPort<Signal>("inlet-temperature")?.Value ?? Temperature;
            heat += perVolume * gained * (inlet - Temperature);
            site.Equations.AddEnergyFlow($"{site.Id}.inflow", perVolume * gained * inlet);
            site.Equations.AddEnergyFlow($"{site.Id}.outflow", -(perVolume * lost * Temperature));
        }
        var capacity = perVolume * site["cross-section"] * height;
        site.Equations.SetRate(Temperature, heat / site.Graph.Max(capacity, 1));
        site.Equations.AddStoredEnergy(capacity * Temperature);
        site.Output("level", "m", height);
    }

    static Node Flow(Site site, string port) => site.OptionalPort<IFlowPath>(port)?.Flow ?? site.Graph.Constant(0);
}

static class Hydraulics
{
    /// <summary>x |x|: losses turn round with the flow.</summary>
    public static Node TimesItsSize(this Node x) => x * x.Graph.Max(x, -x);

    /// <summary>Heat into the fluid, or out of the system where the model has no fluid.</summary>
    public static void Dissipate(this Site site, Node power)
    {
        if (site.OptionalPort<IHeatPort>("fluid") is { } fluid) fluid.AddHeat(power, site.Id);
        else site.Equations.AddEnergyFlow($"{site.Id}.heat", -power);
    }
}
