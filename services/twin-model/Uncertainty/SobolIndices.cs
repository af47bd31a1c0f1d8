namespace TwinModel.Uncertainty;

/// <summary>Share of an output's variance due to one input, alone and with others, 0 to 1, with 90 % bootstrap bands.</summary>
/// <param name="First">Share due to the input alone.</param>
/// <param name="FirstLow">Lower end of its band.</param>
/// <param name="FirstHigh">Upper end of its band.</param>
/// <param name="Total">Share due to the input including all its interactions.</param>
/// <param name="TotalLow">Lower end of its band.</param>
/// <param name="TotalHigh">Upper end of its band.</param>
public readonly record struct SobolIndex(double First, double FirstLow, double FirstHigh, double Total, double TotalLow, double TotalHigh);

/// <summary>
/// Variance-based sensitivity from <c>N (k + 2)</c> evaluations by the caller: A. Saltelli et al., Comput. Phys. Commun. 181 (2010) 259,
/// doi:10.1016/j.cpc.2009.09.018, with both estimators of M. J. W. Jansen, Comput. Phys. Commun. 117 (1999) 35. The inputs must be
/// independent.
/// </summary>
public static class SobolIndices
{
    /// <summary>
    /// The points to evaluate: for each base point i the rows A_i, B_i and, for each input, A_i with that input from B_i.
    /// </summary>
    /// <param name="seed">Same seed, same points.</param>
    /// <param name="baseCount">Number of base points N, a power of two for the best balance.</param>
    /// <param name="inputs">Number of inputs k.</param>
    /// <returns><c>[N (k + 2)][k]</c>, numbers in (0, 1).</returns>
    public static double[][] Samples(ulong seed, int baseCount, int inputs)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(baseCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        // A and B are the two halves of one sample's dimensions, so they are independent.
        var halves = 2 * inputs <= SobolSequence.MaxDimensions
            ? SobolSequence.Sample(seed, baseCount, 2 * inputs)
            : LatinHypercube.Sample(seed, baseCount, 2 * inputs);
        var points = new double[baseCount * (inputs + 2)][];
        for (var i = 0; i < baseCount; i++)
        {
            var (a, b, first) = (halves[i][..inputs], halves[i][inputs..], i * (inputs + 2));
            (points[first], points[first + 1]) = (a, b);
            for (var j = 0; j < inputs; j++)
            {
                points[first + 2 + j] = [.. a];
                points[first + 2 + j][j] = b[j];
            }
        }
        return points;
    }

    /// <summary>The indices of all inputs from the outputs at <see cref="Samples"/>, in that order.</summary>
    /// <param name="outputs">One number per point.</param>
    /// <param name="inputs">Number of inputs k.</param>
    /// <param name="seed">Seed of the bootstrap.</param>
    /// <param name="resamples">Number of bootstrap samples.</param>
    /// <returns>One per input; all 0 when the output does not vary.</returns>
    public static SobolIndex[] Estimate(ReadOnlySpan<double> outputs, int inputs, ulong seed, int resamples = 500)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(resamples);
        var (rows, count) = (inputs + 2, outputs.Length / (inputs + 2));
        if (count < 2 || outputs.Length != count * rows)
            throw new ArgumentException($"{outputs.Length} outputs are not at least two blocks of {rows}.", nameof(outputs));
        Finite.Check(outputs, nameof(outputs));
        var chosen = new int[count];
        for (var i = 0; i < count; i++) chosen[i] = i;
        var (first, total) = (new double[inputs], new double[inputs]);
        Indices(outputs, chosen, first, total);
        double[][] firsts = new double[inputs][], totals = new double[inputs][];
        for (var j = 0; j < inputs; j++) (firsts[j], totals[j]) = (new double[resamples], new double[resamples]);
        var (oneFirst, oneTotal) = (new double[inputs], new double[inputs]);
        for (var r = 0; r < resamples; r++)
        {
            var random = new RandomStream(seed, (ulong)r);
            for (var i = 0; i < count; i++) chosen[i] = random.NextInteger(count);
            Indices(outputs, chosen, oneFirst, oneTotal);
            for (var j = 0; j < inputs; j++) (firsts[j][r], totals[j][r]) = (oneFirst[j], oneTotal[j]);
        }
        var indices = new SobolIndex[inputs];
        for (var j = 0; j < inputs; j++)
        {
            indices[j] = new(
                first[j], Quantiles.Of(firsts[j], 0.05), Quantiles.Of(firsts[j], 0.95), total[j], Quantiles.Of(totals[j], 0.05),
                Quantiles.Of(totals[j], 0.95));
        }
        return indices;
    }

    static void Indices(ReadOnlySpan<double> outputs, ReadOnlySpan<int> chosen, Span<double> first, Span<double> total)
    {
        var (inputs, count) = (first.Length, chosen.Length);
        var rows = inputs + 2;
        var mean = 0.0;
        foreach (var i in chosen) mean += outputs[i * rows] + outputs[i * rows + 1];
        mean /= 2 * count;
        var variance = 0.0;
        foreach (var i in chosen)
        {
            var (a, b) = (outputs[i * rows] - mean, outputs[i * rows + 1] - mean);
            variance += a * a + b * b;
        }
        variance /= 2 * count;
        for (var j = 0; j < inputs; j++)
        {
            var (ofA, ofB) = (0.0, 0.0);
            foreach (var i in chosen)
            {
                var (a, b, mixed) = (outputs[i * rows], outputs[i * rows + 1], outputs[i * rows + 2 + j]);
                ofA += (a - mixed) * (a - mixed);
                ofB += (b - mixed) * (b - mixed);
            }
            first[j] = variance > 0 ? 1 - ofB / (2 * count * variance) : 0;
            total[j] = variance > 0 ? ofA / (2 * count * variance) : 0;
        }
    }
}
