using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TwinModel.Uncertainty;

namespace TwinModel.ConditionMonitoring;

/// <summary>
/// A CUSUM chart (Page, 1954, doi:10.1093/biomet/41.1-2.100) of standard scores: <c>S = max(0, S + z - k)</c>, alarm when S exceeds h.
/// </summary>
/// <param name="Slack">k: half of the shift to detect, in standard deviations; 0.5 is fastest for 1 sigma. Greater than 0.</param>
/// <param name="Limit">h: 5 to 8; each step of 1 multiplies the time between false alarms by about 2.7. Greater than 0.</param>
/// <param name="Clip">Scores are clipped to this magnitude; with <c>Clip - k &lt; h</c> a single outlier cannot raise an alarm. Greater
/// than <paramref name="Slack"/>.</param>
public sealed record CusumSettings(double Slack = 0.5, double Limit = 8, double Clip = 5)
{
    /// <summary>The sum after one more score, capped at twice the limit so that a repaired part does not stay in alarm for ever.</summary>
    public double Step(double sum, double score) => Math.Min(2 * Limit, Math.Max(0, sum + Math.Clamp(score, -Clip, Clip) - Slack));

    /// <summary>
    /// Average number of scores until the upper sum alarms when the mean is shifted by <paramref name="shift"/> standard deviations; at 0,
    /// the mean between false alarms. Computed with a Markov chain (Brook and Evans, 1972, doi:10.1093/biomet/59.3.539) for independent
    /// normal scores, ignoring clipping.
    /// </summary>
    /// <param name="shift">Shift of the mean, in standard deviations.</param>
    /// <param name="states">States of the chain, 20 or more; 400 gives six digits.</param>
    public double AverageRunLength(double shift, int states = 400)
    {
        Require.Positive(Slack);
        Require.Positive(Limit);
        Require.AtLeast(20, states);
        var width = 2 * Limit / (2 * states - 1);
        var transitions = DenseMatrix.Create(states, states, (from, to) =>
        {
            var reference = Slack - shift - from * width;
            var upper = Normal.Cdf((to + 0.5) * width + reference);
            return (from == to ? 1 : 0) - (to == 0 ? upper : upper - Normal.Cdf((to - 0.5) * width + reference));
        });
        return transitions.Solve(Vector<double>.Build.Dense(states, 1.0))[0];
    }

    /// <summary>The same for a chart that also detects a decrease: alarm rates add up.</summary>
    public double TwoSidedAverageRunLength(double shift, int states = 400) =>
        1 / (1 / AverageRunLength(shift, states) + 1 / AverageRunLength(-shift, states));
}
