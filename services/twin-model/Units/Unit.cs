using System.Collections.Frozen;

namespace TwinModel.Units;

/// <summary>A unit of measurement: <c>SI value = value * Factor + Offset</c>.</summary>
/// <param name="Symbol">As written in models, APIs and screens, e.g. <c>degC</c>.</param>
/// <param name="Quantity">What it measures, e.g. <c>temperature</c>.</param>
/// <param name="Factor">Multiplier to SI.</param>
/// <param name="Offset">Added after the multiplication.</param>
public sealed record Unit(string Symbol, string Quantity, double Factor, double Offset = 0)
{
    /// <summary>Symbol of the unit of differences: those of temperatures are in K.</summary>
    public string DifferenceSymbol => Symbol == "degC" ? "K" : Symbol;

    static readonly Unit[] All =
    [
        new("K", "temperature", 1), new("degC", "temperature", 1, 273.15), new("degF", "temperature", 5.0 / 9, 459.67 * 5 / 9),
        new("Pa", "pressure", 1), new("kPa", "pressure", 1e3), new("MPa", "pressure", 1e6), new("bar", "pressure", 1e5),
        new("mbar", "pressure", 1e2), new("hPa", "pressure", 1e2),
        // Pound-force per square inch: 0.45359237 kg * 9.80665 m/s2 over (0.0254 m)^2.
        new("psi", "pressure", 0.45359237 * 9.80665 / (0.0254 * 0.0254)),
            new("ksi", "pressure", 1e3 * 0.45359237 * 9.80665 / (0.0254 * 0.0254)), new("atm", "pressure", 101325),
        new("kg/s", "mass-flow", 1), new("kg/h", "mass-flow", 1.0 / 3600),
        new("m3/s", "volume-flow", 1), new("m3/h", "volume-flow", 1.0 / 3600), new("l/min", "volume-flow", 1e-3 / 60),
        new("l/s", "volume-flow", 1e-3),
        new("1/s", "rotational-speed", 1), new("1/min", "rotational-speed", 1.0 / 60),
        new("A", "current", 1), new("mA", "current", 1e-3), new("V", "voltage", 1), new("kV", "voltage", 1e3),
        new("W", "power", 1), new("kW", "power", 1e3), new("J", "energy", 1), new("kWh", "energy", 3.6e6),
        new("m/s", "vibration-velocity", 1), new("mm/s", "vibration-velocity", 1e-3),
        new("m/s2", "acceleration", 1), new("g", "acceleration", 9.80665),
        new("m", "length", 1), new("mm", "length", 1e-3), new("um", "length", 1e-6),
        new("cm", "length", 1e-2), new("in", "length", 0.0254), new("ft", "length", 0.3048),
        new("N", "force", 1), new("kN", "force", 1e3), new("Nm", "torque", 1),
        new("1", "ratio", 1), new("%", "ratio", 1e-2), new("Hz", "frequency", 1), new("s", "duration", 1), new("h", "duration", 3600),
    ];

    // Units of physics parameters. A symbol may stand for a different quantity than for sensors: K is also a temperature difference.
    static readonly Unit[] Engineering =
    [
        new("K", "temperature-difference", 1), new("m2", "area", 1), new("mm2", "area", 1e-6), new("m3", "volume", 1),
        new("l", "volume", 1e-3), new("cm3", "volume", 1e-6),
        new("W/(m K)", "thermal-conductivity", 1), new("kg/m3", "density", 1), new("J/(kg K)", "specific-heat", 1),
        new("kJ/(kg K)", "specific-heat", 1e3),
        new("W/(m2 K)", "heat-transfer-coefficient", 1), new("W/K", "thermal-conductance", 1), new("J/K", "heat-capacity", 1),
        new("kJ/K", "heat-capacity", 1e3),
        new("J/kg", "specific-energy", 1), new("kJ/kg", "specific-energy", 1e3), new("Pa s^n", "consistency", 1),
        new("1/K", "reciprocal-temperature", 1),
        new("Pa s", "dynamic-viscosity", 1), new("kg", "mass", 1), new("t", "mass", 1e3),
        new("kg/m", "mass-per-length", 1), new("W/m", "power-per-length", 1), new("min", "duration", 60), new("d", "duration", 86400),
        new("deg", "angle", Math.PI / 180), new("rad", "angle", 1),
    ];

    static readonly FrozenDictionary<(string, string),
        Unit> ByQuantity = All.Concat(Engineering).ToFrozenDictionary(u => (u.Quantity, u.Symbol));

    static readonly FrozenDictionary<string, Unit> BySymbol = All.ToFrozenDictionary(u => u.Symbol);

    // Other names of the same units: SenML (RFC 8428, RFC 8798), UCUM, and common spellings.
    static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>
    {
        ["Cel"] = "degC",
        ["°C"] = "degC",
        ["C"] = "degC",
        ["°F"] = "degF",
        ["/"] = "1",
        ["rpm"] = "1/min",
        ["L/min"] = "l/min",
        ["Ohm"] = "ohm",
        ["m/s^2"] = "m/s2",
        ["m/s²"] = "m/s2",
        ["µm"] = "um",
        ["m³/h"] = "m3/h",
    }.ToFrozenDictionary();

    /// <summary>Every quantity that a sensor may have.</summary>
    public static IReadOnlyList<string> Quantities { get; } = [.. All.Select(u => u.Quantity).Distinct()];

    /// <summary>Units that measure a quantity.</summary>
    public static IEnumerable<string> SymbolsOf(string quantity) => All.Where(u => u.Quantity == quantity).Select(u => u.Symbol);

    /// <summary>Finds a unit by its symbol or an alias from another format; null if there is none.</summary>
    public static Unit? Find(string symbol) => BySymbol.GetValueOrDefault(Aliases.GetValueOrDefault(symbol, symbol));

    /// <summary>
    /// The unit of a quantity with this symbol, including quantities of physics parameters only; null if there is none.
    /// </summary>
    public static Unit? Of(string quantity, string symbol) =>
        ByQuantity.GetValueOrDefault((quantity, Aliases.GetValueOrDefault(symbol, symbol)));

    /// <summary>Symbols that <see cref="Of"/> knows for a quantity.</summary>
    public static IEnumerable<string> AllSymbolsOf(string quantity) =>
        ByQuantity.Keys.Where(k => k.Item1 == quantity).Select(k => k.Item2).Order(StringComparer.Ordinal);

    /// <summary>The quantity of a symbol, including those of physics parameters, e.g. <c>thermal-conductivity</c>; empty when
    /// unknown.</summary>
    public static string QuantityOf(string symbol) =>
        Find(symbol)?.Quantity ?? Engineering.FirstOrDefault(u => u.Symbol == symbol)?.Quantity ?? "";

    /// <summary>
    /// The unit used in calculations: SI, except for temperatures in °C (only their differences occur in equations).
    /// </summary>
    public static Unit OfCalculation(string quantity) =>
        quantity == "temperature"
            ? BySymbol["degC"]
            : ByQuantity.Values.First(u => u.Quantity == quantity && u.Factor == 1 && u.Offset == 0);

    /// <summary>Converts a value from this unit to <paramref name="other"/>. With the same unit, the bits are unchanged.</summary>
    /// <exception cref="ArgumentException">The units measure different quantities.</exception>
    public double ConvertTo(Unit other, double value)
    {
        if (Symbol == other.Symbol) return value;
        if (Quantity != other.Quantity)
            throw new ArgumentException($"{Symbol} ({Quantity}) cannot be expressed in {other.Symbol} ({other.Quantity}).", nameof(other));
        return (value * Factor + Offset - other.Offset) / other.Factor;
    }
}
