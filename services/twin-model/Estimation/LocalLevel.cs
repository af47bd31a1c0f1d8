using MathNet.Numerics.Optimization;

namespace TwinModel.Estimation;

/// <summary>An estimate of the true value of a measured quantity.</summary>
/// <param name="Mean">Most likely value, in the unit of the measurements.</param>
/// <param name="StandardDeviation">Standard deviation of the true value around <paramref name="Mean"/>, 0 or more.</param>
public readonly record struct Estimate(double Mean, double StandardDeviation);

/// <summary>A measurement, or the mean of several.</summary>
/// <param name="Seconds">Time in seconds since any fixed origin; ascending.</param>
/// <param name="Value">The measured value.</param>
/// <param name="Variance">Variance of its noise, greater than 0.</param>
public readonly record struct Measurement(double Seconds, double Value, double Variance);

/// <summary>
/// The local level model (Durbin and Koopman, Time Series Analysis by State Space Methods, 2nd ed. 2012, chapter 2): the level is a random
/// walk with variance <c>walk</c> per second; each measurement is the level plus noise of known variance. Kalman filter forward with a
/// diffuse start, Rauch-Tung-Striebel smoother backward. Time and memory are linear in the number of measurements.
/// </summary>
public static class LocalLevel
{
    // Search range of the walk: powers of ten times (noise variance per mean interval).
    const int LowestPower = -8;
    const int HighestPower = 6;

    /// <summary>The level at each measurement, given all of them, with the maximum-likelihood walk.</summary>
    /// <exception cref="ArgumentException">A number is not finite, a variance is not greater than 0, or times descend.</exception>
    public static IReadOnlyList<Estimate> Smooth(IReadOnlyList<Measurement> measurements) =>
        Smooth(measurements, LikeliestWalk(measurements));

    /// <summary>The level at each measurement, given all of them.</summary>
    /// <param name="measurements">Ascending in time.</param>
    /// <param name="walk">Variance of the level's change, per second; 0 or more.</param>
    /// <exception cref="ArgumentException">A number is not finite, a variance is not greater than 0, or times descend.</exception>
    public static IReadOnlyList<Estimate> Smooth(IReadOnlyList<Measurement> measurements, double walk)
    {
        Check(measurements);
        if (!(walk >= 0 && double.IsFinite(walk)))
            throw new ArgumentException($"The walk is {walk}; allowed: 0 or more, finite.", nameof(walk));
        var count = measurements.Count;
        if (count == 0) return [];
        var (means, variances) = (new double[count], new double[count]);
        (means[0], variances[0]) = (measurements[0].Value, measurements[0].Variance);
        for (var i = 1; i < count; i++)
        {
            var predicted = variances[i - 1] + walk * (measurements[i].Seconds - measurements[i - 1].Seconds);
            var gain = predicted / (predicted + measurements[i].Variance);
            means[i] = means[i - 1] + gain * (measurements[i].Value - means[i - 1]);
            variances[i] = gain * measurements[i].Variance;
        }
        for (var i = count - 2; i >= 0; i--)
        {
            var predicted = variances[i] + walk * (measurements[i + 1].Seconds - measurements[i].Seconds);
            var gain = variances[i] / predicted;
            means[i] += gain * (means[i + 1] - means[i]);
            variances[i] += gain * gain * (variances[i + 1] - predicted);
        }
        return [.. means.Zip(variances, (mean, variance) => new Estimate(mean, Math.Sqrt(variance)))];
    }

    /// <summary>
    /// The maximum-likelihood walk (variance per second); 0 for fewer than three measurements, or all at one time.
    /// </summary>
    /// <exception cref="ArgumentException">A number is not finite, a variance is not greater than 0, or times descend.</exception>
    public static double LikeliestWalk(IReadOnlyList<Measurement> measurements)
    {
        Check(measurements);
        if (measurements.Count < 3 || measurements[^1].Seconds == measurements[0].Seconds) return 0;
        var unit = measurements.Average(m => m.Variance) * (measurements.Count - 1) / (measurements[^1].Seconds - measurements[0].Seconds);
        double At(double power) => LogLikelihood(measurements, unit * Math.Pow(10, power));
        var best = Enumerable.Range(LowestPower, HighestPower - LowestPower + 1).MaxBy(power => At(power));
        var found = GoldenSectionMinimizer.Minimum(ObjectiveFunction.ScalarValue(power => -At(power)), best - 1, best + 1, 1e-4);
        return unit * Math.Pow(10, found.MinimizingPoint);
    }

    /// <summary>Natural logarithm of the diffuse likelihood (Durbin and Koopman, equation 2.59).</summary>
    /// <param name="measurements">Ascending in time.</param>
    /// <param name="walk">Variance of the level's change, per second; 0 or more.</param>
    public static double LogLikelihood(IReadOnlyList<Measurement> measurements, double walk)
    {
        if (measurements.Count == 0) return 0;
        var sum = (measurements.Count - 1) * Math.Log(2 * Math.PI);
        var (mean, variance) = (measurements[0].Value, measurements[0].Variance);
        for (var i = 1; i < measurements.Count; i++)
        {
            var m = measurements[i];
            var predicted = variance + walk * (m.Seconds - measurements[i - 1].Seconds);
            var (error, spread) = (m.Value - mean, predicted + m.Variance);
            sum += Math.Log(spread) + error * error / spread;
            mean += predicted / spread * error;
            variance = predicted / spread * m.Variance;
        }
        return -sum / 2;
    }

    static void Check(IReadOnlyList<Measurement> measurements)
    {
        for (var i = 0; i < measurements.Count; i++)
        {
            var m = measurements[i];
            if (!double.IsFinite(m.Seconds) || !double.IsFinite(m.Value) || !double.IsFinite(m.Variance) || m.Variance <= 0)
                throw new ArgumentException(
                    $"Measurement {i} is {m}; allowed: finite numbers, a variance greater than 0.", nameof(measurements));
            if (i > 0 && m.Seconds < measurements[i - 1].Seconds)
                throw new ArgumentException(
                    $"Measurement {i} is earlier than the previous one; allowed: ascending times.", nameof(measurements));
        }
    }
}
