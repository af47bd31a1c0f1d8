using System.Collections.Immutable;
using TwinModel.Lifetimes;
using TwinModel.Uncertainty;

namespace TwinModel.Prognostics;

/// <summary>
/// A particle filter of (ln v, r, ln m) for power-law growth <c>dv/dt = C v^m</c> with relative growth rate r, for priors without a closed
/// form. Systematic resampling when the effective number of particles falls below half, with a regularised kernel (Liu and West, 2001,
/// doi:10.1007/978-1-4757-3437-9_10) that preserves mean and covariance. Between observations each particle moves exactly.
/// </summary>
/// <param name="Level">Mean of ln v at t = 0.</param>
/// <param name="LevelSd">Its standard deviation.</param>
/// <param name="RatePerDay">Mean of r at t = 0, 1/day.</param>
/// <param name="RateSdPerDay">Its standard deviation.</param>
/// <param name="ExponentLn">Mean of ln m; 0 means exponential growth.</param>
/// <param name="ExponentSdLn">Its standard deviation; 0 fixes m.</param>
/// <param name="NoiseSd">Standard deviation of an observation, in ln, greater than 0.</param>
/// <param name="Particles">Number of particles, 100 or more.</param>
/// <param name="Seed">The same seed gives the same particles.</param>
public sealed record ParticleTrend(
    double Level, double LevelSd, double RatePerDay, double RateSdPerDay, double ExponentLn, double ExponentSdLn, double NoiseSd,
    int Particles = 2000, ulong Seed = 1)
{
    /// <summary>Width of the kernel relative to the spread of the particles.</summary>
    const double Kernel = 0.1;

    /// <summary>Remaining life from <paramref name="nowDays"/> after all points of a history, ascending from t = 0.</summary>
    /// <param name="history">Observations.</param>
    /// <param name="nowDays">Now, not before the last observation.</param>
    /// <param name="threshold">Threshold at which the life ends.</param>
    /// <param name="noiseCounts">True: the first observation beyond the threshold ends the life; false: the path itself must cross
    /// it.</param>
    public ILifetime RemainingLife(IReadOnlyList<TrendPoint> history, double nowDays, Threshold threshold, bool noiseCounts = false)
    {
        Require.AtLeast(100, Particles);
        Require.Positive(NoiseSd);
        var state = Start();
        var weights = Enumerable.Repeat(1.0 / Particles, Particles).ToArray();
        var (time, resamplings) = (0.0, 0);
        foreach (var point in history)
        {
            Move(state, point.Days - time);
            time = point.Days;
            Weigh(state, weights, point.LnValue);
            if (1 / weights.Sum(w => w * w) < Particles / 2.0) state = Resample(state, weights, ++resamplings);
        }
        Move(state, Require.NotNegative(nowDays - time, nameof(nowDays)));
        var paths = state.Select(p => new PowerPath(Math.Exp(p[2]), p[1], p[0], noiseCounts ? NoiseSd * NoiseSd : 0, threshold)).ToArray();
        var alive = paths.Select((p, i) => weights[i] * (1 - p.CrossedBy(0))).ToArray();
        var sum = alive.Sum();
        if (sum <= 0) (alive, sum) = (weights, 1);
        return new MixtureLife([.. paths.Select((p, i) => new WeightedLife("particle", alive[i] / sum, new PowerLife(p, 0)))]);
    }

    // Each quantity is stratified; the quantities are paired at random.
    double[][] Start()
    {
        double[] Axis(ulong stream, double mean, double sd)
        {
            var order = Enumerable.Range(0, Particles).OrderBy(i => KeyedRandom.Uniform(Seed, 10 + stream, i)).ToArray();
            return [.. order.Select(
                i => mean + sd * MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, KeyedRandom.Stratified(Seed, stream, i, Particles)))];
        }
        var (x, r, m) = (
            Axis(0, Level, Require.NotNegative(LevelSd)), Axis(1, RatePerDay, Require.NotNegative(RateSdPerDay)),
            Axis(2, ExponentLn, Require.NotNegative(ExponentSdLn)));
        return [.. Enumerable.Range(0, Particles).Select(i => new[] { x[i], r[i], m[i] })];
    }

    static void Move(double[][] state, double days)
    {
        Require.NotNegative(days);
        foreach (var p in state)
        {
            var m = Math.Exp(p[2]);
            p[0] += PowerTrend.Growth(m, p[1], days);
            // dr/dt = (m - 1) r^2. Particles that have diverged get zero weight from now on.
            p[1] /= Math.Max(1e-12, 1 - (m - 1) * p[1] * days);
        }
    }

    void Weigh(double[][] state, double[] weights, double observed)
    {
        var logs = new double[weights.Length];
        for (var i = 0; i < logs.Length; i++)
            logs[i] = double.IsFinite(state[i][0])
                ? Math.Log(weights[i]) + Normal.LogDensity(observed, state[i][0], NoiseSd * NoiseSd)
                : double.NegativeInfinity;
        var total = Normal.LogSumExp(logs);
        if (double.IsNegativeInfinity(total))
            throw new ArgumentException("No particle explains the history: the prior excludes it.", nameof(observed));
        for (var i = 0; i < logs.Length; i++) weights[i] = Math.Exp(logs[i] - total);
    }

    double[][] Resample(double[][] state, double[] weights, int round)
    {
        var mean = new double[3];
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0) for (var k = 0; k < 3; k++) mean[k] += weights[i] * state[i][k];
        }
        var root = RootOfCovariance(state, weights, mean);
        var shrink = Math.Sqrt(1 - Kernel * Kernel);
        var next = new double[weights.Length][];
        var (sum, source, start) = (weights[0], 0, KeyedRandom.Uniform(Seed, 1000, round));
        for (var i = 0; i < next.Length; i++)
        {
            while (sum < (i + start) / next.Length && source < weights.Length - 1) sum += weights[++source];
            var p = new double[3];
            for (var k = 0; k < 3; k++)
            {
                p[k] = mean[k] + shrink * (state[source][k] - mean[k]);
                for (var j = 0; j <= k; j++) p[k] += Kernel * root[k, j] * KeyedRandom.Normal(Seed, 2000 + (ulong)(4 * round + j), i);
            }
            next[i] = p;
        }
        Array.Fill(weights, 1.0 / weights.Length);
        return next;
    }

    // Cholesky; a quantity without spread (fixed m) has a row of zeros, which a library decomposition would reject.
    static double[,] RootOfCovariance(double[][] state, double[] weights, double[] mean)
    {
        var root = new double[3, 3];
        for (var r = 0; r < 3; r++)
        {
            for (var c = 0; c <= r; c++)
            {
                var sum = 0.0;
                for (var i = 0; i < weights.Length; i++)
                    if (weights[i] > 0) sum += weights[i] * (state[i][r] - mean[r]) * (state[i][c] - mean[c]);
                for (var k = 0; k < c; k++) sum -= root[r, k] * root[c, k];
                root[r, c] = r == c ? Math.Sqrt(Math.Max(0, sum)) : root[c, c] > 0 ? sum / root[c, c] : 0;
            }
        }
        return root;
    }
}
