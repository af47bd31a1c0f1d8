using System.Buffers;

namespace TwinModel.Uncertainty;

/// <summary>The quantiles of a band, in the unit of the values.</summary>
/// <param name="P5">5 % lie below.</param>
/// <param name="P25">25 % lie below.</param>
/// <param name="P50">The median.</param>
/// <param name="P75">75 % lie below.</param>
/// <param name="P95">95 % lie below.</param>
public readonly record struct Bands(double P5, double P25, double P50, double P75, double P95);

/// <summary>
/// Sample quantiles by linear interpolation between order statistics: type 7 of R. J. Hyndman and Y. Fan, Am. Stat. 50 (1996) 361,
/// doi:10.1080/00031305.1996.10473566, as in R, NumPy and spreadsheets.
/// </summary>
public static class Quantiles
{
    /// <summary>One quantile of values in any order; they are not modified.</summary>
    public static double Of(ReadOnlySpan<double> values, double probability)
    {
        var sorted = ArrayPool<double>.Shared.Rent(values.Length);
        try
        {
            return OfSorted(Sorted(values, sorted), probability);
        }
        finally
        {
            ArrayPool<double>.Shared.Return(sorted);
        }
    }

    /// <summary>All quantiles of the bands at once.</summary>
    public static Bands BandsOf(ReadOnlySpan<double> values)
    {
        var buffer = ArrayPool<double>.Shared.Rent(values.Length);
        try
        {
            var sorted = Sorted(values, buffer);
            return new(OfSorted(sorted, 0.05), OfSorted(sorted, 0.25), OfSorted(sorted, 0.5), OfSorted(sorted, 0.75),
                OfSorted(sorted, 0.95));
        }
        finally
        {
            ArrayPool<double>.Shared.Return(buffer);
        }
    }

    /// <summary>One quantile of ascending values.</summary>
    public static double OfSorted(ReadOnlySpan<double> sorted, double probability)
    {
        if (sorted.Length == 0) throw new ArgumentException("An empty set has no quantiles.", nameof(sorted));
        if (!(probability >= 0 && probability <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "Not a probability.");
        var position = probability * (sorted.Length - 1);
        var below = (int)position;
        return below == sorted.Length - 1 ? sorted[below] : sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]);
    }

    static ReadOnlySpan<double> Sorted(ReadOnlySpan<double> values, double[] buffer)
    {
        foreach (var value in values)
            if (double.IsNaN(value))
                throw new ArgumentException("A value is not a number: leave out failed runs and report their number.", nameof(values));
        var sorted = buffer.AsSpan(0, values.Length);
        values.CopyTo(sorted);
        sorted.Sort();
        return sorted;
    }
}
