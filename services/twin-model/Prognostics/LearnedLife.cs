using System.Collections.Immutable;
using TwinModel.Lifetimes;
using TwinModel.Uncertainty;

namespace TwinModel.Prognostics;

/// <summary>What was learned from lives that ran to failure; data only, as it is stored.</summary>
/// <param name="HorizonSteps">Remaining life beyond which the signals do not tell lives apart, steps.</param>
/// <param name="Signals">Signals of a row.</param>
/// <param name="Regression">Guesses the capped remaining life.</param>
/// <param name="Seen">Guesses about lives that were not learned from, and what came.</param>
public sealed record LearnedLife(int HorizonSteps, int Signals, LifeRegression Regression, ImmutableArray<SeenLife> Seen)
{
    // Least number and share of seen looks that answer for a new one.
    const int LeastAlike = 60;
    const double Alike = 0.03;

    // Guesses are compared more closely than ages.
    const double GuessApart = 0.04, AgeApart = 0.5;

    /// <summary>Rows that are needed for a prediction.</summary>
    public int LeastRows => LifeWindows.LeastRows(HorizonSteps);

    /// <summary>The remaining life after <paramref name="rows"/>, in steps.</summary>
    /// <param name="rows">The signals at equal steps since the life began, as in <see cref="RunToFailure"/>.</param>
    /// <exception cref="ArgumentException">Too few rows, rows of another width, or of no number.</exception>
    public RulDistribution Predict(ReadOnlySpan<double[]> rows)
    {
        Require.AtLeast(LeastRows, rows.Length);
        foreach (var row in rows)
        {
            if (row.Length != Signals) throw Require.Outside(row.Length, $"{Signals}", "signals of a row");
            foreach (var value in row) Require.Finite(value);
        }
        var guess = Regression.Guess(LifeWindows.Of(rows, rows.Length, HorizonSteps));
        var age = rows.Length;
        double Apart(SeenLife s)
        {
            var (g, a) = ((s.Guess - guess) / (GuessApart * HorizonSteps), (s.Age - age) / (AgeApart * HorizonSteps));
            return g * g + a * a;
        }
        var count = Math.Min(Seen.Length, Math.Max(LeastAlike, (int)(Alike * Seen.Length)));
        var alike = Seen.OrderBy(Apart).Take(count).Select(s => s.Remaining).Order().ToArray();
        return Table(alike);
    }

    static RulDistribution Table(int[] remaining)
    {
        var (steps, probability) = (ImmutableArray.CreateBuilder<double>(), ImmutableArray.CreateBuilder<double>());
        steps.Add(0);
        probability.Add(0);
        for (var i = 0; i < remaining.Length; i++)
        {
            if (i + 1 < remaining.Length && remaining[i + 1] == remaining[i]) continue;
            steps.Add(remaining[i]);
            probability.Add((i + 1.0) / remaining.Length);
        }
        return new(steps.ToImmutable(), probability.ToImmutable());
    }
}

/// <summary>A guess about a life that was not learned from, and what came.</summary>
/// <param name="Guess">The guessed remaining life, steps.</param>
/// <param name="Age">Rows known then.</param>
/// <param name="Remaining">The true remaining life, steps.</param>
public readonly record struct SeenLife(double Guess, int Age, int Remaining);

/// <summary>Ridge regression on random Fourier features and the looks themselves.</summary>
/// <param name="Seed">Of the features.</param>
/// <param name="Count">Random features.</param>
/// <param name="Width">Of the kernel; see <see cref="LearnLifeSettings.Width"/>.</param>
/// <param name="Mean">Of each number of a look.</param>
/// <param name="PerScale">One over its standard deviation; 0 for one that is constant.</param>
/// <param name="Weights">Of the random features, then of the numbers of a look.</param>
/// <param name="Centre">The mean remaining life, steps.</param>
public sealed record LifeRegression(
    ulong Seed, int Count, double Width, ImmutableArray<double> Mean, ImmutableArray<double> PerScale, ImmutableArray<double> Weights,
    double Centre)
{
    // The linear part is held back, so that it serves only where the kernel knows nothing.
    const double Linear = 0.1;

    // Made of the seed when they are first needed; they would be most of what is stored.
    double[]? directions;

    /// <summary>The features of a look.</summary>
    internal double[] Features(double[] look)
    {
        var n = look.Length;
        var scaled = new double[n];
        for (var j = 0; j < n; j++) scaled[j] = (look[j] - Mean[j]) * PerScale[j];
        var (features, all) = (new double[Count + n], directions ??= Directions(Seed, Count, n, Width));
        var height = Math.Sqrt(2.0 / Count);
        for (var i = 0; i < Count; i++)
        {
            var start = i * (n + 1);
            var angle = all[start + n];
            for (var j = 0; j < n; j++) angle += all[start + j] * scaled[j];
            features[i] = height * Math.Cos(angle);
        }
        for (var j = 0; j < n; j++) features[Count + j] = Linear * scaled[j];
        return features;
    }

    /// <summary>The guess for a look, steps; may lie below 0 or beyond the horizon.</summary>
    internal double Guess(double[] look)
    {
        var (features, sum) = (Features(look), Centre);
        for (var i = 0; i < features.Length; i++) sum += Weights[i] * features[i];
        return sum;
    }

    // Of each feature its direction, then its phase.
    static double[] Directions(ulong seed, int count, int width, double kernel)
    {
        var all = new double[count * (width + 1)];
        var apart = kernel * Math.Sqrt(width);
        for (var i = 0; i < count; i++)
        {
            var random = new RandomStream(seed, (ulong)i);
            for (var j = 0; j < width; j++) all[i * (width + 1) + j] = random.NextNormal() / apart;
            all[i * (width + 1) + width] = 2 * Math.PI * random.NextDouble();
        }
        return all;
    }
}
