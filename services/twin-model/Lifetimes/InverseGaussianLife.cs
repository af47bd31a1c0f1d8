using TwinModel.Uncertainty;

namespace TwinModel.Lifetimes;

/// <summary>
/// First passage of a Wiener process with drift over a distance: inverse Gaussian with mean <c>d / mu</c> and shape <c>d^2 / sigma^2</c>.
/// </summary>
/// <param name="DriftPerDay">mu, units of the indicator per day, greater than 0.</param>
/// <param name="DiffusionPerRootDay">sigma, units of the indicator per square root of a day, greater than 0.</param>
/// <param name="Distance">From the present level to the threshold, greater than 0.</param>
public sealed record InverseGaussianLife(double DriftPerDay, double DiffusionPerRootDay, double Distance) : ILifetime
{
    /// <inheritdoc cref="InverseGaussianLife(double, double, double)"/>
    public double DriftPerDay { get; } = Require.Positive(DriftPerDay);

    /// <inheritdoc cref="InverseGaussianLife(double, double, double)"/>
    public double DiffusionPerRootDay { get; } = Require.Positive(DiffusionPerRootDay);

    /// <inheritdoc cref="InverseGaussianLife(double, double, double)"/>
    public double Distance { get; } = Require.Positive(Distance);

    /// <summary>E[life], days.</summary>
    public double MeanDays => Distance / DriftPerDay;

    /// <summary>Standard deviation of the life, days.</summary>
    public double SdDays => Math.Sqrt(Distance * DiffusionPerRootDay * DiffusionPerRootDay / Math.Pow(DriftPerDay, 3));

    /// <inheritdoc/>
    public double Cdf(double days) => FirstPassage.Cdf(days, Distance, DriftPerDay, 0, DiffusionPerRootDay);

    /// <inheritdoc/>
    public double Density(double days)
    {
        if (days <= 0) return 0;
        var z = (Distance - DriftPerDay * days) / (DiffusionPerRootDay * Math.Sqrt(days));
        return Distance / (DiffusionPerRootDay * Math.Pow(days, 1.5)) * Normal.Density(z);
    }

    /// <inheritdoc/>
    public double Quantile(double probability) => Lifetime.Quantile(Cdf, probability, MeanDays);

    /// <inheritdoc/>
    public double MeanUntil(double days) => Lifetime.MeanUntil(Cdf, 0, days);
}

/// <summary>First passage of a Wiener process whose drift is normally distributed.</summary>
static class FirstPassage
{
    /// <summary>
    /// P(passage by <paramref name="days"/>), with drift ~ N(mean, variance) and the distance known (Si, Wang, Hu and Zhou, 2013,
    /// doi:10.1016/j.ymssp.2012.08.016, integrated over time). In logarithms: the second term is exp(large) times a tiny tail.
    /// </summary>
    public static double Cdf(double days, double distance, double drift, double driftVariance, double diffusion)
    {
        if (days <= 0) return 0;
        if (distance <= 0) return 1;
        var s2 = diffusion * diffusion;
        var spread = Math.Sqrt(s2 * days + driftVariance * days * days);
        var reflected = 2 * drift * distance / s2 + 2 * driftVariance * distance * distance / (s2 * s2)
            + Normal.LogCdf(-(2 * driftVariance * distance * days + s2 * (drift * days + distance)) / (s2 * spread));
        return Math.Min(1, Normal.Cdf((drift * days - distance) / spread) + Math.Exp(reflected));
    }
}
