using System.Globalization;
using Contracts.Calibrations;

namespace Cli.Calibrations;

/// <summary>Formats a calibration as text. Pure.</summary>
static class ShowCalibration
{
    /// <summary>What was asked, and what was found.</summary>
    public static IEnumerable<string> Lines(CalibrationView c)
    {
        var d = c.Definition;
        List<string> question =
        [
            $"{d.AssetId}, {Time(d.From)} to {Time(d.To)}, known up to log position {Text(d.KnownAt)}, calibration {c.Id}",
        ];
        return c.Result is { } r
            ? [.. question, "", .. Parameters(r), .. Conditions(r), "", .. Spans(r), "", .. Signals(r), HoldOut(r), .. Notes(r), "",
                .. Advice(c, r)]
            : [.. question, $"{c.State}{(c.Reason is null ? "" : $" ({c.Cause}): {c.Reason}")}"];
    }

    /// <summary>What an adoption or a roll-back changed.</summary>
    public static IEnumerable<string> Step(CalibrationView c)
    {
        var asset = c.Definition.AssetId;
        if (c.IsInForce)
            return
            [
                $"{asset} has the parameters of calibration {c.Id} since {Time(c.Adoption?.At)}; before: {Origin(c.Adoption?.OtherId)}.",
                $"To undo it: ./pollux calibrate --roll-back {c.Id} --by NAME",
            ];
        return c.RollBack is { } back
            ? [$"{asset} has had {Origin(back.OtherId)} again since {Time(back.At)}; rolled back: calibration {c.Id}."]
            : [$"Calibration {c.Id} of {asset} is {c.State}, and not in force."];
    }

    static IEnumerable<string> Parameters(CalibrationResult r)
    {
        yield return $"{"parameter",-30}{"unit",-12}{"model",11}{"in force",11}{"proposed",11}{"5 %",11}{"95 %",11}";
        foreach (var p in r.Parameters)
        {
            var found = p.IsIdentified ? "" : "  not identifiable from this window";
            yield return $"{p.Id,-30}{p.Unit,-12}{Value(p.Model),11}{Value(p.Before),11}{Value(p.After),11}"
                + $"{Value(p.P5),11}{Value(p.P95),11}{found}";
        }
    }

    static IEnumerable<string> Conditions(CalibrationResult r) => r.Conditions.Count == 0 ? [] :
    [
        "Also assumed about the window, and not adopted: " + string.Join(", ", r.Conditions.Select(c =>
            $"{(c.Kind == "bias" ? "bias of " : "")}{c.Id} {Value(c.Value)} ± {Value(c.StandardDeviation)} {c.Unit}")),
    ];

    static IEnumerable<string> Spans(CalibrationResult r) =>
    [
        $"Spans used: {Text(r.Spans.Count)}",
        .. r.Spans.Select(s => $"  {s.Kind,-7}{Time(s.From)} to {Time(s.To)}{(s.IsHeldOut ? ", held out" : "")}"),
    ];

    static IEnumerable<string> Signals(CalibrationResult r)
    {
        yield return $"{"",-75}{"held out",22}";
        yield return $"{"sensor - physics, rms",-30}{"unit",-12}{"allowed",11}{"in force",11}{"proposed",11}{"in force",11}{"proposed",11}";
        foreach (var s in r.Signals)
        {
            yield return $"{s.SensorId,-30}{s.Unit,-12}{Value(s.Deviation),11}{Value(s.Before),11}{Value(s.After),11}"
                + $"{Value(s.HoldOutBefore),11}{Value(s.HoldOutAfter),11}";
        }
    }

    static string HoldOut(CalibrationResult r) => r.HoldOut is { } h
        ? $"Weighted error on {Text(h.Spans)} spans held out: {Value(h.Before)} -> {Value(h.After)} (1: as the model allows)"
        : "Too few spans to hold any out: nothing says how well it predicts.";

    static IEnumerable<string> Notes(CalibrationResult r) => r.Warnings.Select(w => $"Note: {w}");

    static IEnumerable<string> Advice(CalibrationView c, CalibrationResult r) =>
        !r.Parameters.Any(p => p.IsIdentified) ? ["No parameter was identified, so there is nothing to adopt."]
        : c.State != "proposed" ? [$"It is {c.State}{(c.IsInForce ? ", and in force" : "")}."]
        : [
            r.IsRecommended ? "Recommended: it explains readings that were held out better." : "Not recommended; see above.",
            $"To adopt it: ./pollux calibrate --adopt {c.Id} --by NAME",
        ];

    static string Origin(string? id) => id is null ? "the model's own values" : $"those of calibration {id}";

    static string Value(double? value) => value?.ToString("G5", CultureInfo.InvariantCulture) ?? "";

    static string Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
