using TwinModel.Physics.Equations;

namespace TwinModel.Physics;

/// <summary>
/// A round die and the head in front of it: <c>dP/dt = (B/V) (Q − Q_die)</c>, <c>Q_die = π R³ n/(3n+1) (P R / (2 L m0 e^(−b
/// (T−T_ref))))^(1/n)</c>, exact for a power law (physics.md 1.2).
/// </summary>
public sealed class Die : Component
{
    internal static ComponentType Type { get; } = new("die", "A round die and the head upstream of it.",
    [
        new("radius", "length", "Radius of the equivalent round die"),
        new("land-length", "length", "Its length"),
        new("bulk-modulus", "pressure", "Bulk modulus of the melt"),
        new("head-volume", "volume", "Volume between screw tip and die"),
        new("guess-pressure", "pressure", "Typical pressure in operation", 8e6, IsLayout: true),
    ],
        [new("channel", typeof(MeltChannel))], () => new Die());

    /// <summary>Pressure in the head, Pa.</summary>
    internal Node Pressure { get; private set; } = null!;

    /// <inheritdoc />
    public override void Declare(Site site) => Pressure = site.ScalarState("pressure", 1e6, 1e5, site.Layout("guess-pressure"));

    /// <inheritdoc />
    public override void Complete(Site site)
    {
        var channel = site.Port<MeltChannel>("channel");
        var (polymer, radius) = (channel.Polymer, site["radius"]);
        var n = polymer.Exponent;
        var wallStress = site.Graph.Max(Pressure, 0) * (radius / (2 * site["land-length"]));
        var shearRate = site.Graph.Power(wallStress / polymer.TemperatureFactor(channel.ExitTemperature), 1 / n);
        var flow = Math.PI * radius * radius * radius * n / (3 * n + 1) * shearRate;
        site.Equations.SetRate(Pressure, site["bulk-modulus"] / site["head-volume"] * (channel.Flow - flow));
        site.Output("pressure", "Pa", Pressure);
        // The pumping work is dissipated as heat in the die.
        site.Output("melt-temperature", "degC", channel.ExitTemperature + Pressure / (polymer.Density * polymer.MeltSpecificHeat));
        var diameter = channel.Screw.Diameter;
        site.Output("thrust", "N", Pressure * (Math.PI / 4 * diameter * diameter));
    }
}

/// <summary>Motor and gearbox: <c>P_motor = P_shaft / η + idle · speed</c>.</summary>
public sealed class Drive : Component
{
    internal static ComponentType Type { get; } = new("drive", "Motor and gearbox of a screw.",
    [
        new("efficiency", "ratio", "Efficiency of motor and gearbox"),
        new("idle-loss", "energy", "Energy lost per revolution"),
    ],
        [new("channel", typeof(MeltChannel))], () => new Drive());

    /// <summary>Electric power, W.</summary>
    internal Node Power { get; private set; } = null!;

    /// <inheritdoc />
    public override void Complete(Site site)
    {
        var channel = site.Port<MeltChannel>("channel");
        Power = channel.ShaftPower / site["efficiency"] + site["idle-loss"] * channel.Screw.Speed;
        site.Output("power", "W", Power);
        site.Output("shaft-power", "W", channel.ShaftPower);
        site.Output("torque", "Nm", channel.ShaftPower / site.Graph.Max(2 * Math.PI * channel.Screw.Speed, 1e-9));
    }
}

/// <summary>Energy per kilogram of product: drive and all heaters over throughput.</summary>
public sealed class EnergyMeter : Component
{
    internal static ComponentType Type { get; } = new("energy-meter", "Energy per kilogram of product.", [],
        [new("drive", typeof(Drive)), new("channel", typeof(MeltChannel))], () => new EnergyMeter());

    /// <inheritdoc />
    public override void Complete(Site site)
    {
        var heaters = site.All<HeaterZone>().Aggregate(site.Graph.Constant(0), (sum, zone) => sum + zone.Power);
        site.Output("heater-power", "W", heaters);
        // The order in the file does not matter: the drive's power is an expression.
        var drive = site.Port<Drive>("drive");
        site.Output("specific-energy", "J/kg", (drive.Power + heaters) / site.Graph.Max(site.Port<MeltChannel>("channel").MassFlow, 1e-9));
    }
}
