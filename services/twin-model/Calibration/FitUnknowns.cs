using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;
using TwinModel.Estimation;
using TwinModel.Scenarios;
using TwinModel.Solvers;

namespace TwinModel.Calibration;

/// <summary>Something that is looked for: as a standard normal number before the readings.</summary>
/// <param name="Wanderer">What it is.</param>
/// <param name="Centre">Value before the readings: of a parameter the natural logarithm of the value in force.</param>
sealed record Unknown(Wanderer Wanderer, double Centre)
{
    public double At(double score) => Math.Clamp(Centre + Wanderer.Deviation * score, Wanderer.Allowed.Min, Wanderer.Allowed.Max);
}

/// <summary>A least-squares solution.</summary>
/// <param name="Scores">Of all unknowns; 0 for those that were held.</param>
/// <param name="Iterations">Of the minimiser.</param>
/// <param name="Stopped">Why it ended.</param>
sealed record Fitted(double[] Scores, int Iterations, string Stopped);

/// <summary>
/// Weighted least squares with the prior as further residuals, so that what the readings do not show stays where it was and no covariance
/// is singular. Levenberg-Marquardt; sensitivities by differences over a tenth of the prior's deviation, unknowns at the same time.
/// </summary>
sealed class FitUnknowns(
    EstimationSetup setup, IReadOnlyList<double> inForce, IReadOnlyList<Span> spans, IReadOnlyList<Unknown> unknowns,
    Func<ReplayWindow> newReplay, CancellationToken cancel)
{
    const double Difference = 0.1;

    // A trial at which the physics cannot be run is far away from the readings.
    const double OutOfReach = 1e3;

    // Of the distance from the prior: a shorter step says nothing that readings could show.
    const double StepTolerance = 1e-3;

    const int MostIterations = 30;

    readonly ConcurrentBag<ReplayWindow> free = [];
    (double[] Scores, double[] Means)? last;

    int Signals => setup.Observed.Length;

    /// <summary>Finds the scores of the free unknowns; the others are held at 0.</summary>
    /// <param name="isFree">Which unknowns are free.</param>
    /// <param name="isUsed">Which spans are used.</param>
    /// <param name="near">Scores of a similar problem, where the search begins.</param>
    /// <exception cref="SolverException">The physics cannot be run through the window where the search begins.</exception>
    public Fitted Fit(Func<int, bool> isFree, Func<int, bool> isUsed, double[]? near = null)
    {
        int[] columns = [.. Enumerable.Range(0, unknowns.Count).Where(isFree)];
        var rows = Rows(isUsed);
        double[] Scores(Vector<double> point)
        {
            var scores = new double[unknowns.Count];
            for (var c = 0; c < columns.Length; c++) scores[columns[c]] = point[c];
            return scores;
        }
        Vector<double> Model(Vector<double> point, Vector<double> _)
        {
            double[] data;
            try
            {
                data = Weighted(rows, Predicted(Scores(point)));
            }
            catch (SolverException) when (point.InfinityNorm() > 0)
            {
                data = [.. rows.Select(_ => OutOfReach)];
            }
            return Vector<double>.Build.DenseOfArray([.. data, .. point]);
        }
        Matrix<double> Jacobian(Vector<double> point, Vector<double> _)
        {
            var result = Matrix<double>.Build.Dense(rows.Count + columns.Length, columns.Length);
            result.SetSubMatrix(rows.Count, 0, Matrix<double>.Build.DenseIdentity(columns.Length));
            result.SetSubMatrix(0, 0, Sensitivities(rows, columns, Scores(point)));
            return result;
        }
        double[] wanted = [.. rows.Select(r => spans[r.Span].Measured[r.Signal] / r.Deviation), .. columns.Select(_ => 0.0)];
        if (columns.Length == 0) return new(new double[unknowns.Count], 0, "nothing to fit");
        var observed = Vector<double>.Build.DenseOfArray(wanted);
        var objective = ObjectiveFunction.NonlinearModel(Model, Jacobian, observed, observed);
        var found = new LevenbergMarquardtMinimizer(1e-3, 1e-6, StepTolerance, 1e-8, MostIterations)
            .FindMinimum(objective, Vector<double>.Build.Dense(columns.Length, c => near?[columns[c]] ?? 0));
        return new(Scores(found.MinimizingPoint), found.Iterations, found.ReasonForExit.ToString());
    }

    /// <summary>Precision (inverse covariance) of the free unknowns, in their order, at a solution from all spans.</summary>
    public Matrix<double> Precision(int[] free, double[] scores)
    {
        if (free.Length == 0) return Matrix<double>.Build.Dense(1, 1);
        var sensitivities = Sensitivities(Rows(_ => true), free, scores);
        return sensitivities.TransposeThisAndMultiply(sensitivities) + Matrix<double>.Build.DenseIdentity(free.Length);
    }

    /// <summary>Measured minus predicted over each span, in the signals' units and in the order of the observed ones; NaN without a
    /// reading.</summary>
    public double[] Residuals(double[] scores)
    {
        var predicted = Predicted(scores);
        for (var i = 0; i < predicted.Length; i++) predicted[i] = spans[i / Signals].Measured[i % Signals] - predicted[i];
        return predicted;
    }

    /// <summary>Sum of the squared weighted residuals, and how many independent ones they are worth.</summary>
    public (double Chi2, double Count) Chi2(double[] scores)
    {
        var residuals = Residuals(scores);
        var rows = Rows(_ => true);
        return (
            rows.Sum(r => Math.Pow(residuals[r.Span * Signals + r.Signal] / r.Deviation, 2)),
            rows.Sum(r => 1.0 / spans[r.Span].Shares));
    }

    List<(int Span, int Signal, double Deviation)> Rows(Func<int, bool> isUsed)
    {
        List<(int Span, int Signal, double Deviation)> rows = [];
        for (var s = 0; s < spans.Count; s++)
        {
            for (var k = 0; k < Signals; k++)
            {
                if (isUsed(s) && !double.IsNaN(spans[s].Measured[k]))
                    rows.Add((s, k, setup.Observed[k].Deviation * Math.Sqrt(spans[s].Shares)));
            }
        }
        return rows;
    }

    double[] Weighted(List<(int Span, int Signal, double Deviation)> rows, double[] means) =>
        [.. rows.Select(r => means[r.Span * Signals + r.Signal] / r.Deviation)];

    Matrix<double> Sensitivities(List<(int Span, int Signal, double Deviation)> rows, int[] columns, double[] scores)
    {
        var result = Matrix<double>.Build.Dense(rows.Count, columns.Length);
        var before = Weighted(rows, Predicted(scores));
        var means = last!.Value.Means;
        var found = new double[columns.Length][];
        var failures = new SolverException?[columns.Length];
        Parallel.For(0, columns.Length, new ParallelOptions { CancellationToken = cancel }, c =>
        {
            double[] moved = [.. scores];
            // Towards the middle, where the physics can be run.
            var step = scores[columns[c]] > 0 ? -Difference : Difference;
            moved[columns[c]] += step;
            try
            {
                // A bias moves no physics.
                var after = unknowns[columns[c]].Wanderer.Kind == WandererKind.Bias ? means : Run(moved);
                found[c] = [.. Weighted(rows, Biased(after, moved)).Zip(before, (a, b) => (a - b) / step)];
            }
            catch (SolverException e)
            {
                failures[c] = e;
            }
        });
        // The first, whichever thread came to it first.
        if (failures.FirstOrDefault(f => f is not null) is { } failure) ExceptionDispatchInfo.Throw(failure);
        for (var c = 0; c < columns.Length; c++) result.SetColumn(c, found[c]);
        return result;
    }

    // The minimiser asks for values and sensitivities of the same point.
    double[] Predicted(double[] scores)
    {
        if (last is not { } known || !known.Scores.AsSpan().SequenceEqual(scores)) last = known = ([.. scores], Run(scores));
        return Biased(known.Means, scores);
    }

    double[] Run(double[] scores)
    {
        var replay = free.TryTake(out var idle) ? idle : newReplay();
        double[] parameters = [.. inForce], inputs = [.. setup.Compiled.Inputs];
        for (var u = 0; u < unknowns.Count; u++)
        {
            var (wanderer, value) = (unknowns[u].Wanderer, unknowns[u].At(scores[u]));
            if (wanderer.Kind == WandererKind.Parameter) parameters[wanderer.Number] = Math.Exp(value);
            else if (wanderer.Kind == WandererKind.Input) inputs[wanderer.Number] = value;
        }
        var means = replay.Run(new(parameters, inputs), cancel);
        // One that was left in the middle of a run is not used again.
        free.Add(replay);
        return means;
    }

    double[] Biased(double[] means, double[] scores)
    {
        double[] biased = [.. means];
        for (var u = 0; u < unknowns.Count; u++)
        {
            if (unknowns[u].Wanderer.Kind != WandererKind.Bias) continue;
            var signal = Array.FindIndex(setup.Observed, o => o.Place.Signal.Id == unknowns[u].Wanderer.Id);
            for (var s = 0; s < spans.Count; s++) biased[s * Signals + signal] += unknowns[u].At(scores[u]);
        }
        return biased;
    }
}
