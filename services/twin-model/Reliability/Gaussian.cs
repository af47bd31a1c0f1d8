using MathNet.Numerics;

namespace TwinModel.Reliability;

/// <summary>The standard normal distribution where products of very large and very small factors occur.</summary>
static class Gaussian
{
    static readonly double LogRootTwoPi = 0.5 * Math.Log(2 * Math.PI);

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
