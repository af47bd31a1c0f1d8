namespace TwinModel.Maintenance;

/// <summary>How a simulated cost is spread: mean, quantiles and the mean of the worst twentieth.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="StandardError">Standard error of the mean, as if the futures were independent.</param>
/// <param name="P05">Of 100 futures, 5 are cheaper.</param>
/// <param name="P50">Median.</param>
/// <param name="P95">Of 100 futures, 5 are dearer.</param>
/// <param name="CVaR95">Mean of the dearest 5 of 100.</param>
public readonly record struct Spread(double Mean, double StandardError, double P05, double P50, double P95, double CVaR95)
{
    /// <summary>Of values in any order, 20 or more.</summary>
    public static Spread Of(ReadOnlySpan<double> values) => Of(values, new double[Require.AtLeast(20, values.Length)]);

    /// <summary>The same with work space as long as the values.</summary>
    internal static Spread Of(ReadOnlySpan<double> values, Span<double> work)
    {
        var n = values.Length;
        var (mean, error) = MeanAndError(values);
        values.CopyTo(work);
        work = work[..n];
        // Selecting four places is a tenth of the work of sorting.
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

    // Hoare's selection: afterwards the k smallest stand before place k. Many values are equal (all that survive), which this partition
    // splits evenly.
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
