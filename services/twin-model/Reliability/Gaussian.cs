using MathNet.Numerics;

namespace TwinModel.Reliability;

/// <summary>The standard normal distribution where products of very large and very small factors occur.</summary>
static class Gaussian
{
    static readonly double LogRootTwoPi = 0.5 * Math.Log(2 * Math.PI);

    // Hermite nodes and weights of order 9 for E[f(Z)], Z standard normal (Abramowitz and Stegun, table 25.10, scaled).
    public static readonly double[] Nodes = [-4.512745863399783, -3.205429002856470, -2.076847978677830, -1.023255663789133, 0, 1.023255663789133, 2.076847978677830, 3.205429002856470, 4.512745863399783];
    public static readonly double[] Weights = [2.2345844007746563e-5, 2.7891413212317675e-3, 0.04991640676521790, 0.2440975028949394, 0.4063492063492065, 0.2440975028949394, 0.04991640676521790, 2.7891413212317675e-3, 2.2345844007746563e-5];

    public static double Cdf(double z) => 0.5 * SpecialFunctions.Erfc(-z / Constants.Sqrt2);

    public static double Density(double z) => Math.Exp(-0.5 * z * z - LogRootTwoPi);

    public static double LogDensity(double value, double mean, double variance)
    {
        var d = value - mean;
        return -0.5 * (d * d / variance + Math.Log(variance)) - LogRootTwoPi;
    }

    /// <summary>ln of the distribution function; below -10 by the asymptotic series, whose next term is under 1e-8.</summary>
    public static double LogCdf(double z)
    {
        if (z > -10) return Math.Log(Cdf(z));
        var s = 1 / (z * z);
        return -0.5 * z * z - LogRootTwoPi - Math.Log(-z) + Math.Log(1 - s * (1 - 3 * s * (1 - 5 * s * (1 - 7 * s * (1 - 9 * s)))));
    }

    /// <summary>ln of the sum of exponentials.</summary>
    public static double LogSumExp(IReadOnlyList<double> logs)
    {
        var top = logs.Max();
        return double.IsNegativeInfinity(top) ? top : top + Math.Log(logs.Sum(l => Math.Exp(l - top)));
    }
}
