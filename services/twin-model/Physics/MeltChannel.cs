using TwinModel.Physics.Equations;

namespace TwinModel.Physics;

/// <summary>
/// The polymer in the screw channel (physics.md 1.2): <c>ρ A ∂h/∂t = −∂(ṁ h)/∂z + q_barrel + q_root + q_dissipation</c> in terms of
/// enthalpy, advected by linear upwind; melting; viscous dissipation in channel, flight gap and melt film; throughput as drag flow minus
/// pressure flow of a power-law melt (Rauwendaal's corrections). Pressure is generated in the metering section only.
/// </summary>
public sealed class MeltChannel : Component
{
    // Width in K, around the end of melting, over which the melt film at the barrel forms as the wall gets hotter.
    const double FilmWidth = 5;

    internal static ComponentType Type { get; } = new("melt-channel", "Polymer conveyed, melted and pumped by a screw.",
    [
        new("melt-coefficient", "heat-transfer-coefficient", "Heat transfer coefficient from barrel to melt"),
        new("solid-coefficient", "heat-transfer-coefficient", "Heat transfer coefficient from barrel to solid bed"),
        new("root-coefficient", "heat-transfer-coefficient", "Heat transfer coefficient from screw to polymer"),
        new("film-thickness", "length", "Thickness of the melt film on the solid bed"),
        new("film-share", "ratio", "Share of the wall covered by the film"),
        new("solid-friction", "pressure", "Shear stress before a film exists"),
        new("guess-end", "temperature", "Typical melt temperature in operation", 195, IsLayout: true),
        new("initial-temperature", "temperature", "Temperature of a cold start", 25, IsLayout: true),
    ],
        [
            new("screw", typeof(Screw)), new("polymer", typeof(Polymer)), new("barrel", typeof(Wall)), new("root", typeof(Wall)),
            new("die", typeof(Die)), new("feed-temperature", typeof(Signal)),
        ], () => new MeltChannel());

    Node enthalpy = null!;

    /// <summary>Volume flow, m³/s.</summary>
    internal Node Flow { get; private set; } = null!;

    /// <summary>Mass flow, kg/s.</summary>
    internal Node MassFlow { get; private set; } = null!;

    /// <summary>Temperature at the screw's tip, °C.</summary>
    internal Node ExitTemperature { get; private set; } = null!;

    /// <summary>Power at the screw's shaft, W.</summary>
    internal Node ShaftPower { get; private set; } = null!;

    internal Polymer Polymer { get; private set; } = null!;

    internal Screw Screw { get; private set; } = null!;

    /// <inheritdoc />
    public override void Declare(Site site)
    {
        Polymer = site.Port<Polymer>("polymer");
        Screw = site.Port<Screw>("screw");
        // Rough initial guess: granulate at the throat, melt at the tip.
        var end = 2400 * (site.Layout("guess-end") - Polymer.ReferenceTemperature) + 150e3;
        var cold = 2250 * (site.Layout("initial-temperature") - Polymer.ReferenceTemperature);
        enthalpy = site.FieldState("enthalpy", 1e5, _ => cold, z => end * z / site.Axis.Length);
        Flow = site.Equations.Auxiliary($"{site.Id}.flow");
        MassFlow = Polymer.Density * Flow;
    }

    /// <inheritdoc />
    public override void Connect(Site site)
    {
        var (graph, axis) = (site.Graph, site.Axis);
        var (barrel, root, pressure) = (site.Port<Wall>("barrel"), site.Port<Wall>("root"), site.Port<Die>("die").Pressure);
        var (wall, speed, depth) = (barrel.Temperature, Screw.SurfaceSpeed, Screw.Depth);
        var temperature = Polymer.Temperature(enthalpy);
        var molten = Polymer.MeltFraction(enthalpy);
        var meteringLength = axis.Length - Screw.MeteringStart;
        var metering = graph.Field(z => z > Screw.MeteringStart ? 1 : 0);

        var drag = Throughput(site, temperature, pressure, meteringLength);

        // Shaft power per metre: melt in the channel, melt in the flight gap, film over the solid bed, solids rubbing on the wall.
        var film = 1 / (1 + graph.Exp((Polymer.MeltingEnd - wall) / FilmWidth));
        var surface = Math.PI * Screw.Diameter * (1 - Screw.FlightFraction);
        var (clearance, filmThickness) = (Screw.Clearance, site["film-thickness"]);
        var flowRatio = metering * (Flow / drag) + (1 - metering);
        var square = speed * speed;
        var channel = surface * square * Polymer.ShearFactor(speed / depth) / depth * molten * Polymer.TemperatureFactor(temperature)
            * (4 - 3 * Screw.Cosine * Screw.Cosine * flowRatio);
        var flight = Math.PI * Screw.Diameter * Screw.FlightFraction * square * Polymer.ShearFactor(speed / clearance) / clearance
            * film * Polymer.TemperatureFactor(0.5 * (wall + temperature));
        var melting = site["film-share"] * surface * square * Polymer.ShearFactor(speed / filmThickness) / filmThickness
            * (1 - molten) * film * Polymer.TemperatureFactor(0.5 * (wall + Polymer.MeltingEnd));
        var solids = surface * site["solid-friction"] * speed * (1 - molten) * (1 - film);
        var shaft = channel + flight + melting + solids;
        var pumping = metering * (Flow * pressure / meteringLength);

        var coefficient = site["solid-coefficient"] + (site["melt-coefficient"] - site["solid-coefficient"]) * molten;
        var fromBarrel = Math.PI * Screw.Diameter * coefficient * (wall - temperature);
        var fromRoot = site["root-coefficient"] * Math.PI * Screw.RootDiameter * (root.Temperature - temperature);
        barrel.AddHeat(-fromBarrel, site.Id);
        root.AddHeat(-fromRoot, site.Id);

        var inlet = Polymer.SolidEnthalpy(site.Port<Signal>("feed-temperature").Value);
        var (gain, exit) = Advection.Along(graph, MassFlow, enthalpy, inlet, 2, reverse: false);
        var holdUp = Polymer.Density * (Math.PI * (Screw.Diameter - depth) * depth * (1 - Screw.FlightFraction));
        site.Equations.SetRate(enthalpy, (gain / axis.CellLength + fromBarrel + fromRoot + (shaft - pumping)) / holdUp);

        ShaftPower = shaft.Integral();
        ExitTemperature = Polymer.Temperature(exit);
        site.Equations.AddStoredEnergy((holdUp * enthalpy).Integral());
        site.Equations.AddEnergyFlow($"{site.Id}.feed", MassFlow * inlet);
        site.Equations.AddEnergyFlow($"{site.Id}.melt", -(MassFlow * exit));
        site.Equations.AddEnergyFlow($"{site.Id}.shaft", ShaftPower);
        site.Equations.AddEnergyFlow($"{site.Id}.pumping", -pumping.Integral());

        site.Output("temperature", "degC", temperature);
        site.Output("melt-fraction", "1", molten);
        site.Output("barrel-heat", "W/m", fromBarrel);
        site.Output("dissipation", "W/m", shaft - pumping);
        site.Output("mass-flow", "kg/s", MassFlow);
        site.Output("exit-temperature", "degC", ExitTemperature);
        site.Output("flow-ratio", "1", Flow / drag);
        site.Output("exit-viscosity", "Pa s",
            Polymer.ShearFactor(graph.Max(speed / Screw.MeteringDepth, 0.1)) * Polymer.TemperatureFactor(ExitTemperature));
        site.Output("melting-length", "m", LengthUntil(graph, molten, 0.95));
        site.Output("residence-time", "s", holdUp.Integral() / graph.Max(MassFlow, 1e-9));
    }

    Node Throughput(Site site, Node temperature, Node pressure, double meteringLength)
    {
        var graph = site.Graph;
        var (n, depth, along) = (Polymer.Exponent, Screw.MeteringDepth, Screw.SurfaceSpeed * Screw.Cosine);
        var middle = temperature.At(Screw.MeteringStart + meteringLength / 2);
        var viscosity = Polymer.ShearFactor(graph.Max(along / depth, 0.1)) * Polymer.TemperatureFactor(middle);
        var drag = (4 + n) / 10 * Screw.ChannelWidth * depth * along;
        var back = Screw.ChannelWidth * depth * depth * depth / (4 * (1 + 2 * n)) * Screw.Sine / meteringLength * pressure / viscosity;
        site.Equations.Define(Flow, graph.Max(drag - back, 0));
        return graph.Max(drag, 1e-12);
    }

    // Position where a rising profile first exceeds a level, interpolated between cell centres; the whole length when it never does.
    static Node LengthUntil(Graph graph, Node profile, double level)
    {
        var above = graph.Greater(profile, graph.Constant(level));
        var before = graph.Mask(1, graph.Axis.Cells) * profile.Shift(-1);
        var crossing = above * (1 - graph.Greater(before, graph.Constant(level)));
        var overshoot = crossing * (profile - level) / graph.Max(profile - before, 1e-12);
        return graph.Min((1 - above).Integral() + graph.Axis.CellLength * (0.5 - overshoot.Sum()), graph.Constant(graph.Axis.Length));
    }
}
