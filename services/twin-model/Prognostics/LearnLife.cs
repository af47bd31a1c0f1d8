using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;

namespace TwinModel.Prognostics;

/// <summary>A life that ran to failure.</summary>
/// <param name="Rows">The signals at equal steps from the beginning of the life to its failure, in the last row.</param>
public sealed record RunToFailure(ImmutableArray<double[]> Rows);

/// <summary>How to learn from lives that ran to failure.</summary>
/// <param name="HorizonSteps">
/// Remaining life, in steps, beyond which the signals do not tell lives apart: longer ones count as this one, so that the regression spends
/// nothing on them. 10 or more.
/// </param>
public sealed record LearnLifeSettings(int HorizonSteps)
{
    /// <summary>Random features; 20 or more.</summary>
    public int Features { get; init; } = 400;

    /// <summary>Width of the kernel, in standard deviations of a look per root of its numbers. Greater than 0.</summary>
    public double Width { get; init; } = 1.1;

    /// <summary>Penalty of the weights, greater than 0.</summary>
    public double Penalty { get; init; } = 1;

    /// <summary>Of the random features.</summary>
    public ulong Seed { get; init; } = 1;
}

/// <summary>
/// Learns the remaining life from lives that ran to failure: a regression of the capped remaining life on windows of the signals
/// (<see cref="LifeWindows"/>), by ridge regression on random Fourier features of a Gaussian kernel (Rahimi and Recht, Advances in Neural
/// Information Processing Systems 20 (2007)). How wrong it is, is learned from lives that it has not seen: each quarter of the lives is
/// predicted by the others, and these guesses with what came are kept; a new guess is answered with the remaining lives of like ones
/// (split conformal prediction within neighbours; Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005).
/// Pure and repeatable: the same lives in the same order and the same settings give the same answer, bit for bit, on one processor type.
/// </summary>
public static class LearnLife
{
    /// <summary>Lives that are needed: with fewer, neither the regression nor its errors mean much.</summary>
    public const int LeastLives = 8;

    const int Folds = 4;

    // Neighbouring rows of one life hardly differ.
    const int LearnEvery = 2, JudgeEvery = 3;

    /// <summary>Learns.</summary>
    /// <exception cref="ArgumentException">Too few lives, lives that are too short, or rows of different widths or of no
    /// number.</exception>
    public static LearnedLife From(IReadOnlyList<RunToFailure> lives, LearnLifeSettings settings)
    {
        Require.AtLeast(10, settings.HorizonSteps);
        Require.AtLeast(20, settings.Features);
        Require.Positive(settings.Width);
        Require.Positive(settings.Penalty);
        Require.AtLeast(LeastLives, lives.Count);
        var least = LifeWindows.LeastRows(settings.HorizonSteps);
        var signals = lives[0].Rows is [var row, ..] ? Require.AtLeast(1, row.Length) : 0;
        foreach (var life in lives)
        {
            Require.AtLeast(least + 1, life.Rows.Length);
            foreach (var values in life.Rows)
            {
                if (values.Length != signals) throw Require.Outside(values.Length, $"{signals} as in the first row", "signals of a row");
                foreach (var value in values) Require.Finite(value);
            }
        }
        var looks = lives.Select(life => Enumerable.Range(least, life.Rows.Length - least)
            .Select(known => LifeWindows.Of(life.Rows.AsSpan(), known, settings.HorizonSteps)).ToArray()).ToArray();
        var all = Fit(looks, settings);
        var seen = ImmutableArray.CreateBuilder<SeenLife>();
        for (var fold = 0; fold < Folds; fold++)
        {
            var others = Fit([.. looks.Where((_, i) => i % Folds != fold)], settings);
            for (var i = fold; i < looks.Length; i += Folds)
                for (var k = 0; k < looks[i].Length; k += JudgeEvery)
                    seen.Add(new(others.Guess(looks[i][k]), least + k, looks[i].Length - k));
        }
        return new(settings.HorizonSteps, signals, all, seen.ToImmutable());
    }

    // After all looks of a life there is still one step to its failure.
    static LifeRegression Fit(double[][][] looks, LearnLifeSettings settings)
    {
        List<double[]> inputs = [];
        List<double> remaining = [];
        for (var i = 0; i < looks.Length; i++)
        {
            for (var k = i % LearnEvery; k < looks[i].Length; k += LearnEvery)
            {
                inputs.Add(looks[i][k]);
                remaining.Add(Math.Min(settings.HorizonSteps, looks[i].Length - k));
            }
        }
        var width = inputs[0].Length;
        var mean = new double[width];
        var scale = new double[width];
        for (var j = 0; j < width; j++)
        {
            mean[j] = inputs.Average(x => x[j]);
            scale[j] = Math.Sqrt(inputs.Average(x => (x[j] - mean[j]) * (x[j] - mean[j])));
            // A signal that is constant says nothing, and rounding in it must not.
            if (scale[j] <= 1e-9 * Math.Abs(mean[j])) scale[j] = double.PositiveInfinity;
        }
        var regression = new LifeRegression(
            settings.Seed, settings.Features, settings.Width, [.. mean], [.. scale.Select(s => 1 / s)], [], remaining.Average());
        var rows = Matrix<double>.Build.DenseOfRows(inputs.Select(regression.Features));
        var square = rows.TransposeThisAndMultiply(rows);
        for (var j = 0; j < square.RowCount; j++) square[j, j] += settings.Penalty;
        var target = Vector<double>.Build.Dense(remaining.Count, i => remaining[i] - regression.Centre);
        return regression with { Weights = [.. square.Cholesky().Solve(rows.TransposeThisAndMultiply(target))] };
    }
}
