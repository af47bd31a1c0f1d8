using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TwinModel.Solvers;

/// <summary>
/// LU factors of <c>M = diag(c, 1) - J</c>, with <c>c</c> on the rows of states and 1 on those of auxiliaries. The band is factorised with
/// row interchanges and the border eliminated blockwise: with <c>M = [A B; C D]</c>, <c>Y = A^-1 B</c> and <c>S = D - C Y</c> (Golub and
/// Van Loan, Matrix Computations, 4th ed., 3.2.11 and 4.3.5). Owns its work space and allocates nothing after construction; one thread at a
/// time. Same bits on every machine.
/// </summary>
/// <remarks>The band block itself must also be regular. Exact singularity and non-finite numbers are reported, ill-conditioning is
/// not.</remarks>
public sealed class BorderedLu
{
    const int Lanes = DenseLu.Lanes;

    readonly BorderedShape shape;
    readonly int n, tail;
    readonly BandLu band;
    readonly DenseLu schur;
    readonly double[] tailWork, rowValues;
    readonly int[] rowColumns, rowEnds;

    // Border unknowns in column order: first those with entries beside the band, by the row where these begin, then the others.
    readonly int[] order, firstRows;
    bool usable;

    /// <summary>Reserves the work space for matrices of one shape.</summary>
    public BorderedLu(BorderedShape shape)
    {
        this.shape = shape;
        (n, tail) = (shape.Banded, shape.Border + shape.Auxiliaries);
        band = new(n, shape.Lower, shape.Upper, tail);
        schur = new(tail);
        tailWork = new double[schur.Stride];
        rowValues = new double[tail * n];
        rowColumns = new int[tail * n];
        (rowEnds, order, firstRows) = (new int[tail], new int[tail], new int[tail]);
    }

    /// <summary>Factorises.</summary>
    /// <param name="jacobian">The Jacobian; it is not changed.</param>
    /// <param name="shift">The number c on the diagonal of states, 1/s.</param>
    /// <exception cref="SingularMatrixException">There is no usable pivot, or an entry is not finite.</exception>
    public void Factor(BorderedMatrix jacobian, double shift)
    {
        if (!TryFactor(jacobian, shift, out var unknown)) throw new SingularMatrixException(unknown);
    }

    /// <summary>Factorises, for callers that can continue with another shift.</summary>
    /// <param name="jacobian">The Jacobian; it is not changed.</param>
    /// <param name="shift">The number c on the diagonal of states, 1/s.</param>
    /// <param name="unknown">The unknown without a usable pivot or the row with a non-finite entry; otherwise -1.</param>
    /// <returns>False when the matrix is singular or not finite.</returns>
    public bool TryFactor(BorderedMatrix jacobian, double shift, out int unknown)
    {
        if (jacobian.Shape != shape)
            throw new ArgumentException($"The factors are for {shape}, the matrix is {jacobian.Shape}.", nameof(jacobian));
        usable = false;
        unknown = NonFiniteRow(jacobian, shift);
        if (unknown >= 0) return false;
        band.Load(jacobian.Band, shift);
        LoadColumns(jacobian);
        unknown = band.Factor();
        if (unknown >= 0) return false;
        FormSchur(jacobian, shift);
        unknown = schur.Factor();
        if (unknown >= 0) unknown = n + order[unknown];
        return usable = unknown < 0;
    }

    /// <summary>Solves <c>M [x; w] = [b; 0]</c>.</summary>
    /// <param name="rhs">In: b, out: x; one element per state.</param>
    public void Solve(Span<double> rhs)
    {
        if (!usable) throw new InvalidOperationException("There are no factors: nothing was factorised, or the last matrix was singular.");
        if (rhs.Length != shape.States) throw new ArgumentException($"{rhs.Length} elements for {shape.States} states.", nameof(rhs));
        rhs[..n].CopyTo(band.Work);
        band.Solve();
        Array.Clear(tailWork);
        rhs[n..].CopyTo(tailWork);
        for (int r = 0, e = 0; r < tail; r++)
        {
            var sum = tailWork[r];
            for (; e < rowEnds[r]; e++) sum = Math.FusedMultiplyAdd(-rowValues[e], band.Work[rowColumns[e]], sum);
            tailWork[r] = sum;
        }
        schur.Solve(tailWork);
        ref var y = ref MemoryMarshal.GetArrayDataReference(band.Columns);
        ref var w = ref MemoryMarshal.GetArrayDataReference(tailWork);
        for (var i = 0; i < n; i++)
        {
            var sum = Vector256<double>.Zero;
            for (var v = 0; v < band.Stride; v += Lanes)
                sum = Vector256.FusedMultiplyAdd(
                    Vector256.LoadUnsafe(ref y, (nuint)(i * band.Stride + v)), Vector256.LoadUnsafe(ref w, (nuint)v), sum);
            rhs[i] = band.Work[i] - (sum[0] + sum[1] + (sum[2] + sum[3]));
        }
        for (var t = 0; t < tail; t++) if (order[t] < shape.Border) rhs[n + order[t]] = tailWork[t];
    }

    static int NonFiniteRow(BorderedMatrix jacobian, double shift)
    {
        // Zero times a finite number is zero; for all others it is NaN.
        var values = jacobian.Values;
        ref var first = ref MemoryMarshal.GetArrayDataReference(values);
        var sum = Vector256<double>.Zero;
        var i = 0;
        for (; i + Lanes <= values.Length; i += Lanes) sum += Vector256.LoadUnsafe(ref first, (nuint)i) * Vector256<double>.Zero;
        var rest = sum[0] + sum[1] + sum[2] + sum[3] + shift * 0;
        for (; i < values.Length; i++) rest += values[i] * 0;
        return rest == 0 ? -1 : jacobian.RowOf(Math.Max(0, Array.FindIndex(values, v => !double.IsFinite(v))));
    }

    void LoadColumns(BorderedMatrix jacobian)
    {
        var active = 0;
        var empty = tail;
        for (var j = 0; j < tail; j++)
        {
            // Searched as integers, which is vectorised.
            var first = MemoryMarshal.Cast<double, long>(jacobian.BorderColumn(j)).IndexOfAnyExcept(0);
            if (first < 0)
            {
                order[--empty] = j;
                continue;
            }
            var at = active++;
            for (; at > 0 && firstRows[at - 1] > first; at--) (order[at], firstRows[at]) = (order[at - 1], firstRows[at - 1]);
            (order[at], firstRows[at]) = (j, first);
        }
        band.ReserveColumns(firstRows.AsSpan(0, active));
        for (var c = 0; c < active; c++)
        {
            var column = jacobian.BorderColumn(order[c]);
            for (int i = firstRows[c], at = i * band.Stride + c; i < column.Length; i++, at += band.Stride) band.Columns[at] = -column[i];
        }
    }

    void FormSchur(BorderedMatrix jacobian, double shift)
    {
        Array.Clear(schur.Values);
        ref var s = ref MemoryMarshal.GetArrayDataReference(schur.Values);
        ref var y = ref MemoryMarshal.GetArrayDataReference(band.Columns);
        for (int r = 0, e = 0; r < tail; r++)
        {
            var row = jacobian.BorderRow(r);
            var into = schur.Values.AsSpan(r * schur.Stride, tail);
            for (var t = 0; t < into.Length; t++)
            {
                into[t] = -row[n + order[t]];
                if (order[t] == r) into[t] += r < shape.Border ? shift : 1;
            }
            // A border row depends on few of the banded states, e.g. those of a sensor or zone.
            for (var j = 0; j < n; j++)
            {
                var next = MemoryMarshal.Cast<double, long>(row[j..n]).IndexOfAnyExcept(0);
                if (next < 0) break;
                j += next;
                (rowColumns[e], rowValues[e]) = (j, -row[j]);
                e++;
                var entry = Vector256.Create(row[j]);
                for (var v = 0; v < band.Stride; v += Lanes)
                {
                    var at = (nuint)(r * schur.Stride + v);
                    var solution = Vector256.LoadUnsafe(ref y, (nuint)(j * band.Stride + v));
                    Vector256.FusedMultiplyAdd(entry, solution, Vector256.LoadUnsafe(ref s, at)).StoreUnsafe(ref s, at);
                }
            }
            rowEnds[r] = e;
        }
    }
}
