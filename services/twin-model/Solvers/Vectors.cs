using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TwinModel.Solvers;

/// <summary>Sums over state vectors, as four partial sums in a fixed order, so that the bits do not depend on the machine.</summary>
static class Vectors
{
    const int Lanes = DenseLu.Lanes;

    /// <summary>Root mean square of <c>value / (relative (scale typical + max(|from|, |to|)))</c>.</summary>
    public static double Norm(
        ReadOnlySpan<double> values, ReadOnlySpan<double> typical, ReadOnlySpan<double> from, ReadOnlySpan<double> to, Tolerance tolerance)
    {
        var n = values.Length;
        if (n == 0) return 0;
        if (typical.Length != n || from.Length != n || to.Length != n)
            throw new ArgumentException("All spans must have the same length.", nameof(values));
        ref var v = ref MemoryMarshal.GetReference(values);
        ref var s = ref MemoryMarshal.GetReference(typical);
        ref var a = ref MemoryMarshal.GetReference(from);
        ref var b = ref MemoryMarshal.GetReference(to);
        var (sum, scale, i) = (Vector256<double>.Zero, Vector256.Create(tolerance.AbsoluteScale), 0);
        for (; i + Lanes <= n; i += Lanes)
        {
            var at = (nuint)i;
            var size = Vector256.Max(Vector256.Abs(Vector256.LoadUnsafe(ref a, at)), Vector256.Abs(Vector256.LoadUnsafe(ref b, at)));
            var ratio = Vector256.LoadUnsafe(ref v, at) / (scale * Vector256.LoadUnsafe(ref s, at) + size);
            sum += ratio * ratio;
        }
        var total = sum[0] + sum[1] + (sum[2] + sum[3]);
        for (; i < n; i++)
        {
            var ratio = values[i] / (tolerance.AbsoluteScale * typical[i] + Math.Max(Math.Abs(from[i]), Math.Abs(to[i])));
            total += ratio * ratio;
        }
        return Math.Sqrt(total / n) / tolerance.Relative;
    }

    /// <summary>Root mean square of <c>value / typical</c>.</summary>
    public static double Norm(ReadOnlySpan<double> values, ReadOnlySpan<double> typical)
    {
        var total = 0.0;
        for (var i = 0; i < values.Length; i++) total += values[i] / typical[i] * (values[i] / typical[i]);
        return values.Length == 0 ? 0 : Math.Sqrt(total / values.Length);
    }

    /// <summary>The element furthest from zero in multiples of <c>typical + |size|</c>, or the first that is not finite.</summary>
    public static int Worst(ReadOnlySpan<double> values, ReadOnlySpan<double> typical, ReadOnlySpan<double> sizes)
    {
        var (worst, largest) = (0, -1.0);
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i])) return i;
            var ratio = Math.Abs(values[i]) / (typical[i] + Math.Abs(sizes[i]));
            if (ratio > largest) (worst, largest) = (i, ratio);
        }
        return worst;
    }

    /// <summary>Index of the first element that is not finite, or -1.</summary>
    public static int NotFinite(ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++) if (!double.IsFinite(values[i])) return i;
        return -1;
    }
}
