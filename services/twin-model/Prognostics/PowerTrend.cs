using System.Collections.Immutable;
using TwinModel.Lifetimes;
using TwinModel.Uncertainty;

namespace TwinModel.Prognostics;

/// <summary>
/// Growth with a power of the level, like Paris' law for a crack: <c>dv/dt = C v^m</c>. In y = ln v, with the relative growth rate <c>r = C
/// v0^(m-1)</c> at t = 0: <c>y(t) = a + ln(1 + (1 - m) r t) / (1 - m)</c>, a straight line for m = 1, and diverging in finite time for
/// m above 1. a is normal given (m, r); (m, r) is a weighted grid.
/// </summary>
/// <param name="Level">Mean of a before any observation: ln of the indicator at t = 0.</param>
/// <param name="LevelVariance">Variance of a.</param>
/// <param name="NoiseSd">Standard deviation of an observation, in ln, greater than 0.</param>
/// <param name="RatePerDay">Median of r, 1/day, greater than 0.</param>
/// <param name="RateSdLn">Standard deviation of ln r.</param>
/// <param name="Exponents">The values of m, equally likely a priori.</param>
public sealed record PowerTrend(
    double Level, double LevelVariance, double NoiseSd, double RatePerDay, double RateSdLn, ImmutableArray<double> Exponents)
{
    /// <summary>From growth that slows down to growth that diverges; 1 is covered by the log-linear model.</summary>
    public static ImmutableArray<double> UsualExponents { get; } = [0, 0.5, 1.5, 2, 3];

    const int Rates = 41;

    /// <summary>Remaining life from <paramref name="nowDays"/> to a threshold, and the evidence for this model.</summary>
    public (ILifetime Life, double LogEvidence) RemainingLife(IReadOnlyList<TrendPoint> history, double nowDays, Threshold threshold)
    {
        Require.Positive(RatePerDay);
        Require.Positive(RateSdLn);
        var points = new List<(PowerPath Path, double LogWeight)>();
        foreach (var m in Exponents)
        {
            for (var i = 0; i < Rates; i++)
            {
                // Equal steps over +-3 standard deviations of ln r, weighted by the normal density.
                var z = -3 + 6.0 * i / (Rates - 1);
                var rate = RatePerDay * Math.Exp(RateSdLn * z);
                points.Add(Fit(m, rate, history, nowDays, threshold, -0.5 * z * z));
            }
        }
        var total = Normal.LogSumExp([.. points.Select(p => p.LogWeight)]);
        // Normalises by the prior weights, so that the evidence is an average over them.
        var prior = Math.Log(Exponents.Length)
            + Normal.LogSumExp([.. Enumerable.Range(0, Rates).Select(i => -0.5 * Math.Pow(-3 + 6.0 * i / (Rates - 1), 2))]);
        var kept = points.Select(p => (p.Path, Weight: Math.Exp(p.LogWeight - total))).Where(p => p.Weight > 1e-6).ToList();
        if (kept.Count == 0) return (new MixtureLife([]), double.NegativeInfinity);
        var survivors = kept.Select(p => p.Weight * (1 - p.Path.CrossedBy(nowDays))).ToArray();
        var alive = survivors.Sum();
        // If all paths have crossed the threshold, the part is at its end: keep the weights unchanged.
        var weights = alive > 1e-12
            ? survivors.Select(s => s / alive).ToArray()
            : [.. kept.Select(p => p.Weight / kept.Sum(k => k.Weight))];
        return (new MixtureLife([.. kept.Select((p, i) => new WeightedLife("power", weights[i], new PowerLife(p.Path, nowDays)))]),
            total - prior);
    }

    (PowerPath, double) Fit(double m, double rate, IReadOnlyList<TrendPoint> history, double nowDays, Threshold threshold, double logPrior)
    {
        var (mean, variance, log) = (Level, LevelVariance, logPrior);
        // A path that has already diverged is impossible.
        if (double.IsInfinity(Growth(m, rate, nowDays))) return (new(m, rate, mean, variance, threshold), double.NegativeInfinity);
        foreach (var point in history)
        {
            var s = variance + NoiseSd * NoiseSd;
            var residual = point.LnValue - mean - Growth(m, rate, point.Days);
            log += Normal.LogDensity(residual, 0, s);
            mean += variance / s * residual;
            variance *= NoiseSd * NoiseSd / s;
        }
        return (new(m, rate, mean, variance, threshold), log);
    }

    /// <summary>y(t) - y(0); infinite once the growth has diverged.</summary>
    internal static double Growth(double m, double rate, double days)
    {
        if (Math.Abs(m - 1) < 1e-9) return rate * days;
        var inside = 1 + (1 - m) * rate * days;
        return inside <= 0 ? double.PositiveInfinity : Math.Log(inside) / (1 - m);
    }
}

/// <summary>One path of known power and rate, with a normal level.</summary>
sealed record PowerPath(double Exponent, double Rate, double Level, double LevelVariance, Threshold Threshold)
{
    readonly double sd = Math.Sqrt(LevelVariance + Threshold.Variance + 1e-18);

    public double CrossedBy(double days) => Normal.Cdf((Level + PowerTrend.Growth(Exponent, Rate, days) - Threshold.Ln) / sd);
}

sealed record PowerLife(PowerPath Path, double NowDays) : ILifetime
{
    readonly double start = Path.CrossedBy(NowDays);

    public double Cdf(double days) =>
        days <= 0 ? 0 : Math.Clamp((Path.CrossedBy(NowDays + days) - start) / Math.Max(1e-300, 1 - start), 0, 1);

    public double Density(double days)
    {
        var h = Math.Max(1e-6, 1e-5 * days);
        return (Cdf(days + h) - Cdf(Math.Max(0, days - h))) / (h + Math.Min(h, days));
    }

    public double Quantile(double probability) => Lifetime.Quantile(Cdf, probability);

    public double MeanUntil(double days) => Lifetime.MeanUntil(Cdf, 0, days);
}
