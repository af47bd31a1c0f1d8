using MathNet.Numerics.LinearAlgebra;

namespace TwinModel.Detection;

/// <summary>
/// What a group of sensors shows while nothing is wrong, learned from the first ticks in which all of them have readings, and how far they
/// have departed from it since: a multivariate exponentially weighted moving average (Lowry, Woodall, Champ and Rigdon, Technometrics 34
/// (1992) 46, doi:10.2307/1269551). The statistic <c>T² = eᵀ S⁻¹ e</c> takes the covariance S of the average e as the learning window shows
/// it, with all its autocorrelation, instead of that of independent values; and it is divided by the largest T² of that window, since those
/// of real sensors follow no distribution that could be looked up. Causal: it depends on what came before only.
/// </summary>
public sealed class NormalOperation
{
    /// <summary>Ticks of learning for each sensor, at least.</summary>
    public const int TicksPerSensor = 5;

    // In deviations of the learning window: a single reading far away must not outlive its time.
    const double Farthest = 10;

    // Added to the variances of the average, in squares of deviations: combinations that hardly move within a short window are not known to
    // be that constant.
    const double Ridge = 0.05;

    // The average needs some ticks until it has forgotten its beginning.
    const int Settling = 8;

    readonly double weight;
    readonly int learn;
    readonly double[] least;
    readonly List<double[]> learning = [];
    readonly double[] average;
    double[] mean = [], deviation = [], normal = [];
    double[,] precision = new double[0, 0];
    double largest;

    /// <param name="least">For each sensor the least standard deviation of a tick's mean that is believed.</param>
    /// <param name="learn">Number of ticks to learn from.</param>
    /// <param name="weight">Of the newest tick in the average, above 0 to 1.</param>
    public NormalOperation(double[] least, int learn, double weight)
    {
        (this.least, this.learn, this.weight) = (least, Math.Max(learn, TicksPerSensor * least.Length), weight);
        average = new double[least.Length];
    }

    /// <summary>Whether there is something to compare with.</summary>
    public bool IsLearned => mean.Length > 0;

    /// <summary>T² over the largest of the learning window; not a number while it learns.</summary>
    public double Departure => IsLearned ? Statistic(average) / largest : double.NaN;

    /// <summary>Adds a tick.</summary>
    /// <param name="values">By sensor; not a number for one that has none.</param>
    /// <param name="areNew">All of them were measured in this tick; only such ticks are learned from.</param>
    public void Step(ReadOnlySpan<double> values, bool areNew)
    {
        if (IsLearned) Average(values, mean, deviation, average);
        else if (areNew)
        {
            learning.Add(values.ToArray());
            if (learning.Count == learn) Learn();
        }
    }

    /// <summary>
    /// The part of a sensor in the departure: the square of its average, in standard deviations of the average in the learning window, over
    /// the sum of all. Not a number while it learns.
    /// </summary>
    public double ShareOf(int sensor)
    {
        if (!IsLearned) return double.NaN;
        double Square(int s) => average[s] * average[s] / normal[s];
        var sum = Enumerable.Range(0, average.Length).Sum(Square);
        return sum > 0 ? Square(sensor) / sum : 0;
    }

    void Average(ReadOnlySpan<double> values, double[] mean, double[] deviation, double[] average)
    {
        for (var s = 0; s < average.Length; s++)
        {
            if (double.IsNaN(values[s])) continue;
            average[s] += weight * (Math.Clamp((values[s] - mean[s]) / deviation[s], -Farthest, Farthest) - average[s]);
        }
    }

    void Learn()
    {
        var count = least.Length;
        double[] middle = [.. Enumerable.Range(0, count).Select(s => learning.Average(v => v[s]))];
        double[] spread = [.. Enumerable.Range(0, count).Select(s => Math.Max(
            least[s], Math.Sqrt(learning.Average(v => (v[s] - middle[s]) * (v[s] - middle[s])))))];
        List<double[]> averages = [];
        foreach (var values in learning)
        {
            Average(values, middle, spread, average);
            averages.Add([.. average]);
        }
        averages.RemoveRange(0, learn / Settling);
        var covariance = Matrix<double>.Build.Dense(count, count, (a, b) =>
            averages.Average(e => e[a] * e[b]) + (a == b ? Ridge : 0));
        precision = covariance.Inverse().ToArray();
        normal = covariance.Diagonal().ToArray();
        (mean, deviation) = (middle, spread);
        largest = averages.Max(Statistic);
        learning.Clear();
    }

    double Statistic(double[] e)
    {
        var sum = 0.0;
        for (var a = 0; a < e.Length; a++)
        {
            for (var b = 0; b < e.Length; b++) sum += e[a] * precision[a, b] * e[b];
        }
        return sum;
    }

    internal void Write(BinaryWriter to)
    {
        to.Write(learning.Count);
        foreach (var values in learning) Write(to, values);
        to.Write(IsLearned);
        if (!IsLearned) return;
        foreach (var values in new[] { average, mean, deviation, normal }) Write(to, values);
        foreach (var value in precision) to.Write(value);
        to.Write(largest);
    }

    internal void Read(BinaryReader from)
    {
        var count = least.Length;
        double[] Next() => [.. Enumerable.Range(0, count).Select(_ => from.ReadDouble())];
        for (var left = from.ReadInt32(); left > 0; left--) learning.Add(Next());
        if (!from.ReadBoolean()) return;
        Next().CopyTo(average, 0);
        (mean, deviation, normal) = (Next(), Next(), Next());
        precision = new double[count, count];
        for (var a = 0; a < count; a++)
        {
            for (var b = 0; b < count; b++) precision[a, b] = from.ReadDouble();
        }
        largest = from.ReadDouble();
    }

    static void Write(BinaryWriter to, double[] values)
    {
        foreach (var value in values) to.Write(value);
    }
}
