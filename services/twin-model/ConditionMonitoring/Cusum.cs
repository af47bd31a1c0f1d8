using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TwinModel.Uncertainty;

namespace TwinModel.ConditionMonitoring;

/// <summary>
/// A CUSUM chart (Page, 1954, doi:10.1093/biomet/41.1-2.100) of standard scores: <c>S = max(0, S + z - k)</c>, alarm when S exceeds h.
/// </summary>
/// <param name="Slack">k: half of the shift to be found, in standard deviations; 0.5 finds 1 sigma soonest. Greater than 0.</param>
/// <param name="Limit">h: 5 to 8; each step of 1 multiplies the time between false alarms by about 2.7. Greater than 0.</param>
/// <param name="Clip">Scores beyond this count as this: with <c>Clip - k &lt; h</c> a single wild value cannot alarm. Greater than
/// <paramref name="Slack"/>.</param>
public sealed record CusumSettings(double Slack = 0.5, double Limit = 8, double Clip = 5)
{
    /// <summary>The sum after one more score. It stops at twice the limit, so that a repaired part is not in alarm for ever.</summary>
    public double Step(double sum, double score) => Math.Min(2 * Limit, Math.Max(0, sum + Math.Clamp(score, -Clip, Clip) - Slack));

    /// <summary>
    /// Average number of scores to an alarm of the upper sum when the mean is off by <paramref name="shift"/> standard deviations; at 0,
    /// between false alarms. By a Markov chain (Brook and Evans, 1972, doi:10.1093/biomet/59.3.539) for independent normal scores, clipping
    /// left out.
    /// </summary>
    /// <param name="shift">In standard deviations.</param>
    /// <param name="states">Of the chain, 20 or more; 400 gives six digits.</param>
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

    /// <summary>The same for a chart that also watches for a fall: rates of alarms add up.</summary>
    public double TwoSidedAverageRunLength(double shift, int states = 400) =>
        1 / (1 / AverageRunLength(shift, states) + 1 / AverageRunLength(-shift, states));
}
