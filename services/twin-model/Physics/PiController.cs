using TwinModel.Physics.Equations;

namespace TwinModel.Physics;

/// <summary>
/// A proportional-integral controller of a heating power: <c>u = Kp (set-point − measured) + I</c>, clipped to [0, 1] and multiplied by the
/// maximum power; <c>dI/dt = Kp/Ti (set-point − measured) + (clipped u − u)/Tt</c> (anti-windup by back-calculation).
/// </summary>
public sealed class PiController : Component
{
    internal static ComponentType Type { get; } = new("pi-controller", "A proportional-integral controller of a heating power.",
    [
        new("gain", "reciprocal-temperature", "Proportional gain"),
        new("integral-time", "duration", "Integral time"),
        new("anti-windup-time", "duration", "Back-calculation time", 300),
        new("maximum-power", "power", "Power at full output"),
    ],
        [new("measured", typeof(Signal)), new("set-point", typeof(Signal))], () => new PiController());

    Node integral = null!;
    Node rate = null!;

    /// <inheritdoc />
    public override void Declare(Site site)
    {
        integral = site.ScalarState("integral", 0.1, 0, 0.1);
        var error = site.Port<Signal>("set-point").Value - site.Port<Signal>("measured").Value;
        var wanted = site["gain"] * error + integral;
        var output = site.Graph.Clamp(wanted, 0, 1);
        rate = site["gain"] / site["integral-time"] * error + (output - wanted) / site["anti-windup-time"];
        // Declared early, so that the controlled component can use it.
        site.Output("power", "W", output * site["maximum-power"]);
    }

    /// <inheritdoc />
    public override void Complete(Site site) => site.Equations.SetRate(integral, rate);
}
