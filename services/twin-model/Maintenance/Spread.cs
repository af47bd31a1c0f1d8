namespace TwinModel.Maintenance;

/// <summary>Distribution of a simulated cost: mean, quantiles and the mean of the worst 5 %.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="StandardError">Standard error of the mean, as if the futures were independent.</param>
/// <param name="P05">5 % quantile.</param>
/// <param name="P50">Median.</param>
/// <param name="P95">95 % quantile.</param>
/// <param name="CVaR95">Mean of the most expensive 5 %.</param>
public readonly record struct Spread(double Mean, double StandardError, double P05, double P50, double P95, double CVaR95)
{
    /// <summary>The spread of 20 or more values in any order.</summary>
    public static Spread Of(ReadOnlySpan<double> values) => Of(values, new double[Require.AtLeast(20, values.Length)]);

    /// <summary>The same with a work buffer at least as long as the values.</summary>
    internal static Spread Of(ReadOnlySpan<double> values, Span<double> work)
    {
        var n = values.Length;
        var (mean, error) = MeanAndError(values);
        values.CopyTo(work);
        work = work[..n];
        // Selecting the quantiles is a tenth of the work of sorting.
        var k = (int)(0.95 * n);
        Select(work, k);
        var tail = 0.0;
        foreach (var v in work[k..]) tail += v;
        var p95 = work[k];
        Select(work[..k], n / 2);
        var p50 = work[n / 2];
        Select(work[..(n / 2)], (int)(0.05 * n));
        return new(mean, error, work[(int)(0.05 * n)], p50, p95, tail / (n - k));
    }

    /// <summary>Mean and its standard error, summed in order.</summary>
    internal static (double Mean, double Error) MeanAndError(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var v in values) sum += v;
        var mean = sum / values.Length;
        var squares = 0.0;
        foreach (var v in values) squares += (v - mean) * (v - mean);
        return (mean, Math.Sqrt(squares / (values.Length - 1) / values.Length));
    }

    // Hoare's selection: afterwards the k smallest values are at the indices below k. Many values are equal (all survivors), which this
    // partition splits evenly.
    static void Select(Span<double> v, int k)
    {
        var (low, high) = (0, v.Length - 1);
        while (low < high)
        {
            var (i, j) = (low, high);
            var middle = low + (high - low) / 2;
            var pivot = Math.Max(Math.Min(v[low], v[middle]), Math.Min(Math.Max(v[low], v[middle]), v[high]));
            while (i <= j)
            {
                while (v[i] < pivot) i++;
                while (v[j] > pivot) j--;
                if (i > j) break;
                (v[i], v[j]) = (v[j], v[i]);
                i++;
                j--;
            }
            if (k <= j) high = j;
            else if (k >= i) low = i;
            else return;
        }
    }
}
