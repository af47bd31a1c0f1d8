using System.Collections.Immutable;
using TwinModel.Lifetimes;
using TwinModel.Uncertainty;

namespace TwinModel.Prognostics;

/// <summary>
/// Wiener degradation with uncertain drift: <c>dx = mu dt + sigma dW</c>, observed as <c>y = x + eps</c>. A Kalman filter of (x, mu); at
/// sigma = 0 it is the log-linear trend. Its life is the first passage of x.
/// </summary>
/// <param name="AtDays">Time of the state, days since t = 0.</param>
/// <param name="Level">Mean of x, ln of the indicator.</param>
/// <param name="DriftPerDay">Mean of mu, 1/day.</param>
/// <param name="LevelVariance">Variance of x.</param>
/// <param name="DriftVariance">Variance of mu, 1/day^2.</param>
/// <param name="Covariance">Covariance of x and mu, 1/day.</param>
/// <param name="DiffusionPerRootDay">sigma, 1/sqrt(day), greater than 0.</param>
/// <param name="NoiseSd">Standard deviation of eps, in ln.</param>
/// <param name="LogEvidence">ln of the probability density of the observations so far, given this model.</param>
public sealed record WienerTrend(
    double AtDays, double Level, double DriftPerDay, double LevelVariance, double DriftVariance, double Covariance,
    double DiffusionPerRootDay, double NoiseSd, double LogEvidence = 0)
{
    /// <summary>The trend at a later time, without an observation.</summary>
    public WienerTrend Predict(double days)
    {
        var dt = Require.NotNegative(days - AtDays, nameof(days));
        return this with
        {
            AtDays = days,
            Level = Level + DriftPerDay * dt,
            LevelVariance = LevelVariance + 2 * dt * Covariance + dt * dt * DriftVariance + DiffusionPerRootDay * DiffusionPerRootDay * dt,
            Covariance = Covariance + dt * DriftVariance,
        };
    }

    /// <summary>The trend after one more observation; not before <see cref="AtDays"/>.</summary>
    public WienerTrend Update(double days, double lnValue)
    {
        var prior = Predict(days);
        var s = prior.LevelVariance + NoiseSd * NoiseSd;
        var residual = Require.Finite(lnValue) - prior.Level;
        var (k0, k1) = (prior.LevelVariance / s, prior.Covariance / s);
        return prior with
        {
            Level = prior.Level + k0 * residual,
            DriftPerDay = prior.DriftPerDay + k1 * residual,
            LevelVariance = prior.LevelVariance * NoiseSd * NoiseSd / s,
            DriftVariance = prior.DriftVariance - k1 * prior.Covariance,
            Covariance = prior.Covariance * (1 - k0),
            LogEvidence = LogEvidence + Normal.LogDensity(residual, 0, s),
        };
    }

    /// <summary>The trend after all points of a history, ascending in time.</summary>
    public WienerTrend Update(IEnumerable<TrendPoint> history) => history.Aggregate(this, (trend, p) => trend.Update(p.Days, p.LnValue));

    /// <summary>
    /// Remaining life from <see cref="AtDays"/>: first passage averaged over the uncertainty of level, threshold and drift. Distances that
    /// would already have been covered are excluded, because the part is still running.
    /// </summary>
    public ILifetime RemainingLife(Threshold threshold)
    {
        var (distance, variance) = (threshold.Ln - Level, LevelVariance + threshold.Variance);
        var sd = Math.Sqrt(variance);
        // The distance, given that it is positive: quantiles of a truncated normal at the probabilities of the nodes keep the quadrature
        // rule of a normal one.
        var covered = Normal.Cdf(-distance / sd);
        var parts = ImmutableArray.CreateBuilder<WeightedLife>();
        for (var i = 0; i < Normal.HermiteNodes.Length; i++)
        {
            var p = covered + (1 - covered) * Normal.Cdf(Normal.HermiteNodes[i]);
            var d = covered < 1e-9
                ? distance + sd * Normal.HermiteNodes[i]
                : distance + sd * MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, Math.Clamp(p, 1e-15, 1 - 1e-15));
            d = Math.Max(d, 1e-9);
            // A high x means a short distance: the conditional shift of the drift that goes with it.
            var gain = -Covariance / variance;
            parts.Add(new("wiener", Normal.HermiteWeights[i],
                new UncertainDriftLife(
                    d, DriftPerDay + gain * (d - distance), Math.Max(0, DriftVariance + gain * Covariance), DiffusionPerRootDay)));
        }
        return new MixtureLife(parts.ToImmutable());
    }
}

sealed record UncertainDriftLife(double Distance, double Drift, double DriftVariance, double Diffusion) : ILifetime
{
    public double Cdf(double days) => FirstPassage.Cdf(days, Distance, Drift, DriftVariance, Diffusion);

    // Density of the first passage with drift ~ N(m, v): d / sqrt(2 pi t^3 (v t + s^2)) exp(-(d - m t)^2 / (2 t (v t + s^2))).
    public double Density(double days)
    {
        if (days <= 0) return 0;
        var spread = DriftVariance * days + Diffusion * Diffusion;
        var gap = Distance - Drift * days;
        return Distance / Math.Sqrt(2 * Math.PI * days * days * days * spread) * Math.Exp(-gap * gap / (2 * days * spread));
    }

    public double Quantile(double probability) => Lifetime.Quantile(Cdf, probability);

    public double MeanUntil(double days) => Lifetime.MeanUntil(Cdf, 0, days);
}
