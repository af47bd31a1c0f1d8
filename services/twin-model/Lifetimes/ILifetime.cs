using MathNet.Numerics.Integration;
using MathNet.Numerics.RootFinding;

namespace TwinModel.Lifetimes;

/// <summary>
/// The distribution of a (remaining) life, in days from now. The distribution function may stay below 1: the rest never fails.
/// Implementations are immutable and safe to share between threads.
/// </summary>
public interface ILifetime
{
    /// <summary>P(life &lt;= days), 0 to 1; 0 for days &lt;= 0.</summary>
    double Cdf(double days);

    /// <summary>Density in 1/day.</summary>
    double Density(double days);

    /// <summary>The days by which the share <paramref name="probability"/> (0 to 1) has failed; infinite when it never does.</summary>
    double Quantile(double probability);

    /// <summary>E[min(life, days)] = integral of the survival function from 0 to <paramref name="days"/>, in days.</summary>
    double MeanUntil(double days);
}

/// <summary>Quantities that follow from the distribution function alone.</summary>
public static class Lifetime
{
    /// <summary>A century: no machine part is followed for longer. Far later quantiles count as 'never'.</summary>
    internal const double LongestDays = 36_525;

    /// <summary>Relative error of quadratures; a cost of 1e5 keeps its cents.</summary>
    const double QuadratureError = 1e-11;

    /// <summary>P(life &gt; days), 0 to 1.</summary>
    public static double Survival(this ILifetime life, double days) => 1 - life.Cdf(days);

    internal static double MeanUntil(Func<double, double> cdf, double fromDays, double toDays) => toDays <= fromDays
        ? 0
        : GaussKronrodRule.Integrate(t => 1 - cdf(t), fromDays, toDays, out _, out _, QuadratureError, maximumDepth: 18, order: 21);

    internal static double Quantile(Func<double, double> cdf, double probability, double typicalDays = 1)
    {
        Require.Share(probability);
        if (probability <= 0 || cdf(0) >= probability) return 0;
        var high = typicalDays;
        while (cdf(high) < probability)
        {
            high *= 2;
            if (high > LongestDays * 1000) return double.PositiveInfinity;
        }
        if (probability >= 1) return high;
        return Brent.TryFindRoot(t => cdf(t) - probability, 0, high, 1e-12 * high, 200, out var root)
            ? root
            : Bisection.FindRoot(t => cdf(t) - probability, 0, high, 1e-10 * high, 200);
    }

    /// <summary>Days after which the probability of survival is negligible, at most 1000 centuries.</summary>
    internal static double TailDays(this ILifetime life) => Math.Min(life.Quantile(1 - 1e-12), LongestDays * 1000);

    /// <summary>Mean life in days; infinite when a share never fails.</summary>
    public static double Mean(this ILifetime life) => life is WeibullLife w ? w.MeanDays : life.MeanUntil(life.TailDays());
}
