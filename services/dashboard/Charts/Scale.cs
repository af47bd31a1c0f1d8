using System.Globalization;

namespace Dashboard.Charts;

/// <summary>An axis with round ticks; positions are percentages of its width, as in SVG. Pure.</summary>
sealed record Scale(double From, double To, IReadOnlyList<double> Ticks)
{
    /// <summary>Covers all values, and 0 if it is near.</summary>
    public static Scale Of(IEnumerable<double> values, int ticks)
    {
        List<double> all = [.. values.Where(double.IsFinite)];
        var (low, high) = all.Count == 0 ? (0, 1) : (all.Min(), all.Max());
        if (low > 0 && low < 0.4 * high) low = 0;
        if (high <= low) (low, high) = (low - Math.Max(1, Math.Abs(low) * 0.1), high + Math.Max(1, Math.Abs(high) * 0.1));
        var step = Step((high - low) / ticks);
        var (from, to) = (Math.Floor(low / step) * step, Math.Ceiling(high / step) * step);
        return new(from, to, [.. Enumerable.Range(0, (int)Math.Round((to - from) / step) + 1).Select(i => from + i * step)]);
    }

    public double Share(double value) => Math.Clamp((value - From) / (To - From), 0, 1) * 100;

    public string X(double value) => Text(Share(value));

    /// <summary>Width of a range.</summary>
    public string Width(double from, double to) => Text(Math.Abs(Share(to) - Share(from)));

    static string Text(double percent) => string.Create(CultureInfo.InvariantCulture, $"{percent:0.##}%");

    static double Step(double rough)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * power;
    }
}
