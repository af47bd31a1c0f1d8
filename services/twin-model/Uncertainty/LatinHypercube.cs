namespace TwinModel.Uncertainty;

/// <summary>
/// Latin hypercube samples: each of <c>count</c> equal slices of each dimension holds exactly one point, at a random position, and the
/// slices of different dimensions are paired at random. M. D. McKay, R. J. Beckman and W. J. Conover, Technometrics 21 (1979) 239,
/// doi:10.1080/00401706.1979.10489755.
/// </summary>
public static class LatinHypercube
{
    /// <summary>Draws a sample.</summary>
    /// <param name="seed">Same seed, same sample.</param>
    /// <param name="count">Number of points, up to 2^19.</param>
    /// <param name="dimensions">Number of dimensions.</param>
    /// <returns><c>[count][dimensions]</c>, numbers in (0, 1).</returns>
    public static double[][] Sample(ulong seed, int count, int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1 << 19);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        var points = new double[count][];
        for (var i = 0; i < count; i++) points[i] = new double[dimensions];
        var slices = new int[count];
        for (var dimension = 0; dimension < dimensions; dimension++)
        {
            var random = new RandomStream(seed, (ulong)dimension);
            for (var i = 0; i < count; i++) slices[i] = i;
            random.Shuffle(slices.AsSpan());
            // 32 bits within a slice: with more, rounding could move a point into the next one.
            for (var i = 0; i < count; i++) points[i][dimension] = (slices[i] + ((random.NextBits() >> 32) + 0.5) / (1UL << 32)) / count;
        }
        return points;
    }
}
