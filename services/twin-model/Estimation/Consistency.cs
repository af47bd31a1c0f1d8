using MathNet.Numerics.LinearAlgebra;

namespace TwinModel.Estimation;

/// <summary>
/// Normalised innovation squared <c>d' S⁻¹ d</c> with <c>S = cov(z) + R</c>: chi-square with as many degrees of freedom as observations
/// when the filter is right about its uncertainty.
/// </summary>
static class Consistency
{
    /// <param name="predictions">What members predict, before any observation of the tick is used.</param>
    /// <param name="means">Their means.</param>
    /// <param name="measured">The observations.</param>
    /// <param name="variances">Variances of their errors.</param>
    /// <param name="leftOut">Which to leave out.</param>
    /// <param name="deviations">Out: standard deviation of each innovation.</param>
    /// <returns>The NIS, and each innovation over its standard deviation; NaN where it is left out.</returns>
    public static (double Nis, double[] Normalised) Of(
        Ensemble predictions, double[] means, double[] measured, ReadOnlySpan<double> variances, LeftOut[] leftOut, double[] deviations)
    {
        int[] used = [.. Enumerable.Range(0, leftOut.Length).Where(o => leftOut[o] == LeftOut.No)];
        var normalised = new double[leftOut.Length];
        Array.Fill(normalised, double.NaN);
        if (used.Length == 0) return (0, normalised);
        var covariance = Matrix<double>.Build.Dense(used.Length, used.Length);
        var differences = new Ensemble(used.Length, predictions.Members);
        for (var i = 0; i < used.Length; i++)
        {
            Moments.Centre(predictions[used[i]], differences[i]);
            for (var j = 0; j <= i; j++)
                covariance[i, j] = covariance[j, i] = Moments.Dot(differences[i], differences[j]) / (predictions.Members - 1);
            covariance[i, i] += variances[used[i]];
            deviations[used[i]] = Math.Sqrt(covariance[i, i]);
            normalised[used[i]] = (measured[used[i]] - means[used[i]]) / deviations[used[i]];
        }
        var innovations = Vector<double>.Build.Dense(used.Length, i => measured[used[i]] - means[used[i]]);
        return (innovations.DotProduct(covariance.Cholesky().Solve(innovations)), normalised);
    }
}
