using System.Globalization;

namespace Benchmarks;

/// <summary>Prints figures in a uniform format.</summary>
static class Report
{
    public static void Title(string text) => Console.WriteLine($"\n{text}\n{new string('-', text.Length)}");

    public static void Figure(string what, double value, string unit, string format = "N0") =>
        Console.WriteLine($"{what,-72} {value.ToString(format, CultureInfo.InvariantCulture),14} {unit}");

    /// <summary>A figure with a goal.</summary>
    public static void Goal(string what, double value, string unit, double goal, bool isAtLeast, string format = "N2")
    {
        var reached = isAtLeast ? value >= goal : value <= goal;
        Console.WriteLine(
            $"{what,-72} {value.ToString(format, CultureInfo.InvariantCulture),14} {unit}  ({(isAtLeast ? ">=" : "<=")} "
                + $"{goal.ToString(format, CultureInfo.InvariantCulture)}: {(reached ? "reached" : "NOT reached")})");
    }

    public static double Percentile(List<double> values, double p)
    {
        if (values.Count == 0) return double.NaN;
        values.Sort();
        return values[Math.Min(values.Count - 1, (int)Math.Ceiling(p * values.Count) - 1)];
    }
}
