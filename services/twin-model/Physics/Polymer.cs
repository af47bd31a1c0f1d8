using TwinModel.Physics.Equations;

namespace TwinModel.Physics;

/// <summary>
/// A semi-crystalline polymer in terms of its specific enthalpy h (0 at 25 °C), so that melting needs no case distinction, with a power-law
/// melt: <c>η = m0 e^(−b (T − T_ref)) (γ̇ / γ̇_ref)^(n−1)</c> (physics.md 1.2).
/// </summary>
public sealed class Polymer : Component
{
    /// <summary>Temperature at which the enthalpy is zero, °C.</summary>
    public const double ReferenceTemperature = 25;

    // Lower limit of the power law, 1/s: below it a real melt becomes Newtonian.
    const double LowestShearRate = 0.1;

    internal static ComponentType Type { get; } = new("polymer", "A polymer: enthalpy, melting, viscosity.",
    [
        new("melt-density", "density", "Density of the melt"),
        new("solid-specific-heat", "specific-heat", "Specific heat capacity below melting"),
        new("melt-specific-heat", "specific-heat", "Specific heat capacity above melting"),
        new("melting-start", "temperature", "Temperature at which melting begins"),
        new("melting-end", "temperature", "Temperature at which melting ends"),
        new("melting-enthalpy", "specific-energy", "Enthalpy over the melting range, latent and sensible"),
        new("smoothing", "specific-energy", "Rounding of the corners of T(h)", 5e3),
        new("consistency", "consistency", "m0 of the power law, the viscosity at T_ref and γ̇_ref"),
        new("exponent", "ratio", "n of the power law"),
        new("temperature-coefficient", "reciprocal-temperature", "b of the power law"),
        new("viscosity-temperature", "temperature", "T_ref of the power law"),
        new("viscosity-shear-rate", "rotational-speed", "γ̇_ref of the power law", 1),
    ], [], () => new Polymer());

    Graph graph = null!;
    Node solid = null!, melt = null!, start = null!, end = null!, slope = null!, width = null!, offset = null!;
    Node consistency = null!, coefficient = null!, reference = null!;

    internal Node Density { get; private set; } = null!;

    internal Node Exponent { get; private set; } = null!;

    internal Node MeltSpecificHeat => melt;

    internal Node MeltingEnd { get; private set; } = null!;

    Node MeltingEnthalpy { get; set; } = null!;

    /// <inheritdoc />
    public override void Declare(Site site)
    {
        graph = site.Graph;
        (solid, melt, width) = (site["solid-specific-heat"], site["melt-specific-heat"], site["smoothing"]);
        (Density, Exponent, MeltingEnd, MeltingEnthalpy) = (
            site["melt-density"], site["exponent"], site["melting-end"], site["melting-enthalpy"]);
        (coefficient, reference) = (site["temperature-coefficient"], site["viscosity-temperature"]);
        // That at 1 1/s: one factor, computed once per parameter set.
        consistency = site["consistency"] * graph.Power(site["viscosity-shear-rate"], 1 - Exponent);
        start = solid * (site["melting-start"] - ReferenceTemperature);
        end = start + MeltingEnthalpy;
        slope = (MeltingEnd - site["melting-start"]) / MeltingEnthalpy;
        offset = (slope - 1 / solid) * graph.SmoothPositive(-start, width) + (1 / melt - slope) * graph.SmoothPositive(-end, width);
    }

    /// <summary>Temperature, °C, from specific enthalpy, J/kg; smooth and monotonic.</summary>
    internal Node Temperature(Node enthalpy) =>
        ReferenceTemperature + enthalpy / solid + (slope - 1 / solid) * graph.SmoothPositive(enthalpy - start, width) + (1 / melt - slope)
            * graph.SmoothPositive(enthalpy - end, width) - offset;

    /// <summary>Molten share, 0 to 1.</summary>
    internal Node MeltFraction(Node enthalpy) =>
        (graph.SmoothPositive(enthalpy - start, width) - graph.SmoothPositive(enthalpy - end, width)) / MeltingEnthalpy;

    /// <summary>Enthalpy of granulate, J/kg.</summary>
    internal Node SolidEnthalpy(Node temperature) => solid * (temperature - ReferenceTemperature);

    /// <summary>Shear-rate factor of the viscosity, 1 at 1 1/s; the shear rate is in 1/s.</summary>
    internal Node ShearFactor(Node shearRate) => graph.Power(graph.Max(shearRate, LowestShearRate), Exponent - 1);

    /// <summary>Temperature factor of the viscosity, Pa sⁿ.</summary>
    internal Node TemperatureFactor(Node temperature) => consistency * graph.Exp(-coefficient * (temperature - reference));
}
