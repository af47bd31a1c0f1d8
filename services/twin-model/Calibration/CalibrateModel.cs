using Contracts.Calibrations;
using MathNet.Numerics.LinearAlgebra;
using TwinModel.Estimation;
using TwinModel.Solvers;
using TwinModel.Telemetry;
using TwinModel.Uncertainty;
using TwinModel.Units;

namespace TwinModel.Calibration;

/// <summary>A calibration that has no answer.</summary>
/// <param name="cause">invalid or solver.</param>
/// <param name="reason">Why.</param>
public sealed class CalibrationFailedException(string cause, string reason) : Exception(reason)
{
    /// <summary>invalid (it cannot be answered with these readings) or solver.</summary>
    public string Cause => cause;
}

/// <summary>
/// Learns parameters of one machine from a window of its history: weighted least squares in the logarithms of the parameters over the means
/// of steady parts and of steps, together with the inputs that no sensor shows and the biases of sensors. What the window does not show is
/// named and keeps its value. Whether the result is better is judged on readings that were not used for it.
/// </summary>
public sealed class CalibrateModel(EstimationSetup setup, WindowReadings readings, ParameterSet? inForce)
{
    const int LeastSpansToHoldOut = 3;

    // From which on parameters without a walk are tried: those that the estimation could not tell from the others.
    const int LeastChanges = 3;

    readonly List<string> warnings = [];

    /// <summary>The answer.</summary>
    /// <param name="wanted">Parameters to learn; empty: all that the model's section <c>estimation</c> names.</param>
    /// <param name="cancel">Honoured between steps of the solver.</param>
    /// <exception cref="CalibrationFailedException">These readings have no answer; says why.</exception>
    public CalibrationResult Run(IReadOnlyList<string> wanted, CancellationToken cancel)
    {
        var inputs = readings.Inputs();
        var spans = FindSpans.Of(setup, readings, inputs, warnings);
        if (spans.Count == 0)
        {
            throw new CalibrationFailedException("invalid",
                $"No part of the window of {FindSpans.Shown(setup.Settings.CalibrationBlock / 2)} or more can be used: there are too few "
                + $"readings of the sensors that the model uses, or settings change too often. {string.Join(" ", warnings)}".TrimEnd());
        }
        var changes = FindSpans.Pieces(inputs, readings.Seconds).Count() - 1;
        if (changes == 0)
            warnings.Add("Nothing was changed in the window: what shows only in steps cannot be identified.");
        var parameters = InForce();
        var unknowns = Unknowns(wanted, parameters);
        try
        {
            FitUnknowns fit = new(setup, parameters, spans, unknowns, () => new(setup, inputs, spans), cancel);
            return Answer(spans, unknowns, fit, changes >= LeastChanges);
        }
        catch (SolverException e)
        {
            throw new CalibrationFailedException("solver", e.Message);
        }
    }

    CalibrationResult Answer(List<Span> spans, List<Unknown> unknowns, FitUnknowns fit, bool isRich)
    {
        bool IsParameter(int u) => unknowns[u].Wanderer.Kind == WandererKind.Parameter;
        // What hides behind the others in all but rich windows is not even tried in a poor one.
        int[] tried = [.. Enumerable.Range(0, unknowns.Count).Where(u =>
            isRich || !IsParameter(u) || setup.Wanderers.Contains(unknowns[u].Wanderer))];
        if (tried.Length < unknowns.Count)
            warnings.Add($"The window has fewer than {LeastChanges} changes: what only they show is held at its value.");
        var all = fit.Fit(tried.Contains, _ => true);
        var scale = Scale(fit, all);
        var deviations = unknowns.Select(_ => 1.0).ToArray();
        var (free, covariance) = Identified(fit.Precision(tried, all.Scores), tried, IsParameter, scale, deviations);
        int[] identified = [.. free.Where(IsParameter)];
        bool IsFree(int u) => !IsParameter(u) || identified.Contains(u);
        var before = fit.Fit(u => !IsParameter(u), _ => true);
        // The others keep their values, so the identified ones have to fit to those.
        var after = tried.All(IsFree)
            ? all
            : fit.Fit(IsFree, _ => true, all.Scores);
        var (chi2, count) = fit.Chi2(after.Scores);
        var freedom = Math.Max(1, (int)Math.Round(count) - identified.Length);
        // Of a short test the end may show what nothing before it did, so parts between others are held out.
        bool IsUsed(int s) => spans.Count < LeastSpansToHoldOut || (setup.Settings.IsCalibratedOnTheWay
            ? s % 3 != 2
            : s < spans.Count - spans.Count / 3);
        int[] held = [.. Enumerable.Range(0, spans.Count).Where(s => !IsUsed(s))];
        var (heldBefore, heldAfter) = held.Length == 0 ? (null, null) : (
            fit.Residuals(fit.Fit(u => !IsParameter(u), IsUsed, before.Scores).Scores),
            fit.Residuals(fit.Fit(IsFree, IsUsed, after.Scores).Scores));
        HoldOutError? holdOut = heldBefore is null ? null : new(held.Length, Weighted(heldBefore, held), Weighted(heldAfter!, held));
        if (holdOut is null) warnings.Add("The window has too few parts to hold any out: it cannot be said whether this is better.");
        else if (identified.Length > 0 && holdOut.After >= holdOut.Before)
            warnings.Add("On readings that were held out, the values in force are as good or better.");
        if (identified.Length == 0) warnings.Add("No parameter can be identified from this window.");
        if (scale > 2)
            warnings.Add(FormattableString.Invariant(
                $"Whatever the parameters, the readings are not explained within the deviations that the model states ({scale:0.#} x)."));
        var residualsBefore = fit.Residuals(before.Scores);
        var residualsAfter = fit.Residuals(after.Scores);
        return new(
            identified.Length > 0 && holdOut?.After < holdOut?.Before,
            inForce?.CalibrationId,
            [.. spans.Select((s, i) => new CalibrationSpan(s.IsSteady ? "steady" : "step", At(s.Start), At(s.End), !IsUsed(i)))],
            [.. Enumerable.Range(0, unknowns.Count).Where(IsParameter).Select(u =>
                Parameter(unknowns[u], identified.Contains(u) ? after.Scores[u] : null, all.Scores[u], deviations[u]))],
            Correlation(covariance, [.. identified.Select(u => Array.IndexOf(free, u))]),
            [.. Enumerable.Range(0, unknowns.Count).Where(u => !IsParameter(u)).Select(u =>
                Condition(unknowns[u], after.Scores[u], deviations[u]))],
            [.. Enumerable.Range(0, setup.Observed.Length).Select(k => new SignalResidual(
                setup.Observed[k].Sensor.Id, setup.Observed[k].Place.Signal.Id, setup.Observed[k].Place.Signal.Unit.DifferenceSymbol,
                setup.Observed[k].Deviation, Rms(residualsBefore, k) ?? 0, Rms(residualsAfter, k) ?? 0,
                heldBefore is null ? null : Rms(heldBefore, k, held), heldAfter is null ? null : Rms(heldAfter, k, held)))],
            holdOut, chi2, freedom, after.Iterations, after.Stopped, warnings);
    }

    // Parameters that can make up for each other are not known one by one, but once the least known of them is held, the others may be. So
    // one is held at a time; what remains is as uncertain as it is with the others at their values.
    static (int[] Free, Matrix<double> Covariance) Identified(
        Matrix<double> precision, int[] tried, Func<int, bool> isParameter, double scale, double[] deviations)
    {
        int[] places = [.. Enumerable.Range(0, tried.Length)];
        while (true)
        {
            var covariance = places.Length == 0 ? Matrix<double>.Build.Dense(1, 1) : Matrix<double>.Build
                .Dense(places.Length, places.Length, (i, j) => precision[places[i], places[j]])
                .Cholesky().Solve(Matrix<double>.Build.DenseIdentity(places.Length));
            for (var i = 0; i < places.Length; i++) deviations[tried[places[i]]] = scale * Math.Sqrt(covariance[i, i]);
            var weakest = places.Where(p => isParameter(tried[p])).OrderByDescending(p => deviations[tried[p]]).Take(1).ToArray();
            if (weakest.Length == 0 || deviations[tried[weakest[0]]] <= LearnedEstimate.MostRemaining)
                return ([.. places.Select(p => tried[p])], covariance);
            places = [.. places.Except(weakest)];
        }
    }

    // What the model leaves out makes the sum of squares larger than chance would; deviations grow with it.
    static double Scale(FitUnknowns fit, Fitted all)
    {
        var (chi2, count) = fit.Chi2(all.Scores);
        return Math.Sqrt(Math.Max(1, chi2 / count));
    }

    List<Unknown> Unknowns(IReadOnlyList<string> wanted, double[] parameters) =>
        [.. setup.Learnable.Where(w => w.Kind != WandererKind.Parameter || wanted.Count == 0 || wanted.Contains(w.Id)).Select(w =>
            new Unknown(w, w.Kind == WandererKind.Parameter ? Math.Log(parameters[w.Number]) : w.Mean))];

    // All parameters in units of calculation.
    double[] InForce()
    {
        double[] parameters = [.. setup.Compiled.Parameters];
        foreach (var value in inForce?.Values ?? [])
        {
            var learned = setup.Learnable.First(w => w.Kind == WandererKind.Parameter && w.Id == value.Id);
            parameters[learned.Number] = learned.Unit.ConvertTo(Unit.OfCalculation(learned.Unit.Quantity), value.Value);
        }
        return parameters;
    }

    CalibratedParameter Parameter(Unknown unknown, double? found, double fitted, double deviation)
    {
        var w = unknown.Wanderer;
        double Reported(double score) => w.Report(unknown.At(score));
        var middle = found ?? fitted;
        var model = Unit.OfCalculation(w.Unit.Quantity).ConvertTo(w.Unit, setup.Compiled.Parameters[w.Number]);
        // Without the round-off of logarithms.
        var before = inForce is null ? model : inForce.Values.FirstOrDefault(v => v.Id == w.Id)?.Value ?? model;
        return new(w.Id, w.Unit.Symbol, model, before, found is { } score ? Reported(score) : before,
            Reported(middle - Normal.Band90 * deviation), Reported(middle + Normal.Band90 * deviation), Relative(w.Deviation),
            Relative(w.Deviation * deviation), found is not null);
    }

    CalibrationCondition Condition(Unknown unknown, double score, double deviation)
    {
        var w = unknown.Wanderer;
        var value = w.Report(unknown.At(score));
        return new(w.KindName, w.Id, w.Kind == WandererKind.Bias ? w.Unit.DifferenceSymbol : w.Unit.Symbol, value,
            Math.Abs(w.Report(unknown.At(score) + w.Deviation * deviation) - value));
    }

    static IReadOnlyList<double[]> Correlation(Matrix<double> covariance, int[] identified) =>
        [.. identified.Select(i => identified.Select(j =>
            i == j ? 1 : covariance[i, j] / Math.Sqrt(covariance[i, i] * covariance[j, j])).ToArray())];

    double Weighted(double[] residuals, int[] spans) => Math.Sqrt(residuals.Select((r, i) => (
        Value: r / setup.Observed[i % setup.Observed.Length].Deviation, Span: i / setup.Observed.Length))
        .Where(r => double.IsFinite(r.Value) && spans.Contains(r.Span)).Average(r => r.Value * r.Value));

    double? Rms(double[] residuals, int signal, int[]? spans = null)
    {
        var own = residuals.Where((r, i) => i % setup.Observed.Length == signal && double.IsFinite(r)
            && spans?.Contains(i / setup.Observed.Length) != false).ToList();
        return own.Count == 0 ? null : Math.Sqrt(own.Average(r => r * r));
    }

    DateTimeOffset At(double seconds) => Micros.ToTime(readings.From + (long)(seconds * Micros.PerSecond));

    static double Relative(double logDeviation) => Math.Sqrt(Math.Exp(logDeviation * logDeviation) - 1);
}
