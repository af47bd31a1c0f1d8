namespace TwinModel.Uncertainty;

/// <summary>
/// Sobol's low-discrepancy sequence with the direction numbers of S. Joe and F. Y. Kuo, SIAM J. Sci. Comput. 30 (2008) 2635,
/// doi:10.1137/070709359 (file new-joe-kuo-6.21201), scrambled with a seed by A. B. Owen's nested uniform permutations (1995). Use a power
/// of two of points: only those are balanced.
/// </summary>
public static class SobolSequence
{
    const int Bits = 32;

    // For each dimension after the first: degree and inner coefficients of its primitive polynomial, then its initial direction numbers.
    static readonly int[][] JoeKuo =
    [
        [1, 0, 1], [2, 1, 1, 3], [3, 1, 1, 3, 1], [3, 2, 1, 1, 1], [4, 1, 1, 1, 3, 3], [4, 4, 1, 3, 5, 13], [5, 2, 1, 1, 5, 5, 17],
        [5, 4, 1, 1, 5, 5, 5], [5, 7, 1, 1, 7, 11, 19], [5, 11, 1, 1, 5, 1, 1], [5, 13, 1, 1, 1, 3, 11], [5, 14, 1, 3, 5, 5, 31],
        [6, 1, 1, 3, 3, 9, 7, 49], [6, 13, 1, 1, 1, 15, 21, 21], [6, 16, 1, 3, 1, 13, 27, 49], [6, 19, 1, 1, 1, 15, 7, 5],
        [6, 22, 1, 3, 1, 15, 13, 25], [6, 25, 1, 1, 5, 5, 19, 61], [7, 1, 1, 3, 7, 11, 23, 15, 103], [7, 4, 1, 3, 7, 13, 13, 15, 69],
        [7, 7, 1, 1, 3, 13, 7, 35, 63], [7, 8, 1, 3, 5, 9, 1, 25, 53], [7, 14, 1, 3, 1, 13, 9, 35, 107], [7, 19, 1, 3, 1, 5, 27, 61, 31],
        [7, 21, 1, 1, 5, 11, 19, 41, 61], [7, 28, 1, 3, 5, 3, 3, 13, 69], [7, 31, 1, 1, 7, 13, 1, 19, 1], [7, 32, 1, 3, 7, 5, 13, 19, 59],
        [7, 37, 1, 1, 3, 9, 25, 29, 41], [7, 41, 1, 3, 5, 13, 23, 1, 55], [7, 42, 1, 3, 7, 3, 13, 59, 17], [7, 50, 1, 3, 1, 3, 5, 53, 69],
        [7, 55, 1, 1, 5, 5, 23, 33, 13], [7, 56, 1, 1, 7, 7, 1, 61, 123], [7, 59, 1, 1, 7, 9, 13, 61, 49], [7, 62, 1, 3, 3, 5, 3, 55, 33],
        [8, 14, 1, 3, 1, 15, 31, 13, 49, 245], [8, 21, 1, 3, 5, 15, 31, 59, 63, 97], [8, 22, 1, 3, 1, 11, 11, 11, 77, 249],
    ];

    /// <summary>Largest number of dimensions supported.</summary>
    public static int MaxDimensions => JoeKuo.Length + 1;

    /// <summary>The first points of the sequence.</summary>
    /// <param name="seed">Seed of the scrambling; null gives the plain sequence, shifted by half its resolution.</param>
    /// <param name="count">Number of points.</param>
    /// <param name="dimensions">Number of dimensions, up to <see cref="MaxDimensions"/>.</param>
    /// <returns><c>[count][dimensions]</c>, numbers in (0, 1).</returns>
    public static double[][] Sample(ulong? seed, int count, int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, MaxDimensions);
        var points = new double[count][];
        for (var i = 0; i < count; i++) points[i] = new double[dimensions];
        for (var dimension = 0; dimension < dimensions; dimension++)
        {
            var directions = Directions(dimension);
            var key = seed is { } value ? RandomStream.Hash(RandomStream.Hash(value) + (ulong)dimension) : 0;
            var position = 0u;
            for (var i = 0; i < count; i++)
            {
                // Gray code order: the next point differs by one direction number.
                if (i > 0) position ^= directions[int.TrailingZeroCount(i)];
                var digits = seed is null ? position : Scrambled(position, key);
                points[i][dimension] = (digits + 0.5) / (1UL << Bits);
            }
        }
        return points;
    }

    // Flips each binary digit by a random bit that depends on all preceding digits.
    static uint Scrambled(uint digits, ulong key)
    {
        var flips = 0u;
        for (var bit = 0; bit < Bits; bit++)
        {
            var before = bit == 0 ? 0 : digits >> (Bits - bit);
            var coin = (uint)(RandomStream.Hash(key ^ RandomStream.Hash(((ulong)bit << Bits) | before)) >> 63);
            flips |= coin << (Bits - 1 - bit);
        }
        return digits ^ flips;
    }

    static uint[] Directions(int dimension)
    {
        var directions = new uint[Bits];
        if (dimension == 0)
        {
            for (var i = 0; i < Bits; i++) directions[i] = 1u << (Bits - 1 - i);
            return directions;
        }
        var row = JoeKuo[dimension - 1];
        var (degree, coefficients) = (row[0], row[1]);
        for (var i = 0; i < degree; i++) directions[i] = (uint)row[2 + i] << (Bits - 1 - i);
        for (var i = degree; i < Bits; i++)
        {
            directions[i] = directions[i - degree] ^ (directions[i - degree] >> degree);
            for (var j = 1; j < degree; j++)
                if (((coefficients >> (degree - 1 - j)) & 1) != 0) directions[i] ^= directions[i - j];
        }
        return directions;
    }
}
