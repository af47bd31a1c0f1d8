using System.Globalization;
using Contracts.Query.V1;
using Dashboard.Charts;

namespace Dashboard.Calibrations;

/// <summary>Axes and positions of the pictures of a result. Pure.</summary>
static class CalibrationBars
{
    /// <summary>Change of a value against the one in force, in percent.</summary>
    public static double Percent(double value, double before) => before == 0 ? 0 : (value / before - 1) * 100;

    /// <summary>One axis for all changes, in percent; 0 is the value in force.</summary>
    public static Scale Changes(CalibrationResult result) => Scale.Of(
        result.Parameters.Where(p => p.IsIdentified)
            .SelectMany(p => new[] { 0, Percent(p.P5, p.Before), Percent(p.P95, p.Before), Percent(p.Model, p.Before) }),
        5);

    /// <summary>A residual in multiples of what the model allows.</summary>
    public static double InAllowed(double residual, double allowed) => allowed > 0 ? residual / allowed : 0;

    /// <summary>One axis for all residuals, from 0.</summary>
    public static Scale Residuals(CalibrationResult result) => Scale.Of(
        [0, 1, .. result.Signals.SelectMany(s => new[] { InAllowed(s.Before, s.Deviation), InAllowed(s.After, s.Deviation) })], 4);

    /// <summary>Where a time lies in the window, as in SVG.</summary>
    public static string At(DateTimeOffset time, DateTimeOffset from, DateTimeOffset to) => Text(Share(time, from, to));

    /// <summary>Width of a span in the window.</summary>
    public static string Width(CalibrationSpan span, DateTimeOffset from, DateTimeOffset to) =>
        Text(Share(span.To.ToDateTimeOffset(), from, to) - Share(span.From.ToDateTimeOffset(), from, to));

    static double Share(DateTimeOffset time, DateTimeOffset from, DateTimeOffset to) =>
        to > from ? Math.Clamp((time - from) / (to - from), 0, 1) * 100 : 0;

    static string Text(double percent) => string.Create(CultureInfo.InvariantCulture, $"{percent:0.##}%");
}
