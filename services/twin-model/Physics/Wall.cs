using TwinModel.Physics.Equations;

namespace TwinModel.Physics;

/// <summary>
/// A solid that conducts heat along the axis: <c>ρ c A ∂T/∂t = ∂/∂z(k A ∂T/∂z) + Σ heat</c>, central finite volumes (physics.md 1.2,
/// 1.3). A tube or rod of given diameters, or the root of a screw.
/// </summary>
public sealed class Wall : Component, IHeatPort
{
    readonly List<Node> heats = [];

    internal static ComponentType Type { get; } = new("wall", "A solid that conducts heat along the axis.",
    [
        new("inner-diameter", "length", "Bore; 0 for a rod", 0),
        new("outer-diameter", "length", "Outer diameter; for a screw's root it follows from the channel depth", 0),
        new("conductivity", "thermal-conductivity", "Thermal conductivity"),
        new("density", "density", "Density"),
        new("specific-heat", "specific-heat", "Specific heat capacity"),
        new("initial-temperature", "temperature", "Temperature of a cold start", 25, IsLayout: true),
        new("guess-start", "temperature", "Typical temperature in operation at the start of the axis", 25, IsLayout: true),
        new("guess-end", "temperature", "Typical temperature in operation at the end of the axis", 25, IsLayout: true),
    ],
        [new("screw", typeof(Screw), Required: false)], () => new Wall());

    /// <inheritdoc />
    public Node Temperature { get; private set; } = null!;

    internal Node Area { get; private set; } = null!;

    internal Node Conductivity { get; private set; } = null!;

    internal Node OuterDiameter { get; private set; } = null!;

    /// <inheritdoc />
    public override void Declare(Site site)
    {
        Conductivity = site["conductivity"];
        var cold = site.Layout("initial-temperature");
        var (start, end) = (site.Layout("guess-start"), site.Layout("guess-end"));
        Temperature = site.FieldState("temperature", 100, _ => cold, z => start + (end - start) * z / site.Axis.Length);
        var screw = site.OptionalPort<Screw>("screw");
        OuterDiameter = screw?.RootDiameter ?? site["outer-diameter"];
        Area = Math.PI / 4 * (OuterDiameter * OuterDiameter - site["inner-diameter"] * site["inner-diameter"]);
    }

    /// <inheritdoc />
    public void AddHeat(Node heat, string name) => heats.Add(heat);

    /// <summary>Adds heat, W/m, to the end cell through a contact of the given conductance; returns the power, W.</summary>
    internal Node AddContact(Site site, bool atStart, Node conductance, Node temperature)
    {
        var cell = atStart ? 0 : site.Axis.Cells - 1;
        var through = 1 / (site.Axis.CellLength / (2 * Conductivity * Area.Cell(cell)) + 1 / conductance);
        heats.Add(site.Graph.Mask(cell, cell + 1) * (through / site.Axis.CellLength) * (temperature - Temperature));
        return through * (temperature - Temperature.Cell(cell));
    }

    /// <inheritdoc />
    public override void Complete(Site site)
    {
        var (graph, axis) = (site.Graph, site.Axis);
        var right = graph.Mask(0, axis.Cells - 1) * (Conductivity / axis.CellLength) * (0.5 * (Area + Area.Shift(1)));
        var conduction = right * (Temperature.Shift(1) - Temperature) - right.Shift(-1) * (Temperature - Temperature.Shift(-1));
        var capacity = site["density"] * site["specific-heat"] * Area;
        var heat = heats.Aggregate(conduction / axis.CellLength, (a, b) => a + b);
        site.Equations.SetRate(Temperature, heat / capacity);
        site.Equations.AddStoredEnergy((capacity * Temperature).Integral());
        site.Output("temperature", "degC", Temperature);
    }
}

/// <summary>Contact of a wall's end with something at a given temperature: a cooled throat, a shank.</summary>
public sealed class EndContact : Component
{
    internal static ComponentType Type { get; } = new("end-contact", "Contact of a wall's end with something at a given temperature.",
    [
        new("conductance", "thermal-conductance", "Conductance of the contact"),
        new("temperature", "temperature", "Temperature behind the contact"),
        new("at-start", "ratio", "1: at the start of the axis, 0: at its end", 1, IsLayout: true),
    ],
        [new("wall", typeof(Wall))], () => new EndContact());

    /// <inheritdoc />
    public override void Connect(Site site)
    {
        var power = site.Port<Wall>("wall").AddContact(site, site.Layout("at-start") != 0, site["conductance"], site["temperature"]);
        site.Equations.AddEnergyFlow(site.Id, power);
        site.Output("heat", "W", power);
    }
}

/// <summary>
/// An electric heater band with fan on a section of a wall, its thermocouple and its PI(D) controller (physics.md 1.2): <c>u = Kp (T_sp −
/// T_m) + I − Kp T_d dT_m/dt</c>, clipped to ±1; positive values heat, negative ones drive the fan; integral with anti-windup.
/// </summary>
public sealed class HeaterZone : Component
{
    internal static ComponentType Type { get; } = new("heater-zone", "A controlled heater with a fan on a wall.",
    [
        new("start", "length", "Where the zone begins", IsLayout: true),
        new("end", "length", "Where it ends", IsLayout: true),
        new("maximum-power", "power", "Power of the heater"),
        new("heater-lag", "duration", "Time constant of the heater", 60),
        new("thermocouple-lag", "duration", "Time constant of the thermocouple", 15),
        new("gain", "reciprocal-temperature", "Proportional gain", 0.05),
        new("integral-time", "duration", "Integral time", 600),
        new("derivative-time", "duration", "Derivative time", 0, IsLayout: true),
        new("anti-windup-time", "duration", "Back-calculation time", 300),
        new("fan-coefficient", "heat-transfer-coefficient", "Extra heat transfer at full fan", 0),
        new("guess-power", "power", "Typical power in operation", 500, IsLayout: true),
    ],
        [new("wall", typeof(Wall)), new("set-point", typeof(Signal)), new("ambient", typeof(Ambient))], () => new HeaterZone());

    Node measured = null!;
    Node integral = null!;

    /// <summary>Heating power, W.</summary>
    public Node Power { get; private set; } = null!;

    /// <inheritdoc />
    public override void Declare(Site site)
    {
        var setPoint = site.DefaultOf("set-point");
        Power = site.ScalarState("power", 100, 0, site.Layout("guess-power"));
        measured = site.ScalarState("measured-temperature", 100, 25, setPoint);
        integral = site.ScalarState("integral", 0.1, 0, 0.1);
    }

    /// <inheritdoc />
    public override void Connect(Site site)
    {
        var graph = site.Graph;
        var (start, end) = (site.Layout("start"), site.Layout("end"));
        var (first, after) = site.Cells(start, end);
        if (Math.Abs((after - first) * site.Axis.CellLength - (end - start)) > 1e-9 * site.Axis.Length)
            throw new ArgumentException(
                $"Zone '{site.Id}' from {start} m to {end} m does not begin and end at cell boundaries (cell: {site.Axis.CellLength} m); "
                    + "choose another number of cells.");
        var (wall, air) = (site.Port<Wall>("wall"), site.Port<Ambient>("ambient"));
        var setPoint = site.Port<Signal>("set-point").Value;
        var measuredRate = (wall.Temperature.At((start + end) / 2) - measured) / site["thermocouple-lag"];
        var wanted = site["gain"] * (setPoint - measured) + integral;
        // The output depends on the wall temperature only with derivative action, which makes this a layout parameter.
        if (site.Layout("derivative-time") is not 0 and var derivative) wanted -= site["gain"] * derivative * measuredRate;
        var output = graph.Clamp(wanted, -1, 1);
        var fan = graph.Max(-output, 0);
        var zone = graph.Mask(first, after);
        wall.AddHeat(zone * (Power / (end - start)), site.Id);
        var cooling = zone * (fan * (site["fan-coefficient"] * Math.PI * wall.OuterDiameter)) * (wall.Temperature - air.Temperature);
        wall.AddHeat(-cooling, $"{site.Id}.fan");
        air.AddHeat(cooling, $"{site.Id}.fan");
        site.Equations.AddEnergyFlow($"{site.Id}.heater", Power);

        site.Equations.SetRate(Power, (graph.Max(output, 0) * site["maximum-power"] - Power) / site["heater-lag"]);
        site.Equations.SetRate(measured, measuredRate);
        site.Equations.SetRate(
            integral, site["gain"] / site["integral-time"] * (setPoint - measured) + (output - wanted) / site["anti-windup-time"]);
        site.Output("power", "W", Power);
        site.Output("fan", "1", fan);
        site.Output("measured-temperature", "degC", measured);
    }
}
