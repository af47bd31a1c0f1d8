using System.Collections.Frozen;

namespace TwinModel.Units;

/// <summary>A unit of measurement: <c>SI value = value * Factor + Offset</c>.</summary>
/// <param name="Symbol">How models, APIs and screens write it, e.g. <c>degC</c>.</param>
/// <param name="Quantity">What it measures, e.g. <c>temperature</c>.</param>
/// <param name="Factor">Multiplier to SI.</param>
/// <param name="Offset">Added after the multiplication.</param>
public sealed record Unit(string Symbol, string Quantity, double Factor, double Offset = 0)
{
    static readonly Unit[] All =
    [
        new("K", "temperature", 1), new("degC", "temperature", 1, 273.15), new("degF", "temperature", 5.0 / 9, 459.67 * 5 / 9),
        new("Pa", "pressure", 1), new("kPa", "pressure", 1e3), new("MPa", "pressure", 1e6), new("bar", "pressure", 1e5), new("mbar", "pressure", 1e2),
        new("kg/s", "mass-flow", 1), new("kg/h", "mass-flow", 1.0 / 3600),
        new("m3/s", "volume-flow", 1), new("m3/h", "volume-flow", 1.0 / 3600), new("l/min", "volume-flow", 1e-3 / 60), new("l/s", "volume-flow", 1e-3),
        new("1/s", "rotational-speed", 1), new("1/min", "rotational-speed", 1.0 / 60),
        new("A", "current", 1), new("mA", "current", 1e-3), new("V", "voltage", 1), new("kV", "voltage", 1e3),
        new("W", "power", 1), new("kW", "power", 1e3), new("J", "energy", 1), new("kWh", "energy", 3.6e6),
        new("m/s", "vibration-velocity", 1), new("mm/s", "vibration-velocity", 1e-3),
        new("m/s2", "acceleration", 1), new("g", "acceleration", 9.80665),
        new("m", "length", 1), new("mm", "length", 1e-3), new("um", "length", 1e-6),
        new("N", "force", 1), new("kN", "force", 1e3), new("Nm", "torque", 1),
        new("1", "ratio", 1), new("%", "ratio", 1e-2), new("Hz", "frequency", 1), new("s", "duration", 1), new("h", "duration", 3600),
    ];

    static readonly FrozenDictionary<string, Unit> BySymbol = All.ToFrozenDictionary(u => u.Symbol);

    // Names that other formats use for the same units: SenML (RFC 8428, RFC 8798), UCUM, and what people type.
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

    /// <summary>Finds a unit by its symbol or a name that another format uses for it; null if there is none.</summary>
    public static Unit? Find(string symbol) => BySymbol.GetValueOrDefault(Aliases.GetValueOrDefault(symbol, symbol));

    /// <summary>A value in this unit expressed in <paramref name="other"/>. Same unit: the same bits.</summary>
    /// <exception cref="ArgumentException">The units measure different quantities.</exception>
    public double ConvertTo(Unit other, double value)
    {
        if (Symbol == other.Symbol) return value;
        if (Quantity != other.Quantity) throw new ArgumentException($"{Symbol} ({Quantity}) cannot be expressed in {other.Symbol} ({other.Quantity}).", nameof(other));
        return (value * Factor + Offset - other.Offset) / other.Factor;
    }
}
