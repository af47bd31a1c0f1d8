using System.Globalization;
using Contracts.Scenarios;

namespace Query.Scenarios;

/// <summary>One number of a result.</summary>
/// <param name="Kind">signal, profile, kpi, limit, contributor, solved, sweep, learned or residual.</param>
/// <param name="Id">Id of the signal, limit, input or parameter.</param>
/// <param name="Unit">Unit of the value.</param>
/// <param name="Case">baseline, scenario or difference; the parameter of a contributor; the grid point of a sweep; parameter or input for
/// what was learned; the sensor of a residual.</param>
/// <param name="Statistic">nominal, p5, p25, p50, p75, p95, probability, first, total, model, difference or
/// standard-deviation.</param>
/// <param name="TimeSeconds">Time from the start of the run, s; null if not applicable.</param>
/// <param name="PositionMetre">Position along the axis, m; null if not applicable.</param>
/// <param name="Value">Value; null if there is no steady state.</param>
readonly record struct ResultRow(
    string Kind, string Id, string Unit, string Case, string Statistic, double? TimeSeconds, double? PositionMetre, double? Value);

/// <summary>A result in long format, for spreadsheets and data frames.</summary>
static class ResultRows
{
    public static IEnumerable<ResultRow> Of(ScenarioResult result) =>
        result.Signals.SelectMany(s => Series(s.Baseline, s.Scenario, s.Difference, s.Unit, result.TimesSeconds.Count)
                .Select(r => new ResultRow("signal", s.Id, r.Unit, r.Case, r.Statistic, result.TimesSeconds[r.Index], null, r.Value)))
            .Concat(result.Profiles.SelectMany(p => Series(p.Baseline, p.Scenario, p.Difference, p.Unit, p.PositionsMetre.Count)
                .Select(r => new ResultRow(
                    "profile", p.Id, r.Unit, r.Case, r.Statistic, result.TimesSeconds[^1], p.PositionsMetre[r.Index], r.Value))))
            .Concat(result.Kpis.SelectMany(k => Cases(k.Baseline, k.Scenario, k.Difference, k.Unit).SelectMany(c => Bands(c.Band)
                .Select(b => new ResultRow("kpi", k.Id, c.Unit, c.Case, b.Statistic, result.TimesSeconds[^1], null, b.Value)))))
            .Concat(result.Limits.SelectMany(l => new[] { ("baseline", l.BaselineProbability), ("scenario", l.ScenarioProbability) }
                .Select(c => new ResultRow("limit", l.Id, "1", c.Item1, "probability", null, null, c.Item2))))
            .Concat(result.Contributors.SelectMany(c => new[] { ("first", c.First), ("total", c.Total) }
                .Select(s => new ResultRow("contributor", c.Signal, "1", c.Parameter, s.Item1, null, null, s.Item2))))
            .Concat(result.Solved.SelectMany(s => Bands(s.Scenario)
                .Select(b => new ResultRow("solved", s.Input, s.Unit, "scenario", b.Statistic, null, null, b.Value))))
            .Concat(Sweep(result.Sweep)).Concat(Start(result.Start));

    static IEnumerable<(string Unit, string Case, string Statistic, int Index, double Value)> Series(
        BandSeries baseline, BandSeries scenario, BandSeries difference, string unit, int count)
    {
        foreach (var (name, series, unitOfCase) in new[]
        {
            ("baseline", baseline, unit), ("scenario", scenario, unit), ("difference", difference, DifferenceUnit(unit)),
        })
        {
            foreach (var (statistic, values) in new[]
            {
                ("nominal", series.Nominal), ("p5", series.P5), ("p25", series.P25), ("p50", series.P50), ("p75", series.P75),
                ("p95", series.P95),
            })
            {
                for (var i = 0; i < count; i++) yield return (unitOfCase, name, statistic, i, values[i]);
            }
        }
    }

    static IEnumerable<(string Case, string Unit, Band Band)> Cases(Band baseline, Band scenario, Band difference, string unit) =>
        [("baseline", unit, baseline), ("scenario", unit, scenario), ("difference", DifferenceUnit(unit), difference)];

    static IEnumerable<(string Statistic, double Value)> Bands(Band band) =>
        [("nominal", band.Nominal), ("p5", band.P5), ("p25", band.P25), ("p50", band.P50), ("p75", band.P75), ("p95", band.P95)];

    static IEnumerable<ResultRow> Sweep(SweepResult? sweep)
    {
        foreach (var signal in sweep?.Signals ?? [])
        {
            for (var point = 0; point < signal.Values.Count; point++)
                yield return new(
                    "sweep", signal.Id, signal.Unit, GridPoint(sweep!.Axes, point), "nominal", null, null, signal.Values[point]);
        }
    }

    static IEnumerable<ResultRow> Start(EstimatedStart? start)
    {
        foreach (var l in start?.Learned ?? [])
        {
            foreach (var (statistic, value) in new[] { ("p5", l.P5), ("p50", l.P50), ("p95", l.P95), ("model", l.Model) })
                yield return new("learned", l.Id, l.Unit, l.Kind, statistic, null, null, value);
        }
        foreach (var r in start?.Residuals ?? [])
        {
            yield return new("residual", r.Signal, r.Unit, r.Sensor, "difference", null, null, r.Difference);
            yield return new("residual", r.Signal, r.Unit, r.Sensor, "standard-deviation", null, null, r.StandardDeviation);
        }
    }

    // The first axis varies slowest.
    static string GridPoint(IReadOnlyList<SweepAxis> axes, int point)
    {
        var parts = new string[axes.Count];
        for (var a = axes.Count - 1; a >= 0; a--)
        {
            parts[a] = string.Create(CultureInfo.InvariantCulture, $"{axes[a].Target}={axes[a].Values[point % axes[a].Values.Count]:R}");
            point /= axes[a].Values.Count;
        }
        return string.Join(';', parts);
    }

    /// <summary>Temperature differences are in K.</summary>
    public static string DifferenceUnit(string unit) => unit == "degC" ? "K" : unit;
}
