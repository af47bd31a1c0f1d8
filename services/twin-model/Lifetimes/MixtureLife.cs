using System.Collections.Immutable;

namespace TwinModel.Lifetimes;

/// <summary>A mixture of lives, each with the probability that it is the right one.</summary>
/// <param name="Parts">The components; their weights are 0 or more and add up to 1.</param>
public sealed record MixtureLife(ImmutableArray<WeightedLife> Parts) : ILifetime
{
    /// <inheritdoc/>
    public double Cdf(double days)
    {
        var sum = 0.0;
        foreach (var part in Parts) sum += part.Weight * part.Life.Cdf(days);
        return sum;
    }

    /// <inheritdoc/>
    public double Density(double days)
    {
        var sum = 0.0;
        foreach (var part in Parts) sum += part.Weight * part.Life.Density(days);
        return sum;
    }

    /// <inheritdoc/>
    public double Quantile(double probability) => Lifetime.Quantile(Cdf, probability);

    /// <inheritdoc/>
    public double MeanUntil(double days)
    {
        var sum = 0.0;
        foreach (var part in Parts) sum += part.Weight * part.Life.MeanUntil(days);
        return sum;
    }
}

/// <summary>One component of a mixture.</summary>
/// <param name="Name">The model it comes from.</param>
/// <param name="Weight">Its probability, 0 to 1.</param>
/// <param name="Life">Its life.</param>
public sealed record WeightedLife(string Name, double Weight, ILifetime Life);
