using MathNet.Numerics;

namespace TwinModel.Uncertainty;

/// <summary>The standard normal distribution.</summary>
public static class Normal
{
    /// <summary>90 % of the distribution lie within so many standard deviations.</summary>
    public const double Band90 = 1.6448536269514722;

    // M. J. Wichura, Algorithm AS 241: The percentage points of the normal distribution, Appl. Statist. 37 (1988) 477, doi:10.2307/2347330;
    // routine PPND16.
    static readonly double[] CentreNumerator =
    [
        3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
        4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
    ];

    static readonly double[] CentreDenominator =
    [
        1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
        2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
    ];

    static readonly double[] MiddleNumerator =
    [
        1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
        1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
    ];

    static readonly double[] MiddleDenominator =
    [
        1, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1,
        1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
    ];

    static readonly double[] TailNumerator =
    [
        6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
        2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ];

    static readonly double[] TailDenominator =
    [
        1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
    ];

    /// <summary>Quantile of the standard normal distribution, to a relative error of about 1e-15.</summary>
    /// <param name="probability">In (0, 1).</param>
    public static double Quantile(double probability)
    {
        if (!(probability > 0 && probability < 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "Quantiles need a probability inside (0, 1).");
        var fromCentre = probability - 0.5;
        if (Math.Abs(fromCentre) <= 0.425)
        {
            var r = 0.180625 - fromCentre * fromCentre;
            return fromCentre * Polynomial(CentreNumerator, r) / Polynomial(CentreDenominator, r);
        }
        var tail = Math.Sqrt(-Math.Log(fromCentre < 0 ? probability : 1 - probability));
        var size = tail <= 5
            ? Polynomial(MiddleNumerator, tail - 1.6) / Polynomial(MiddleDenominator, tail - 1.6)
            : Polynomial(TailNumerator, tail - 5) / Polynomial(TailDenominator, tail - 5);
        return fromCentre < 0 ? -size : size;
    }

    static double Polynomial(double[] coefficients, double x)
    {
        var sum = 0.0;
        for (var i = coefficients.Length - 1; i >= 0; i--) sum = sum * x + coefficients[i];
        return sum;
    }

    static readonly double LogRootTwoPi = 0.5 * Math.Log(2 * Math.PI);

    // Hermite nodes and weights of order 9 for E[f(Z)], Z standard normal (Abramowitz and Stegun, table 25.10, scaled).
    internal static readonly double[] HermiteNodes = [-4.512745863399783, -3.205429002856470, -2.076847978677830, -1.023255663789133, 0,
        1.023255663789133, 2.076847978677830, 3.205429002856470, 4.512745863399783];
    internal static readonly double[] HermiteWeights = [2.2345844007746563e-5, 2.7891413212317675e-3, 0.04991640676521790,
        0.2440975028949394, 0.4063492063492065, 0.2440975028949394, 0.04991640676521790, 2.7891413212317675e-3, 2.2345844007746563e-5];

    internal static double Cdf(double z) => 0.5 * SpecialFunctions.Erfc(-z / Constants.Sqrt2);

    internal static double Density(double z) => Math.Exp(-0.5 * z * z - LogRootTwoPi);

    internal static double LogDensity(double value, double mean, double variance)
    {
        var d = value - mean;
        return -0.5 * (d * d / variance + Math.Log(variance)) - LogRootTwoPi;
    }

    /// <summary>ln of the distribution function; below -10 by the asymptotic series, whose next term is under 1e-8.</summary>
    internal static double LogCdf(double z)
    {
        if (z > -10) return Math.Log(Cdf(z));
        var s = 1 / (z * z);
        return -0.5 * z * z - LogRootTwoPi - Math.Log(-z) + Math.Log(1 - s * (1 - 3 * s * (1 - 5 * s * (1 - 7 * s * (1 - 9 * s)))));
    }

    /// <summary>ln of the sum of exponentials.</summary>
    internal static double LogSumExp(IReadOnlyList<double> logs)
    {
        var top = logs.Max();
        return double.IsNegativeInfinity(top) ? top : top + Math.Log(logs.Sum(l => Math.Exp(l - top)));
    }
}
