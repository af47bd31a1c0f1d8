using System.Collections.Immutable;
using TwinModel.Lifetimes;

namespace TwinModel.Prognostics;

/// <summary>A predicted remaining life and the actual one.</summary>
/// <param name="Predicted">The prediction.</param>
/// <param name="TrueDays">Days from the prediction to the failure, 0 or more.</param>
public readonly record struct PastPrediction(ILifetime Predicted, double TrueDays);

/// <summary>
/// How good past predictions were. For calibrated ones, 90 % intervals contain the true life in 90 of 100 cases and the PIT is uniform.
/// </summary>
/// <param name="Count">Number of predictions.</param>
/// <param name="Coverage50">Share of true lives between the 25 % and the 75 % quantile.</param>
/// <param name="Coverage90">Share of true lives between the 5 % and the 95 % quantile.</param>
/// <param name="Pit">Probability integral transforms: the predicted P(RUL &lt;= true life), in the order of the predictions.</param>
/// <param name="KolmogorovSmirnov">Largest distance between the distribution of the PIT and the uniform one.</param>
/// <param name="UniformP">p-value: P(a distance at least this large if uniform).</param>
/// <param name="MeanAbsoluteErrorDays">Mean absolute error of the medians, days.</param>
/// <param name="RootMeanSquareErrorDays">Root mean square error of the medians, days.</param>
/// <param name="BiasDays">Mean of median minus true life, days; positive means predicted too late.</param>
public sealed record PredictionScore(
    int Count, double Coverage50, double Coverage90, ImmutableArray<double> Pit, double KolmogorovSmirnov, double UniformP,
    double MeanAbsoluteErrorDays, double RootMeanSquareErrorDays, double BiasDays)
{
    /// <summary>Scores predictions whose outcome is known.</summary>
    /// <exception cref="ArgumentException">There are no predictions, or a true life is negative.</exception>
    public static PredictionScore Of(IReadOnlyList<PastPrediction> predictions)
    {
        if (predictions.Count == 0)
            throw new ArgumentException("There are no predictions with a known outcome to score.", nameof(predictions));
        var (n, within50, within90, absolute, square, bias) = (predictions.Count, 0, 0, 0.0, 0.0, 0.0);
        var pit = new double[n];
        for (var i = 0; i < n; i++)
        {
            var (life, truth) = predictions[i];
            pit[i] = life.Cdf(Require.NotNegative(truth, nameof(PastPrediction.TrueDays)));
            if (pit[i] is >= 0.25 and <= 0.75) within50++;
            if (pit[i] is >= 0.05 and <= 0.95) within90++;
            var error = Math.Min(life.Quantile(0.5), Lifetime.LongestDays) - truth;
            absolute += Math.Abs(error);
            square += error * error;
            bias += error;
        }
        var (distance, p) = KolmogorovUniform(pit);
        return new(n, (double)within50 / n, (double)within90 / n, [.. pit], distance, p, absolute / n, Math.Sqrt(square / n), bias / n);
    }

    /// <summary>
    /// Kolmogorov-Smirnov test against the uniform distribution on (0, 1); the p-value is Kolmogorov's series with Stephens' correction for
    /// small samples (1970, doi:10.1111/j.2517-6161.1970.tb00821.x), within 1e-3 for eight or more values.
    /// </summary>
    public static (double Distance, double P) KolmogorovUniform(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        var (n, distance) = (sorted.Length, 0.0);
        for (var i = 0; i < n; i++) distance = Math.Max(distance, Math.Max((i + 1.0) / n - sorted[i], sorted[i] - (double)i / n));
        var x = (Math.Sqrt(n) + 0.12 + 0.11 / Math.Sqrt(n)) * distance;
        if (x < 0.3) return (distance, 1);
        var sum = 0.0;
        for (var k = 1; k <= 100; k++) sum += (k % 2 == 1 ? 2 : -2) * Math.Exp(-2.0 * k * k * x * x);
        return (distance, Math.Clamp(sum, 0, 1));
    }

    /// <summary>
    /// Alpha-lambda metric (Saxena et al., 2010): whether the median lies within +-alpha of the true life, and the predicted probability of
    /// that range.
    /// </summary>
    /// <param name="prediction">A prediction made at lambda, the elapsed share of life.</param>
    /// <param name="alpha">0.2 is usual; 0 to 1.</param>
    public static (bool IsWithin, double Probability) AlphaLambda(PastPrediction prediction, double alpha = 0.2)
    {
        var (low, high) = ((1 - Require.Share(alpha)) * prediction.TrueDays, (1 + alpha) * prediction.TrueDays);
        var median = prediction.Predicted.Quantile(0.5);
        return (median >= low && median <= high, prediction.Predicted.Cdf(high) - prediction.Predicted.Cdf(low));
    }

    /// <summary>
    /// Accuracy score of the IEEE PHM 2012 challenge, 0 to 1; late predictions score lower. Both arguments in the same unit,
    /// <paramref name="actual"/> above 0.
    /// </summary>
    public static double Phm2012(double actual, double predicted) => Phm2012OfError(100 * (Require.Positive(actual) - predicted) / actual);

    /// <summary>The same as a function of the percentage error <c>Er = 100 (actual - predicted) / actual</c>.</summary>
    public static double Phm2012OfError(double percent) => Math.Exp(Math.Log(0.5) * (percent <= 0 ? -percent / 5 : percent / 20));

    /// <summary>Penalty of the PHM 2008 challenge as a function of the error in cycles, predicted minus actual; late predictions cost
    /// more.</summary>
    public static double Phm2008(double cycles) => cycles < 0 ? Math.Exp(-cycles / 13) - 1 : Math.Exp(cycles / 10) - 1;
}
