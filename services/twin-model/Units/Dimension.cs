using System.Collections.Frozen;

namespace TwinModel.Units;

/// <summary>What a unit is made of: the exponents of the SI base units that Pollux uses.</summary>
/// <param name="Kilogram">Of mass.</param>
/// <param name="Metre">Of length.</param>
/// <param name="Second">Of time.</param>
/// <param name="Kelvin">Of temperature.</param>
/// <param name="Ampere">Of electric current.</param>
public readonly record struct Dimension(int Kilogram, int Metre, int Second, int Kelvin = 0, int Ampere = 0)
{
    static readonly FrozenDictionary<string, Dimension> Quantities = new Dictionary<string, Dimension>
    {
        ["ratio"] = default,
        ["angle"] = default,
        ["temperature"] = new(0, 0, 0, 1),
        ["temperature-difference"] = new(0, 0, 0, 1),
        ["reciprocal-temperature"] = new(0, 0, 0, -1),
        ["pressure"] = new(1, -1, -2),
        ["mass"] = new(1, 0, 0),
        ["mass-flow"] = new(1, 0, -1),
        ["volume-flow"] = new(0, 3, -1),
        ["rotational-speed"] = new(0, 0, -1),
        ["frequency"] = new(0, 0, -1),
        ["current"] = new(0, 0, 0, 0, 1),
        ["voltage"] = new(1, 2, -3, 0, -1),
        ["power"] = new(1, 2, -3),
        ["energy"] = new(1, 2, -2),
        ["torque"] = new(1, 2, -2),
        ["vibration-velocity"] = new(0, 1, -1),
        ["acceleration"] = new(0, 1, -2),
        ["length"] = new(0, 1, 0),
        ["area"] = new(0, 2, 0),
        ["volume"] = new(0, 3, 0),
        ["force"] = new(1, 1, -2),
        ["duration"] = new(0, 0, 1),
        ["density"] = new(1, -3, 0),
        ["mass-per-length"] = new(1, -1, 0),
        ["power-per-length"] = new(1, 1, -3),
        ["specific-energy"] = new(0, 2, -2),
        ["specific-heat"] = new(0, 2, -2, -1),
        ["heat-capacity"] = new(1, 2, -2, -1),
        ["thermal-conductivity"] = new(1, 1, -3, -1),
        ["thermal-conductance"] = new(1, 2, -3, -1),
        ["heat-transfer-coefficient"] = new(1, 0, -3, -1),
        ["dynamic-viscosity"] = new(1, -1, -1),
    }.ToFrozenDictionary();

    /// <summary>The dimension of a quantity; null for one that has none of its own (a power law's consistency).</summary>
    public static Dimension? Of(string quantity) => Quantities.TryGetValue(quantity, out var found) ? found : null;

    /// <summary>The dimension of a product.</summary>
    public static Dimension operator +(Dimension a, Dimension b) =>
        new(a.Kilogram + b.Kilogram, a.Metre + b.Metre, a.Second + b.Second, a.Kelvin + b.Kelvin, a.Ampere + b.Ampere);

    /// <summary>The dimension of a quotient.</summary>
    public static Dimension operator -(Dimension a, Dimension b) =>
        new(a.Kilogram - b.Kilogram, a.Metre - b.Metre, a.Second - b.Second, a.Kelvin - b.Kelvin, a.Ampere - b.Ampere);

    /// <summary>In base units, e.g. <c>kg m2 s-3</c>; 1 for a ratio.</summary>
    public override string ToString()
    {
        (string Symbol, int Exponent)[] all = [("kg", Kilogram), ("m", Metre), ("s", Second), ("K", Kelvin), ("A", Ampere)];
        var used = all.Where(p => p.Exponent != 0).Select(p => p.Exponent == 1 ? p.Symbol : $"{p.Symbol}{p.Exponent}").ToList();
        return used.Count == 0 ? "1" : string.Join(' ', used);
    }
}
