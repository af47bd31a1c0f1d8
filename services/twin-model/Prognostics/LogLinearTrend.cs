using TwinModel.Lifetimes;
using TwinModel.Uncertainty;

namespace TwinModel.Prognostics;

/// <summary>
/// Exponential degradation with Bayesian update (Gebraeel, Lawley, Li and Ryan, 2005, doi:10.1080/07408170590929018): the logarithm y of
/// the indicator is <c>y = theta + beta t + eps</c>, with (theta, beta) jointly normal and eps ~ N(0, s^2). A prior and, after <see
/// cref="Update(double, double)"/>, a posterior.
/// </summary>
/// <param name="Level">Mean of theta: ln of the indicator at t = 0.</param>
/// <param name="SlopePerDay">Mean of beta, 1/day.</param>
/// <param name="LevelVariance">Variance of theta.</param>
/// <param name="SlopeVariance">Variance of beta, 1/day^2.</param>
/// <param name="Covariance">Covariance of theta and beta, 1/day.</param>
/// <param name="NoiseSd">s, in ln, greater than 0.</param>
/// <param name="LogEvidence">ln of the probability density of the observations so far, given this model.</param>
public sealed record LogLinearTrend(
    double Level, double SlopePerDay, double LevelVariance, double SlopeVariance, double Covariance, double NoiseSd, double LogEvidence = 0)
{
    /// <summary>Mean of y at t.</summary>
    public double MeanAt(double days) => Level + SlopePerDay * days;

    /// <summary>Variance of the path (without noise) at t.</summary>
    public double VarianceAt(double days) => LevelVariance + days * days * SlopeVariance + 2 * days * Covariance;

    /// <summary>The trend after one more observation; observations may come in any order.</summary>
    /// <param name="days">Time of the observation since t = 0.</param>
    /// <param name="lnValue">ln of the indicator.</param>
    public LogLinearTrend Update(double days, double lnValue)
    {
        Require.Finite(days);
        Require.Finite(lnValue);
        // Kalman update of a static state (theta, beta) with the measurement row (1, t).
        var (p0, p1) = (LevelVariance + days * Covariance, Covariance + days * SlopeVariance);
        var s = p0 + days * p1 + NoiseSd * NoiseSd;
        var residual = lnValue - MeanAt(days);
        return this with
        {
            Level = Level + p0 / s * residual,
            SlopePerDay = SlopePerDay + p1 / s * residual,
            LevelVariance = LevelVariance - p0 * p0 / s,
            SlopeVariance = SlopeVariance - p1 * p1 / s,
            Covariance = Covariance - p0 * p1 / s,
            LogEvidence = LogEvidence + Normal.LogDensity(residual, 0, s),
        };
    }

    /// <summary>The trend after all points of a history.</summary>
    public LogLinearTrend Update(IEnumerable<TrendPoint> history) => history.Aggregate(this, (trend, p) => trend.Update(p.Days, p.LnValue));

    /// <summary>Remaining life from <paramref name="nowDays"/> until a threshold.</summary>
    /// <param name="nowDays">Now, days since t = 0.</param>
    /// <param name="threshold">Threshold at which the life ends.</param>
    /// <param name="noiseCounts">True: the first observation beyond the threshold ends the life (Gebraeel's definition); false: the path
    /// itself must cross it.</param>
    public ILifetime RemainingLife(double nowDays, Threshold threshold, bool noiseCounts = false) =>
        new LogLinearLife(this, Require.Finite(nowDays), threshold, noiseCounts ? NoiseSd * NoiseSd : 0);
}

/// <summary>One point of a trend.</summary>
/// <param name="Days">Days since the trend's t = 0.</param>
/// <param name="LnValue">ln of the load-normalised indicator.</param>
public readonly record struct TrendPoint(double Days, double LnValue);

/// <summary>The uncertain level at which a part's life ends: lognormal.</summary>
/// <param name="Value">Median, in the indicator's unit, greater than 0.</param>
/// <param name="SdLn">Standard deviation in ln; 0.2 unless the fleet's data say otherwise, 0 for a trip limit.</param>
public sealed record Threshold(double Value, double SdLn = 0.2)
{
    /// <summary>ln of the median.</summary>
    public double Ln { get; } = Math.Log(Require.Positive(Value));

    /// <summary>Variance in ln.</summary>
    public double Variance { get; } = Require.NotNegative(SdLn) * SdLn;
}

/// <summary>
/// <c>P(RUL &lt;= r) = (Phi(g(r)) - Phi(g(0))) / (1 - Phi(g(0)))</c>, <c>g(r) = (m(t + r) - D) / sd(t + r)</c>: truncated at the present,
/// because the part is still running.
/// </summary>
sealed record LogLinearLife : ILifetime
{
    readonly LogLinearTrend trend;
    readonly double now;
    readonly double threshold;
    readonly double extra;
    readonly double start;
    readonly double turnDays;

    public LogLinearLife(LogLinearTrend trend, double nowDays, Threshold threshold, double noiseVariance)
    {
        (this.trend, now, this.threshold, extra) = (trend, nowDays, threshold.Ln, threshold.Variance + noiseVariance);
        start = Normal.Cdf(G(nowDays));
        // g has one extremum, where (a + b t)' * variance = (a + b t) * variance' / 2. Beyond a maximum the probability of having crossed
        // does not decrease.
        var (a, b, c) = (trend.Level - threshold.Ln, trend.SlopePerDay, trend.LevelVariance + extra);
        var curvature = b * trend.Covariance - a * trend.SlopeVariance;
        turnDays = curvature < 0 ? Math.Max(nowDays, (b * c - a * trend.Covariance) / -curvature) : double.PositiveInfinity;
    }

    public double Cdf(double days) =>
        days <= 0 ? 0 : Math.Clamp((Normal.Cdf(G(Math.Min(now + days, turnDays))) - start) / Math.Max(1e-300, 1 - start), 0, 1);

    public double Density(double days)
    {
        var t = now + days;
        if (days < 0 || t >= turnDays) return 0;
        var (mean, variance) = (trend.MeanAt(t) - threshold, trend.VarianceAt(t) + extra);
        var slope = trend.SlopePerDay / Math.Sqrt(variance) - mean * (t * trend.SlopeVariance + trend.Covariance) / Math.Pow(variance, 1.5);
        return Math.Max(0, Normal.Density(mean / Math.Sqrt(variance)) * slope / Math.Max(1e-300, 1 - start));
    }

    public double Quantile(double probability) => Lifetime.Quantile(Cdf, probability, 16);

    public double MeanUntil(double days) => Lifetime.MeanUntil(Cdf, 0, days);

    double G(double t) => (trend.MeanAt(t) - threshold) / Math.Sqrt(Math.Max(1e-300, trend.VarianceAt(t) + extra));
}
