using System.Globalization;

namespace Dashboard.Shown;

/// <summary>Formats values for people: as many digits as the quantity needs, always with the unit.</summary>
static class Units
{
    const string Minus = "\u2212";

    /// <summary>The unit as written on instruments.</summary>
    public static string Symbol(string unit) => unit switch
    {
        "degC" => "°C",
        "1/min" => "min⁻¹",
        "1" or "" => "",
        "m3/h" => "m³/h",
        "m/s2" => "m/s²",
        "W/(m2 K)" => "W/(m² K)",
        "Pa s^n" => "Pa sⁿ",
        _ => unit,
    };

    /// <summary>Decimal places, so that neighbouring values of one quantity look alike.</summary>
    public static int Decimals(string unit, double value) => unit switch
    {
        "degC" or "K" or "bar" or "kg/h" or "1/min" or "A" or "%" or "l/min" or "V" => 1,
        "kW" or "mm/s" or "mm" => 2,
        _ => Math.Abs(value) switch { 0 => 2, >= 1000 => 0, >= 100 => 1, >= 1 => 2, >= 0.01 => 4, _ => 6 },
    };

    public static string Number(double? value, string unit) => value is { } v && double.IsFinite(v) ? Number(v, Decimals(unit, v)) : "–";

    public static string Number(double value, int decimals)
    {
        var text = Math.Round(value, decimals, MidpointRounding.AwayFromZero).ToString("N" + decimals, CultureInfo.InvariantCulture)
            .Replace(",", "\u202f", StringComparison.Ordinal);
        if (!text.StartsWith('-')) return text;
        return text.AsSpan(1).IndexOfAnyInRange('1', '9') < 0 ? text[1..] : Minus + text[1..];
    }

    /// <summary>Number and unit with a non-breaking space.</summary>
    public static string Text(double? value, string unit) =>
        Symbol(unit) is { Length: > 0 } symbol ? $"{Number(value, unit)}\u00a0{symbol}" : Number(value, unit);

    /// <summary>Decimal places that leave a standard deviation two significant digits.</summary>
    public static int DecimalsOfDeviation(double deviation) =>
        deviation > 0 && double.IsFinite(deviation) ? Math.Clamp(1 - (int)Math.Floor(Math.Log10(deviation)), 0, 6) : 2;

    // Below so small a share of it, a deviation is rounding: what is calculated from measured values alone has none.
    const double Rounding = 1e-9;

    /// <summary>Mean and standard deviation, e.g. <c>812.4 ± 3.1 kJ/kg</c>; the mean alone where it is exact.</summary>
    public static string PlusMinus(double mean, double deviation, string unit)
    {
        if (deviation <= Rounding * Math.Abs(mean)) return Text(mean, unit);
        var decimals = DecimalsOfDeviation(deviation);
        return $"{Number(mean, decimals)}\u00a0±\u00a0{Number(deviation, decimals)}\u00a0{Symbol(unit)}".TrimEnd('\u00a0');
    }

    /// <summary>A difference with its sign; temperature differences in kelvin.</summary>
    public static string Difference(double value, string unit) => Difference(value, unit, Decimals(unit, value));

    public static string Difference(double value, string unit, int decimals)
    {
        var number = Number(value, decimals);
        var isZero = number.AsSpan().IndexOfAnyInRange('1', '9') < 0;
        return $"{(value > 0 && !isZero ? "+" : "")}{number}\u00a0{(unit == "degC" ? "K" : Symbol(unit))}".TrimEnd('\u00a0');
    }

    public static string Percent(double share) => $"{Number(share * 100, share is > 0 and < 0.1 ? 1 : 0)}\u00a0%";

    /// <summary>A duration in a convenient unit.</summary>
    public static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 0 => "0 s",
        < 1 => "1 s",
        < 90 => $"{time.TotalSeconds:0} s",
        < 90 * 60 => $"{time.TotalMinutes:0} min",
        < 48 * 3600 => $"{time.TotalHours:0} h",
        < 90 * 86400 => $"{time.TotalDays:0} days",
        _ => $"{time.TotalDays / 30.44:0} months",
    };
}
