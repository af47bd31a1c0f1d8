using TwinModel.Physics.Equations;

namespace TwinModel.Physics;

/// <summary>
/// An induction motor, driven directly or by an inverter: its shaft follows the field less the slip, which grows with the torque, <c>τ
/// dN/dt = u N_s (1 − s_r T/T_r) − N</c>; electric power <c>P = P_shaft / η + idle · N + standing</c>; current <c>I = P /
/// (U cos φ)</c>, over all phases. What the shaft does not take warms the motor.
/// </summary>
public sealed class Motor : Component
{
    readonly List<Node> torques = [];

    internal static ComponentType Type { get; } = new("motor", "An induction motor.",
    [
        new("synchronous-speed", "rotational-speed", "Speed of the field at full command"),
        new("rated-power", "power", "Shaft power of the rated slip"),
        new("rated-slip", "ratio", "Slip at the rated power", 0.04),
        new("run-up-time", "duration", "Time constant of the shaft", 0.5),
        new("efficiency", "ratio", "Efficiency without what it loses in any case", 0.85),
        new("idle-loss", "energy", "Energy lost per revolution", 0),
        new("standing-loss", "power", "Power lost at any speed", 0),
        new("power-factor", "ratio", "cos φ", 0.85),
    ],
    [
        new("command", typeof(Signal), Required: false), new("voltage", typeof(Signal), Required: false),
        new("to", typeof(IHeatPort), Required: false),
    ], () => new Motor());

    Node torque = null!;

    /// <summary>Speed of the shaft, 1/s.</summary>
    internal Node Speed { get; private set; } = null!;

    /// <inheritdoc />
    public override void Declare(Site site)
    {
        var synchronous = site.Layout("synchronous-speed");
        Speed = site.ScalarState("speed", synchronous, 0, 0.97 * synchronous);
        torque = site.Equations.Auxiliary($"{site.Id}.torque");
    }

    /// <summary>Adds the torque of a load, Nm.</summary>
    internal void AddTorque(Node torque) => torques.Add(torque);

    /// <inheritdoc />
    public override void Connect(Site site)
    {
        var field = site.OptionalPort<Signal>("command") is { } command
            ? command.Value * site["synchronous-speed"]
            : site["synchronous-speed"];
        var rated = site["rated-power"] / (2 * Math.PI * site["synchronous-speed"] * (1 - site["rated-slip"]));
        site.Equations.SetRate(Speed, (field * (1 - site["rated-slip"] * torque / rated) - Speed) / site["run-up-time"]);
        var shaft = 2 * Math.PI * Speed * torque;
        var power = shaft / site["efficiency"] + site["idle-loss"] * Speed + site["standing-loss"];
        site.Equations.AddEnergyFlow(site.Id, power);
        if (site.OptionalPort<IHeatPort>("to") is { } body) body.AddHeat(power - shaft, site.Id);
        else site.Equations.AddEnergyFlow($"{site.Id}.heat", shaft - power);
        site.Output("speed", "1/s", Speed);
        site.Output("slip", "1", 1 - Speed / site.Graph.Max(field, 1e-3));
        site.Output("torque", "Nm", torque);
        site.Output("shaft-power", "W", shaft);
        site.Output("power", "W", power);
        if (site.OptionalPort<Signal>("voltage") is { } voltage)
            site.Output("current", "A", power / (site["power-factor"] * site.Graph.Max(voltage.Value, 1)));
    }
    /// <inheritdoc />
    public override void Complete(Site site) =>
        site.Equations.Define(torque, torques.Aggregate(site.Graph.Constant(0), (a, b) => a + b));
}
