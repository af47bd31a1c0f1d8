namespace TwinModel.Uncertainty;

/// <summary>Elementary effects of one input: change of the output divided by the change of the input's probability.</summary>
/// <param name="Mean">Their mean; near 0 for large <see cref="MeanAbsolute"/> when the sign changes.</param>
/// <param name="MeanAbsolute">Mean of their absolute values (mu*): importance of the input.</param>
/// <param name="Deviation">Their standard deviation (sigma): curvature and interactions.</param>
public readonly record struct MorrisEffect(double Mean, double MeanAbsolute, double Deviation);

/// <summary>
/// Screening by elementary effects: M. D. Morris, Technometrics 33 (1991) 161, doi:10.1080/00401706.1991.10484804, with mu* of F.
/// Campolongo, J. Cariboni and A. Saltelli, Environ. Model. Softw. 22 (2007) 1509. Four levels at 1/8, 3/8, 5/8 and 7/8, so that inputs may
/// be quantiles of unbounded distributions; a move is two levels up or down, i.e. by 1/2.
/// </summary>
public static class Morris
{
    const int Levels = 4;
    const double Move = 0.5;

    /// <summary>The points to evaluate: trajectories of k + 1 points in which each input moves once.</summary>
    /// <param name="seed">Same seed, same points.</param>
    /// <param name="trajectories">Number of trajectories; 20 is usual.</param>
    /// <param name="inputs">Number of inputs k.</param>
    /// <returns><c>[trajectories (k + 1)][k]</c>, numbers in (0, 1).</returns>
    public static double[][] Samples(ulong seed, int trajectories, int inputs)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trajectories);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        var points = new double[trajectories * (inputs + 1)][];
        var order = new int[inputs];
        for (var r = 0; r < trajectories; r++)
        {
            var random = new RandomStream(seed, (ulong)r);
            var point = new double[inputs];
            for (var j = 0; j < inputs; j++) (point[j], order[j]) = ((random.NextInteger(Levels) + 0.5) / Levels, j);
            random.Shuffle(order.AsSpan());
            points[r * (inputs + 1)] = point;
            for (var step = 0; step < inputs; step++)
            {
                point = [.. point];
                point[order[step]] += point[order[step]] < 0.5 ? Move : -Move;
                points[r * (inputs + 1) + step + 1] = point;
            }
        }
        return points;
    }

    /// <summary>The effects of all inputs.</summary>
    /// <param name="samples">The points from <see cref="Samples"/>.</param>
    /// <param name="outputs">One number per point.</param>
    public static MorrisEffect[] Estimate(double[][] samples, ReadOnlySpan<double> outputs)
    {
        var inputs = samples.Length == 0 ? 0 : samples[0].Length;
        if (inputs == 0 || samples.Length % (inputs + 1) != 0 || outputs.Length != samples.Length)
            throw new ArgumentException(
                $"{outputs.Length} outputs do not match {samples.Length} points of trajectories.", nameof(outputs));
        Finite.Check(outputs, nameof(outputs));
        var trajectories = samples.Length / (inputs + 1);
        var effects = new double[inputs][];
        for (var j = 0; j < inputs; j++) effects[j] = new double[trajectories];
        for (var r = 0; r < trajectories; r++)
        {
            for (var step = 1; step <= inputs; step++)
            {
                var at = r * (inputs + 1) + step;
                var moved = 0;
                while (samples[at][moved] == samples[at - 1][moved]) moved++;
                effects[moved][r] = (outputs[at] - outputs[at - 1]) / (samples[at][moved] - samples[at - 1][moved]);
            }
        }
        return [.. effects.Select(Effect)];
    }

    static MorrisEffect Effect(double[] effects)
    {
        var mean = effects.Average();
        var variance = effects.Length > 1 ? effects.Sum(effect => (effect - mean) * (effect - mean)) / (effects.Length - 1) : 0;
        return new(mean, effects.Average(Math.Abs), Math.Sqrt(variance));
    }
}
