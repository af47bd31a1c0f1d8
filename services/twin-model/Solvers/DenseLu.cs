using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TwinModel.Solvers;

/// <summary>
/// LU factorisation of a small dense matrix with row interchanges; rows are padded to whole SIMD blocks. Sums have a fixed order on every
/// machine.
/// </summary>
sealed class DenseLu(int size)
{
    internal const int Lanes = 4;

    readonly double[] inverses = new double[size];
    readonly int[] swaps = new int[size];

    /// <summary>Distance between two rows in <see cref="Values"/>.</summary>
    public int Stride { get; } = Padded(size);

    /// <summary>The matrix, row by row; replaced by its factors.</summary>
    public double[] Values { get; } = new double[size * Padded(size)];

    /// <summary>The length rounded up to whole SIMD blocks.</summary>
    public static int Padded(int length) => (length + Lanes - 1) / Lanes * Lanes;

    /// <summary>Factorises <see cref="Values"/> in place.</summary>
    /// <returns>-1, or the column without a usable pivot.</returns>
    public int Factor()
    {
        ref var a = ref MemoryMarshal.GetArrayDataReference(Values);
        for (var k = 0; k < size; k++)
        {
            var pivot = k;
            for (var i = k + 1; i < size; i++)
                if (Math.Abs(Values[i * Stride + k]) > Math.Abs(Values[pivot * Stride + k])) pivot = i;
            swaps[k] = pivot;
            if (pivot != k) BandLu.Swap(Values.AsSpan(k * Stride, Stride), Values.AsSpan(pivot * Stride, Stride));
            var inverse = 1 / Values[k * Stride + k];
            if (!double.IsFinite(inverse) || inverse == 0) return k;
            inverses[k] = inverse;
            for (var i = k + 1; i < size; i++)
            {
                var factor = Values[i * Stride + k] *= inverse;
                if (factor == 0) continue;
                var j = k + 1;
                for (; j % Lanes != 0; j++)
                    Values[i * Stride + j] = Math.FusedMultiplyAdd(-factor, Values[k * Stride + j], Values[i * Stride + j]);
                if (j < Stride) BandLu.AddScaled(ref a, i * Stride + j, k * Stride + j, Stride - j, Vector256.Create(-factor));
            }
        }
        return -1;
    }

    /// <summary>Solves in place.</summary>
    public void Solve(Span<double> x)
    {
        for (var k = 0; k < size; k++) if (swaps[k] != k) (x[k], x[swaps[k]]) = (x[swaps[k]], x[k]);
        for (var i = 1; i < size; i++)
        {
            var sum = x[i];
            for (var j = 0; j < i; j++) sum = Math.FusedMultiplyAdd(-Values[i * Stride + j], x[j], sum);
            x[i] = sum;
        }
        for (var i = size - 1; i >= 0; i--)
        {
            var sum = x[i];
            for (var j = i + 1; j < size; j++) sum = Math.FusedMultiplyAdd(-Values[i * Stride + j], x[j], sum);
            x[i] = sum * inverses[i];
        }
    }
}
