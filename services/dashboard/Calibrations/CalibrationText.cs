using Contracts.Query.V1;
using Dashboard.Shown;
using Dashboard.WhatIf;

namespace Dashboard.Calibrations;

/// <summary>Calibrations in words and numbers. Pure.</summary>
static class CalibrationText
{
    /// <summary>e.g. <c>Consistency of the polymer</c>.</summary>
    public static string Name(string parameter) => Wording.Capital(Wording.Name(parameter));

    /// <summary>A value with as many digits as its relative standard deviation leaves it.</summary>
    public static string Value(double value, double relativeDeviation, string unit) =>
        $"{Units.Number(value, Decimals(value, relativeDeviation, unit))}\u00a0{Units.Symbol(unit)}".TrimEnd('\u00a0');

    /// <summary>e.g. <c>12 034 ± 45 Pa sⁿ</c>.</summary>
    public static string PlusMinus(double value, double relativeDeviation, string unit) =>
        relativeDeviation > 0 ? Units.PlusMinus(value, value * relativeDeviation, unit) : Value(value, relativeDeviation, unit);

    /// <summary>The 90 % interval of what was learned, without its unit.</summary>
    public static string Interval(CalibratedParameter p)
    {
        var decimals = Decimals(p.After, p.Deviation, p.Unit);
        return $"{Units.Number(p.P5, decimals)} to {Units.Number(p.P95, decimals)}";
    }

    /// <summary>By which share one value differs from another, e.g. <c>+6.2 %</c>.</summary>
    public static string Change(double value, double reference) =>
        reference == 0 ? "–" : Units.Difference((value / reference - 1) * 100, "%", 1);

    public static string Deviation(double relative) => $"±\u00a0{Units.Number(relative * 100, relative < 0.1 ? 1 : 0)}\u00a0%";

    /// <summary>A parameter's change as a sentence.</summary>
    public static string Describe(CalibratedParameter p) => p.IsIdentified
        ? $"{Name(p.Id)}: from {Value(p.Before, p.Deviation, p.Unit)} to {Value(p.After, p.Deviation, p.Unit)}, "
            + $"{Change(p.After, p.Before)}; 90 % between {Change(p.P5, p.Before)} and {Change(p.P95, p.Before)}"
        : $"{Name(p.Id)}: not identifiable from this window";

    /// <summary>How well readings are explained that the parameters were not fitted to.</summary>
    public static string HoldOut(HoldOutError? error)
    {
        if (error is null)
            return "The window has too few spans to hold any out, so nothing tells how well the parameters explain other readings.";
        var (before, after) = (Error(error.Before), Error(error.After));
        var change = before == after ? $"stays at {after}"
            : $"{(error.After < error.Before ? "falls" : "rises")} from {before} to {after}";
        return $"On {Count(error.Spans, "span")} held out, the error {change}; 1 is as the model's deviations allow.";
    }

    /// <summary>Whether it should be adopted, and why.</summary>
    public static string Advice(CalibrationResult result)
    {
        var identified = result.Parameters.Count(p => p.IsIdentified);
        if (result.IsRecommended)
            return $"{identified} of {Count(result.Parameters.Count, "parameter")} {(identified == 1 ? "is" : "are")} identified, and "
                + "readings that were held out are explained better than by the parameters in force.";
        if (identified == 0) return "The readings of this window identify no parameter. Choose one with more changes, e.g. of the speed.";
        if (result.HoldOut is not { } error)
            return "The window has too few spans to hold any out, so nothing tells whether these parameters are better. Choose a longer "
                + "one.";
        return error.After >= error.Before
            ? "The new parameters explain readings that were held out no better than those in force."
            : "The warnings below say why.";
    }

    /// <summary>What to do about a calibration that failed.</summary>
    public static string NextStep(string cause) => cause switch
    {
        "invalid" => "It cannot be answered with the readings of this window. Choose another one.",
        "solver" => "The model finds no such state. Choose a window in which the machine ran as its model describes.",
        _ => "This should not happen. Calibrate again; if it fails again, send the calibration's id to whoever runs Pollux.",
    };

    /// <summary>What had to be assumed about the window.</summary>
    /// <param name="condition">An input or a bias.</param>
    /// <param name="signal">Names of signals.</param>
    public static string Name(CalibrationCondition condition, Func<string, string> signal) =>
        condition.Kind == "bias" ? $"Bias of {signal(condition.Id)}" : Name(condition.Id);

    /// <summary>The spans that were compared, e.g. <c>7 steady, 3 after a step; 2 of them held out</c>.</summary>
    public static string Spans(IReadOnlyList<CalibrationSpan> spans)
    {
        var (steps, held) = (spans.Count(s => s.Kind == "step"), spans.Count(s => s.IsHeldOut));
        return $"{spans.Count - steps} steady, {steps} after a step; {(held == 0 ? "none" : $"{held} of them")} held out";
    }

    /// <summary>The parameters as text, e.g. <c>3 of 8 parameters</c>.</summary>
    public static string Asked(Calibration calibration, int all) =>
        calibration.Parameters.Count == 0 || calibration.Parameters.Count >= all
            ? "all parameters"
            : $"{calibration.Parameters.Count} of {Count(all, "parameter")}";

    static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    static string Error(double error) => Units.Number(error, error < 10 ? 2 : 1);

    static int Decimals(double value, double relativeDeviation, string unit) =>
        relativeDeviation > 0 ? Units.DecimalsOfDeviation(value * relativeDeviation) : Units.Decimals(unit, value);
}
