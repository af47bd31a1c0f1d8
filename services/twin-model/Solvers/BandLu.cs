using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TwinModel.Solvers;

/// <summary>
/// LU factorisation of a band matrix with row interchanges, row by row, together with a block of right-hand sides (LAPACK's dgbtrf and
/// dgbtrs, unblocked: blocking does not pay for bands this narrow). Sums have a fixed order on every machine.
/// </summary>
sealed class BandLu
{
    const int Lanes = DenseLu.Lanes;

    readonly int n, lower, upper, reach, ahead, width;
    readonly double[] band, multipliers, inverses;
    readonly int[] swaps, firsts;

    public BandLu(int n, int lower, int upper, int tail)
    {
        (this.n, this.lower, this.upper) = (n, lower, upper);
        // Interchanges widen the upper triangle by the lower bandwidth.
        reach = lower + upper;
        ahead = DenseLu.Padded(reach);
        width = lower + 1 + ahead;
        firsts = new int[DenseLu.Padded(tail) / Lanes];
        band = new double[n * width];
        multipliers = new double[n * lower];
        inverses = new double[n];
        swaps = new int[n];
        // Rows beyond the last stay zero, so that inner loops need no bounds check.
        Columns = new double[(n + reach) * DenseLu.Padded(tail)];
        Work = new double[n + reach];
    }

    /// <summary>Distance between two rows in <see cref="Columns"/>.</summary>
    public int Stride { get; private set; }

    /// <summary>
    /// In: the right-hand sides, row by row; out: their solutions. Columns not reserved by <see cref="ReserveColumns"/> are undefined.
    /// </summary>
    public double[] Columns { get; }

    /// <summary>One more right-hand side, for <see cref="Solve"/>; only the first n elements belong to the caller.</summary>
    public double[] Work { get; }

    /// <summary>Clears <see cref="Columns"/> for right-hand sides that begin with zeros up to these rows, in ascending order.</summary>
    public void ReserveColumns(ReadOnlySpan<int> firstRows)
    {
        Stride = DenseLu.Padded(firstRows.Length);
        // An interchange can move a row up by the lower bandwidth.
        for (var block = 0; block * Lanes < Stride; block++) firsts[block] = Math.Max(0, firstRows[block * Lanes] - lower);
        Columns.AsSpan(0, (n + reach) * Stride).Clear();
    }

    /// <summary>Loads <c>diag(shift) - J</c> from J's band, row by row with <c>lower + 1 + upper</c> entries each.</summary>
    public void Load(ReadOnlySpan<double> jacobian, double shift)
    {
        var stored = lower + 1 + upper;
        Array.Clear(band);
        for (var i = 0; i < n; i++)
        {
            var row = band.AsSpan(i * width, stored);
            var entries = jacobian.Slice(i * stored, stored);
            for (var j = 0; j < row.Length; j++) row[j] = -entries[j];
            row[lower] += shift;
        }
    }

    /// <summary>Factorises the loaded matrix and solves for all <see cref="Columns"/>.</summary>
    /// <returns>-1, or the column without a usable pivot.</returns>
    public int Factor()
    {
        ref var a = ref MemoryMarshal.GetArrayDataReference(band);
        ref var y = ref MemoryMarshal.GetArrayDataReference(Columns);
        var begun = 0;
        for (var k = 0; k < n; k++)
        {
            while (begun < Stride && firsts[begun / Lanes] <= k) begun += Lanes;
            // Entry (i, j) is at i * (width - 1) + j + lower.
            var (diagonal, rows) = (k * width + lower, Math.Min(lower, n - 1 - k));
            var pivot = 0;
            var largest = Math.Abs(band[diagonal]);
            for (int i = 1, at = diagonal + width - 1; i <= rows; i++, at += width - 1)
            {
                var size = Math.Abs(Unsafe.Add(ref a, at));
                if (size > largest) (largest, pivot) = (size, i);
            }
            swaps[k] = k + pivot;
            if (pivot != 0)
            {
                Swap(band.AsSpan(diagonal, ahead + 1), band.AsSpan(diagonal + pivot * (width - 1), ahead + 1));
                Swap(Columns.AsSpan(k * Stride, begun), Columns.AsSpan((k + pivot) * Stride, begun));
            }
            var inverse = 1 / band[diagonal];
            if (!double.IsFinite(inverse) || inverse == 0) return k;
            inverses[k] = inverse;
            for (int i = 1, at = diagonal + width - 1; i <= rows; i++, at += width - 1)
            {
                var factor = Unsafe.Add(ref a, at) * inverse;
                multipliers[k * lower + i - 1] = factor;
                if (factor == 0) continue;
                var scale = Vector256.Create(-factor);
                AddScaled(ref a, at + 1, diagonal + 1, ahead, scale);
                AddScaled(ref y, (k + i) * Stride, k * Stride, begun, scale);
            }
        }
        SubstituteColumns(ref a, ref y);
        return -1;
    }

    /// <summary>Solves for <see cref="Work"/> in place.</summary>
    public void Solve()
    {
        ref var z = ref MemoryMarshal.GetArrayDataReference(Work);
        ref var factors = ref MemoryMarshal.GetArrayDataReference(multipliers);
        ref var upperRows = ref MemoryMarshal.GetArrayDataReference(band);
        for (var k = 0; k < n; k++)
        {
            ref var own = ref Unsafe.Add(ref z, k);
            var value = own;
            if (swaps[k] != k)
            {
                ref var other = ref Unsafe.Add(ref z, swaps[k]);
                (value, other) = (other, value);
                own = value;
            }
            var rows = Math.Min(lower, n - 1 - k);
            ref var factor = ref Unsafe.Add(ref factors, k * lower);
            for (var i = 0; i < rows; i++)
                Unsafe.Add(ref own, i + 1) = Math.FusedMultiplyAdd(-Unsafe.Add(ref factor, i), value, Unsafe.Add(ref own, i + 1));
        }
        for (var k = n - 1; k >= 0; k--)
        {
            ref var own = ref Unsafe.Add(ref z, k);
            ref var row = ref Unsafe.Add(ref upperRows, k * width + lower);
            // The newest value last, so that only one operation has to wait for it.
            var sum = own;
            for (var j = reach; j >= 1; j--) sum = Math.FusedMultiplyAdd(-Unsafe.Add(ref row, j), Unsafe.Add(ref own, j), sum);
            own = sum * inverses[k];
        }
    }

    void SubstituteColumns(ref double a, ref double y)
    {
        for (var k = n - 1; k >= 0; k--)
        {
            var (row, inverse) = (k * width + lower, Vector256.Create(inverses[k]));
            for (var v = 0; v < Stride; v += Lanes)
            {
                ref var own = ref Unsafe.Add(ref y, k * Stride + v);
                var sum = Vector256.LoadUnsafe(ref own);
                for (int j = reach, at = reach * Stride; j >= 1; j--, at -= Stride)
                    sum = Vector256.FusedMultiplyAdd(
                        Vector256.Create(-Unsafe.Add(ref a, row + j)), Vector256.LoadUnsafe(ref own, (nuint)at), sum);
                (sum * inverse).StoreUnsafe(ref own);
            }
        }
    }

    /// <summary>Adds scaled elements to others of the same array; the count is a whole number of SIMD blocks.</summary>
    internal static void AddScaled(ref double values, int to, int from, int count, Vector256<double> scale)
    {
        ref var source = ref Unsafe.Add(ref values, from);
        ref var target = ref Unsafe.Add(ref values, to);
        for (nuint v = 0; v < (nuint)count; v += Lanes)
            Vector256.FusedMultiplyAdd(scale, Vector256.LoadUnsafe(ref source, v), Vector256.LoadUnsafe(ref target, v))
                .StoreUnsafe(ref target, v);
    }

    /// <summary>Swaps the contents of two spans of equal length that do not overlap.</summary>
    internal static void Swap(Span<double> left, Span<double> right)
    {
        for (var i = 0; i < left.Length; i++) (left[i], right[i]) = (right[i], left[i]);
    }
}
