using MathNet.Numerics;

namespace TwinModel.Lifetimes;

/// <summary>
/// Weibull life, given survival to <paramref name="AgeDays"/>: <c>R(x) = exp(((age / eta)^beta - ((age + x) / eta)^beta))</c>. The fleet
/// prior of a part without a trend, and the life of a new part. <paramref name="Shape"/> beta is 1.1-1.5 for fatigue, 2-4 for wear.
/// </summary>
/// <param name="Shape">beta, greater than 0.</param>
/// <param name="ScaleDays">eta in days: 63.2 % of new parts have failed by then. Greater than 0.</param>
/// <param name="AgeDays">Age now, in days; 0 for a new part.</param>
public sealed record WeibullLife(double Shape, double ScaleDays, double AgeDays = 0) : ILifetime
{
    /// <inheritdoc cref="WeibullLife(double, double, double)"/>
    public double Shape { get; } = Require.Positive(Shape);

    /// <inheritdoc cref="WeibullLife(double, double, double)"/>
    public double ScaleDays { get; } = Require.Positive(ScaleDays);

    /// <inheritdoc cref="WeibullLife(double, double, double)"/>
    public double AgeDays { get; init; } = Require.NotNegative(AgeDays);

    /// <summary>Scale of the life whose 10 % quantile is the rating life: <c>eta = L10 / (-ln 0.9)^(1 / beta)</c>.</summary>
    public static WeibullLife FromRatingLife(double shape, double ratingLifeDays, double ageDays = 0) =>
        new(shape, Require.Positive(ratingLifeDays) / Math.Pow(-Math.Log(0.9), 1 / Require.Positive(shape)), ageDays);

    double HazardSoFar => Math.Pow(AgeDays / ScaleDays, Shape);

    /// <summary>E[remaining life], days.</summary>
    public double MeanDays => AgeDays == 0 ? ScaleDays * SpecialFunctions.Gamma(1 + 1 / Shape) : MeanUntil(Quantile(1 - 1e-14));

    /// <inheritdoc/>
    public double Cdf(double days) => days <= 0 ? 0 : 1 - Math.Exp(HazardSoFar - Math.Pow((AgeDays + days) / ScaleDays, Shape));

    /// <inheritdoc/>
    public double Density(double days)
    {
        if (days < 0) return 0;
        var x = (AgeDays + days) / ScaleDays;
        return Shape / ScaleDays * Math.Pow(x, Shape - 1) * Math.Exp(HazardSoFar - Math.Pow(x, Shape));
    }

    /// <inheritdoc/>
    public double Quantile(double probability) => Require.Share(probability) >= 1
        ? double.PositiveInfinity
        : ScaleDays * Math.Pow(HazardSoFar - SpecialFunctions.Log1p(-probability), 1 / Shape) - AgeDays;

    /// <inheritdoc/>
    public double MeanUntil(double days)
    {
        if (days <= 0) return 0;
        // At high age the two terms cancel numerically; quadrature does not.
        if (HazardSoFar > 3) return Lifetime.MeanUntil(Cdf, 0, Math.Min(days, Quantile(1 - 1e-15)));
        return (UnconditionalMeanUntil(AgeDays + days) - UnconditionalMeanUntil(AgeDays)) * Math.Exp(HazardSoFar);
    }

    // Integral of exp(-(t / eta)^beta): mu times the regularised lower incomplete gamma function.
    double UnconditionalMeanUntil(double days)
    {
        var x = Math.Pow(days / ScaleDays, Shape);
        var mean = ScaleDays * SpecialFunctions.Gamma(1 + 1 / Shape);
        return x <= 0 ? 0 : x > 700 ? mean : mean * SpecialFunctions.GammaLowerRegularized(1 / Shape, x);
    }
}
