namespace TwinModel.Uncertainty;

/// <summary>Contribution of one input to the variance of an output.</summary>
/// <param name="First">Share of the output's variance due to the input alone.</param>
/// <param name="Total">The same including its pairwise interactions.</param>
/// <param name="Slope">Change of the output per standard deviation of the input, from its linear term, in the output's unit (normal
/// scores if on ranks).</param>
public readonly record struct Contribution(double First, double Total, double Slope);

/// <summary>
/// Contributions from an existing ensemble, without further runs: a polynomial chaos expansion of degree 2 (linear, square and product
/// terms of the inputs' normal scores), with terms added one by one as long as the leave-one-out error falls. B. Sudret, Reliab. Eng. Syst.
/// Saf. 93 (2008) 964, doi:10.1016/j.ress.2007.04.002; G. Blatman and B. Sudret, J. Comput. Phys. 230 (2011) 2345,
/// doi:10.1016/j.jcp.2010.12.021. The inputs must be independent; only their order matters, not their distributions.
/// </summary>
/// <param name="Inputs">One per input; shares add up to at most <see cref="Explained"/>, counting interactions once.</param>
/// <param name="Explained">Share of the variance that the polynomial explains (R²); the rest is not attributed to any input.</param>
/// <param name="Predicted">The same for runs left out of the fit (Q²): below about 0.8 the shares are only a hint, below 0.5 they say
/// little.</param>
/// <param name="Terms">Number of terms chosen.</param>
/// <param name="OnRanks">True when the output was replaced by its normal scores because they are explained much better: shares then refer
/// to its ranks.</param>
public sealed record Contributions(IReadOnlyList<Contribution> Inputs, double Explained, double Predicted, int Terms, bool OnRanks)
{
    // Ranks are tried only below this Q² and used only if better by the margin: shares of the output itself are more meaningful.
    const double Good = 0.8, Margin = 0.1;

    /// <summary>Estimates from runs.</summary>
    /// <param name="samples"><c>[runs][inputs]</c>, in any units.</param>
    /// <param name="outputs">One finite number per run.</param>
    public static Contributions FromEnsemble(double[][] samples, ReadOnlySpan<double> outputs)
    {
        var (runs, inputs) = (samples.Length, samples.Length == 0 ? 0 : samples[0].Length);
        if (inputs == 0 || runs < 10 || outputs.Length != runs || samples.Any(sample => sample.Length != inputs))
        {
            throw new ArgumentException(
                $"{outputs.Length} outputs of {runs} runs with {inputs} inputs: there must be one output per run and at least ten runs.",
                nameof(outputs));
        }
        Finite.Check(outputs, nameof(outputs));
        var scores = new double[inputs][];
        for (var j = 0; j < inputs; j++)
        {
            double[] column = [.. samples.Select(sample => sample[j])];
            Finite.Check(column, nameof(samples));
            scores[j] = Scores(column);
        }
        var plain = FromScores(scores, [.. outputs], onRanks: false);
        if (plain.Predicted >= Good) return plain;
        var ranked = FromScores(scores, Scores([.. outputs]), onRanks: true);
        return ranked.Predicted > plain.Predicted + Margin ? ranked : plain;
    }

    static Contributions FromScores(double[][] scores, double[] outputs, bool onRanks)
    {
        var inputs = scores.Length;
        var (columns, members) = (new List<double[]>(), new List<(int, int)>());
        for (var i = 0; i < inputs; i++)
        {
            // An input that does not vary explains no variance.
            if (scores[i].All(score => score == 0)) continue;
            columns.Add(scores[i]);
            members.Add((i, -1));
            columns.Add([.. scores[i].Select(z => (z * z - 1) / Math.Sqrt(2))]);
            members.Add((i, i));
            for (var j = 0; j < i; j++)
            {
                if (scores[j].All(score => score == 0)) continue;
                columns.Add([.. scores[i].Zip(scores[j], (a, b) => a * b)]);
                members.Add((i, j));
            }
        }
        var fit = ForwardSelection.Fit(columns, outputs);
        // The terms are orthonormal under the inputs' distribution, so a squared coefficient is a variance.
        var variance = fit.Coefficients.Sum(c => c * c) + fit.ResidualVariance;
        var (first, total, slope) = (new double[inputs], new double[inputs], new double[inputs]);
        for (var t = 0; t < fit.Terms.Count; t++)
        {
            var ((i, j), coefficient) = (members[fit.Terms[t]], fit.Coefficients[t]);
            var share = variance > 0 ? coefficient * coefficient / variance : 0;
            total[i] += share;
            if (j < 0) slope[i] = coefficient;
            if (j < 0 || j == i) first[i] += share;
            else total[j] += share;
        }
        Contribution[] contributions = [.. Enumerable.Range(0, inputs).Select(i => new Contribution(first[i], total[i], slope[i]))];
        return new(contributions, fit.Explained, fit.Predicted, fit.Terms.Count, onRanks);
    }

    // Normal quantiles of the ranks; ties get their mean rank.
    static double[] Scores(double[] values)
    {
        var n = values.Length;
        int[] order = [.. Enumerable.Range(0, n).OrderBy(i => values[i])];
        var scores = new double[n];
        for (int from = 0, to; from < n; from = to)
        {
            for (to = from + 1; to < n && values[order[to]] == values[order[from]]; to++) { }
            var score = to - from == n ? 0 : Normal.Quantile((from + to) / 2.0 / n);
            for (var i = from; i < to; i++) scores[order[i]] = score;
        }
        return scores;
    }
}
