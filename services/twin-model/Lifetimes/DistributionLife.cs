using MathNet.Numerics.Distributions;

namespace TwinModel.Lifetimes;

/// <summary>Any continuous distribution as a life in days; probability mass below 0 counts as immediate failure.</summary>
/// <param name="Distribution">The distribution, in days.</param>
public sealed record DistributionLife(IContinuousDistribution Distribution) : ILifetime
{
    /// <inheritdoc/>
    public double Cdf(double days) => Distribution.CumulativeDistribution(days);

    /// <inheritdoc/>
    public double Density(double days) => Distribution.Density(days);

    /// <inheritdoc/>
    public double Quantile(double probability) => Lifetime.Quantile(Cdf, probability, Math.Max(1e-9, Math.Abs(Distribution.Mean)));

    /// <inheritdoc/>
    public double MeanUntil(double days) => Lifetime.MeanUntil(Cdf, 0, days);
}
