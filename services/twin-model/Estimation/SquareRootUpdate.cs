namespace TwinModel.Estimation;

/// <summary>
/// Corrects an ensemble by one observation at a time: the serial square-root form of the ensemble Kalman filter, which needs no perturbed
/// observations and in the linear case gives mean and variance of the Kalman filter exactly. J. S. Whitaker and T. M. Hamill, Mon. Weather
/// Rev. 130 (2002) 1913. With <c>z</c> the predicted observation, primes for differences from the mean and <c>S = var z + R</c>:
/// <c>K = cov(x, z) / S</c>, <c>mean x += K (y − mean z)</c>, <c>x' −= K z' / (1 + √(R/S))</c>.
/// </summary>
public static class SquareRootUpdate
{
    /// <summary>Corrects all variables of some ensembles with the same members.</summary>
    /// <param name="predicted">What each member predicts for the observation; may be a row of one of the ensembles.</param>
    /// <param name="observed">The observation y.</param>
    /// <param name="variance">Variance R of its error, greater than 0.</param>
    /// <param name="ensembles">What is corrected.</param>
    public static void Apply(
        ReadOnlySpan<double> predicted, double observed, double variance, params ReadOnlySpan<Ensemble> ensembles)
    {
        Span<double> z = stackalloc double[predicted.Length];
        Span<double> change = stackalloc double[predicted.Length];
        var innovation = observed - Moments.Centre(predicted, z);
        var total = Moments.Dot(z, z) / (z.Length - 1) + variance;
        var shrink = 1 / (1 + Math.Sqrt(variance / total));
        for (var m = 0; m < z.Length; m++) change[m] = (innovation - shrink * z[m]) / total / (z.Length - 1);
        foreach (var ensemble in ensembles)
        {
            for (var v = 0; v < ensemble.Variables; v++)
            {
                var row = ensemble[v];
                // Times the number of members less one, by which 'change' is divided.
                var covariance = Moments.Dot(row, z);
                for (var m = 0; m < row.Length; m++) row[m] += covariance * change[m];
            }
        }
    }
}
