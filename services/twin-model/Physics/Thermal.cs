using TwinModel.Physics.Equations;

namespace TwinModel.Physics;

/// <summary>Surroundings at a given temperature; heat to and from them crosses the system boundary.</summary>
public sealed class Ambient : Component, IHeatPort
{
    EquationSystem? equations;
    string id = "";

    internal static ComponentType Type { get; } = new("ambient", "Surroundings with a given temperature.", [],
        [new("temperature", typeof(Signal))], () => new Ambient());

    /// <inheritdoc />
    public Node Temperature { get; private set; } = null!;

    /// <inheritdoc />
    public override void Declare(Site site) =>
        (Temperature, equations, id) = (site.Port<Signal>("temperature").Value, site.Equations, site.Id);

    /// <inheritdoc />
    public void AddHeat(Node heat, string name) => equations!.AddEnergyFlow($"{id}.{name}", -(heat.IsField ? heat.Integral() : heat));
}

/// <summary>A lump with one temperature: <c>C dT/dt = Σ heat</c>.</summary>
public sealed class ThermalMass : Component, IHeatPort
{
    readonly List<Node> heats = [];

    internal static ComponentType Type { get; } = new("thermal-mass", "A lump with one temperature.",
    [
        new("heat-capacity", "heat-capacity", "Heat capacity of the lump"),
        new("initial-temperature", "temperature", "Temperature of a cold start", 25, IsLayout: true),
    ], [], () => new ThermalMass());

    /// <inheritdoc />
    public Node Temperature { get; private set; } = null!;

    /// <inheritdoc />
    public override void Declare(Site site)
    {
        var initial = site.Layout("initial-temperature");
        Temperature = site.ScalarState("temperature", 100, initial, initial);
        // Declared early, so that controllers can measure it.
        site.Output("temperature", "degC", Temperature);
    }

    /// <inheritdoc />
    public void AddHeat(Node heat, string name) => heats.Add(heat.IsField ? heat.Integral() : heat);

    /// <inheritdoc />
    public override void Complete(Site site)
    {
        site.Equations.SetRate(Temperature, heats.Aggregate(site.Graph.Constant(0), (a, b) => a + b) / site["heat-capacity"]);
        site.Equations.AddStoredEnergy(site["heat-capacity"] * Temperature);
    }
}

/// <summary>
/// Heating power applied to a lump, or uniformly along the axis: an uncontrolled heater, or friction in something whose viscosity falls
/// with temperature: <c>P · e^(−b (T − T_ref))</c>.
/// </summary>
public sealed class HeatSource : Component
{
    internal static ComponentType Type { get; } = new("heat-source", "A heating power, constant or decreasing with temperature.",
    [
        new("temperature-coefficient", "reciprocal-temperature", "b of the exponential law; 0: the power does not depend on temperature",
            0),
        new("reference-temperature", "temperature", "T_ref of the exponential law", 25),
    ],
        [new("power", typeof(Signal)), new("to", typeof(IHeatPort))], () => new HeatSource());

    /// <inheritdoc />
    public override void Connect(Site site)
    {
        var (power, to) = (site.Port<Signal>("power").Value, site.Port<IHeatPort>("to"));
        var heat = to.Temperature.IsField ? power / site.Axis.Length * site.Graph.Mask(0, site.Axis.Cells) : power;
        // With a coefficient of 0 the heat must not depend on the temperature at all, so that the Jacobian stays sparse.
        if (site.Layout("temperature-coefficient") != 0)
            heat *= site.Graph.Exp(-site["temperature-coefficient"] * (to.Temperature - site["reference-temperature"]));
        to.AddHeat(heat, site.Id);
        var total = heat.IsField ? heat.Integral() : heat;
        site.Equations.AddEnergyFlow(site.Id, total);
        site.Output("power", "W", total);
    }
}

/// <summary>An electric heater at a given share of its power, applied to a lump: <c>P = u P_max</c>.</summary>
public sealed class Heater : Component
{
    internal static ComponentType Type { get; } = new("heater", "An electric heater at a given share of its power.",
        [new("maximum-power", "power", "Power at full duty")],
        [new("duty", typeof(Signal)), new("to", typeof(IHeatPort))], () => new Heater());

    /// <inheritdoc />
    public override void Connect(Site site)
    {
        var power = site.Port<Signal>("duty").Value * site["maximum-power"];
        site.Port<IHeatPort>("to").AddHeat(power, site.Id);
        site.Equations.AddEnergyFlow(site.Id, power);
        site.Output("power", "W", power);
    }
}

/// <summary>Heat flow through a fixed conductance between two lumps: <c>q = G (T_from − T_to)</c>.</summary>
public sealed class Contact : Component
{
    internal static ComponentType Type { get; } = new("contact", "Heat flow through a conductance between two lumps.",
        [new("conductance", "thermal-conductance", "Conductance")],
        [new("from", typeof(IHeatPort)), new("to", typeof(IHeatPort))], () => new Contact());

    /// <inheritdoc />
    public override void Connect(Site site)
    {
        var (from, to) = Lumps.Of(site);
        var heat = site["conductance"] * (from.Temperature - to.Temperature);
        from.AddHeat(-heat, site.Id);
        to.AddHeat(heat, site.Id);
        site.Output("heat", "W", heat);
    }
}

/// <summary>
/// Laminar free convection between a lump and the air around it: <c>q = G (|ΔT| / 20 K)^(1/4) ΔT</c>, as the Nusselt number grows with the
/// fourth root of the Rayleigh number, which is in proportion to ΔT (Incropera and DeWitt, Fundamentals of Heat and Mass Transfer, 9.6).
/// Within a tenth of a kelvin the root is rounded off, where nothing is left to lose.
/// </summary>
public sealed class FreeConvection : Component
{
    /// <summary>ΔT at which G is stated, K.</summary>
    public const double Reference = 20;

    const double Rounded = 0.1;

    internal static ComponentType Type { get; } = new("free-convection", "Free convection of a lump into the air around it.",
        [new("conductance", "thermal-conductance", "Conductance at a difference of 20 K")],
        [new("from", typeof(IHeatPort)), new("to", typeof(IHeatPort))], () => new FreeConvection());

    /// <inheritdoc />
    public override void Connect(Site site)
    {
        var (from, to) = Lumps.Of(site);
        var difference = from.Temperature - to.Temperature;
        var root = site.Graph.Power(
            (difference * difference + Rounded * Rounded) / (Reference * Reference), site.Graph.Constant(0.125));
        var heat = site["conductance"] * root * difference;
        from.AddHeat(-heat, site.Id);
        to.AddHeat(heat, site.Id);
        site.Output("heat", "W", heat);
    }
}

/// <summary>
/// Thermal radiation between two lumps: <c>q = ε σ A (T_from⁴ − T_to⁴)</c>, T in K (Stefan and Boltzmann; σ exact since the SI of 2019).
/// The emissivity is that of the pair, including its view factor.
/// </summary>
public sealed class Radiation : Component
{
    /// <summary>σ, W/(m² K⁴).</summary>
    public const double StefanBoltzmann = 5.670374419e-8;

    const double Kelvin = 273.15;

    internal static ComponentType Type { get; } = new("radiation", "Thermal radiation between two lumps.",
    [
        new("emissivity", "ratio", "Emissivity of the pair, with its view factor", 0.9),
        new("area", "area", "Radiating surface"),
    ],
        [new("from", typeof(IHeatPort)), new("to", typeof(IHeatPort))], () => new Radiation());

    /// <inheritdoc />
    public override void Connect(Site site)
    {
        var (from, to) = Lumps.Of(site);
        var (hot, cold) = (Square(from.Temperature + Kelvin), Square(to.Temperature + Kelvin));
        var heat = StefanBoltzmann * site["emissivity"] * site["area"] * (Square(hot) - Square(cold));
        from.AddHeat(-heat, site.Id);
        to.AddHeat(heat, site.Id);
        site.Output("heat", "W", heat);
    }

    static Node Square(Node value) => value * value;
}

static class Lumps
{
    /// <summary>What the ports <c>from</c> and <c>to</c> are connected to.</summary>
    /// <exception cref="ArgumentException">One of them has a temperature for each position.</exception>
    public static (IHeatPort From, IHeatPort To) Of(Site site)
    {
        var (from, to) = (site.Port<IHeatPort>("from"), site.Port<IHeatPort>("to"));
        return from.Temperature.IsField || to.Temperature.IsField
            ? throw new ArgumentException("connects lumps only; along the axis use 'convection'.")
            : (from, to);
    }
}

/// <summary>
/// Heat transfer <c>q = h A (T_from − T_to)</c> between two lumps, or <c>h π d (T_from − T_to)</c> per metre when a field is involved.
/// </summary>
public sealed class Convection : Component
{
    internal static ComponentType Type { get; } = new("convection", "Heat transfer between two things.",
    [
        new("coefficient", "heat-transfer-coefficient", "Heat transfer coefficient"),
        new("area", "area", "Surface, between lumps", 0),
        new("diameter", "length", "Diameter of the surface, along the axis", 0),
    ], [new("from", typeof(IHeatPort)), new("to", typeof(IHeatPort))], () => new Convection());

    /// <inheritdoc />
    public override void Connect(Site site)
    {
        var (from, to) = (site.Port<IHeatPort>("from"), site.Port<IHeatPort>("to"));
        var isField = from.Temperature.IsField || to.Temperature.IsField;
        var size = isField ? Math.PI * site["diameter"] : site["area"];
        var heat = site["coefficient"] * size * (from.Temperature - to.Temperature);
        from.AddHeat(-heat, site.Id);
        to.AddHeat(heat, site.Id);
        site.Output("heat", isField ? "W/m" : "W", heat);
    }
}

/// <summary>
/// A fluid of constant heat capacity that flows along the axis: <c>m' c ∂T/∂t = −ṁ c ∂T/∂z + Σ heat</c>, with second-order linear upwind;
/// against the axis if the model says so.
/// </summary>
public sealed class Stream : Component, IHeatPort
{
    readonly List<Node> heats = [];

    internal static ComponentType Type { get; } = new("stream", "A fluid flowing along the axis.",
    [
        new("specific-heat", "specific-heat", "Specific heat capacity"),
        new("mass-per-length", "mass-per-length", "Mass of fluid per metre of the axis"),
        new("reverse", "ratio", "1: flows against the axis", 0, IsLayout: true),
        new("order", "ratio", "2: linear upwind, 1: first-order upwind", 2, IsLayout: true),
        new("initial-temperature", "temperature", "Temperature of a cold start", 25, IsLayout: true),
    ],
        [new("mass-flow", typeof(Signal)), new("inlet-temperature", typeof(Signal))], () => new Stream());

    /// <inheritdoc />
    public Node Temperature { get; private set; } = null!;

    /// <inheritdoc />
    public override void Declare(Site site)
    {
        var initial = site.Layout("initial-temperature");
        Temperature = site.FieldState("temperature", 100, _ => initial, _ => initial);
    }

    /// <inheritdoc />
    public void AddHeat(Node heat, string name) => heats.Add(heat);

    /// <inheritdoc />
    public override void Complete(Site site)
    {
        var reverse = site.Layout("reverse") != 0;
        var (flow, inlet) = (site.Port<Signal>("mass-flow").Value, site.Port<Signal>("inlet-temperature").Value);
        var heat = heats.Aggregate(site.Graph.Constant(0), (a, b) => a + b);
        var capacityFlow = flow * site["specific-heat"];
        var (gain, outlet) = Advection.Along(site.Graph, capacityFlow, Temperature, inlet, (int)site.Layout("order"), reverse);
        site.Equations.SetRate(Temperature, (gain / site.Axis.CellLength + heat) / (site["mass-per-length"] * site["specific-heat"]));
        site.Equations.AddStoredEnergy((site["mass-per-length"] * site["specific-heat"] * Temperature).Integral());
        site.Equations.AddEnergyFlow($"{site.Id}.inlet", capacityFlow * inlet);
        site.Equations.AddEnergyFlow($"{site.Id}.outlet", -(capacityFlow * outlet));
        site.Output("temperature", "degC", Temperature);
        site.Output("outlet-temperature", "degC", outlet);
    }
}

/// <summary>Upwind fluxes along the axis.</summary>
static class Advection
{
    /// <summary>
    /// Net inflow of each cell, and the value at the outlet. Second order: a face takes 1.5 × its upstream cell − 0.5 × the one before; the
    /// first face behind the inlet twice the cell − the inlet (physics.md 1.3). Fluxes are computed before they are subtracted, so that
    /// what leaves one cell equals what enters the next to the last bit.
    /// </summary>
    public static (Node Gain, Node Outlet) Along(Graph graph, Node flow, Node value, Node inlet, int order, bool reverse)
    {
        var n = graph.Axis.Cells;
        // First cell at the inlet, then the others.
        Node Field(double first, double others) =>
            graph.Field([.. Enumerable.Range(0, n).Select(i => i == (reverse ? n - 1 : 0) ? first : others)]);
        var back = reverse ? 1 : -1;
        var (last, before) = reverse ? (value.Cell(0), value.Cell(1)) : (value.Cell(n - 1), value.Cell(n - 2));
        var isFirst = Field(1, 0);
        var face = order == 1 ? value : Field(2, 1.5) * value - (Field(0, 0.5) * value.Shift(back) + isFirst * inlet);
        var leaving = flow * face;
        var entering = Field(0, 1) * leaving.Shift(back) + isFirst * (flow * inlet);
        return (entering - leaving, order == 1 ? last : 1.5 * last - 0.5 * before);
    }
}
