using Contracts.Query.V1;
using Dashboard.Charts;
using Dashboard.Shown;
using Plotly.Blazor;
using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using LimitLine = Plotly.Blazor.LayoutLib.Shape;
using Scatter = Plotly.Blazor.Traces.Scatter;

namespace Dashboard.WhatIf;

/// <summary>What a <see cref="BandChart"/> draws: a signal over time or along the axis.</summary>
/// <param name="X">Local times or positions.</param>
/// <param name="XTitle">Title of the x axis; empty: times.</param>
/// <param name="Unit">Unit of the signal.</param>
/// <param name="Limits">Limits of the signal.</param>
sealed record BandSubject(
    IReadOnlyList<object> X, string XTitle, string Unit, BandSeries Baseline, BandSeries Scenario, BandSeries Difference,
    IReadOnlyList<LimitResult> Limits)
{
    public (string Baseline, string Scenario, string Difference) Names { get; init; } = ("baseline", "scenario", "difference");
}

/// <summary>
/// Baseline and scenario with their bands; below them, on the same axis, the difference, coloured by its sign.
/// </summary>
static class BandChart
{
    public static ChartContent Of(BandSubject subject, string revision) =>
        new(theme => Traces(subject, theme), theme => LayoutOf(subject, revision, theme));

    /// <summary>Where the median difference changes sign.</summary>
    public static IReadOnlyList<double> SignChanges(IReadOnlyList<double> positions, BandSeries difference)
    {
        var d = Middle(difference);
        // Ignores differences below a hundredth of the largest: they are invisible, and controllers cause many.
        var least = d.Count == 0 ? 0 : d.Max(Math.Abs) * 0.01;
        List<double> found = [];
        var last = -1;
        for (var i = 0; i < d.Count && i < positions.Count; i++)
        {
            if (Math.Abs(d[i]) <= least) continue;
            if (last >= 0 && Math.Sign(d[i]) != Math.Sign(d[last]))
                found.Add(positions[last] + (positions[i] - positions[last]) * d[last] / (d[last] - d[i]));
            last = i;
        }
        return found;
    }

    static IReadOnlyList<double> Middle(BandSeries band) => band.P50.Count > 0 ? band.P50 : band.Nominal;

    static IEnumerable<ITrace> Traces(BandSubject s, ChartTheme theme)
    {
        foreach (var trace in Pair(s, s.Baseline, s.Names.Baseline, theme.Text, "y", 0.14)) yield return trace;
        foreach (var trace in Pair(s, s.Scenario, s.Names.Scenario, theme.Color(0), "y", 0.22)) yield return trace;
        var difference = Middle(s.Difference);
        yield return Filled("above", difference.Select(v => Math.Max(v, 0)), theme.Color(1));
        yield return Filled("below", difference.Select(v => Math.Min(v, 0)), theme.Color(0));
        foreach (var trace in Pair(s, s.Difference, s.Names.Difference, theme.Color(3), "y2", 0.2, s.Unit == "degC" ? "K" : s.Unit))
            yield return trace;

        Scatter Filled(string name, IEnumerable<double> y, string color) => new()
        {
            Name = name,
            X = [.. s.X],
            Y = [.. y.Select(v => (object)v)],
            YAxis = "y2",
            Mode = ModeFlag.Lines,
            Line = new() { Width = 0, Color = color },
            Fill = FillEnum.ToZeroY,
            FillColor = ChartTheme.Soft(color, 0.45),
            ShowLegend = false,
            HoverInfo = HoverInfoFlag.Skip,
        };
    }

    static IEnumerable<ITrace> Pair(
        BandSubject s, BandSeries band, string name, string color, string axis, double opacity, string? unit = null)
    {
        if (band.P5.Count == s.X.Count && s.X.Count > 0)
        {
            yield return Edge(band.P5, FillEnum.None, null);
            yield return Edge(band.P95, FillEnum.ToNextY, ChartTheme.Soft(color, opacity));
        }
        var symbol = Units.Symbol(unit ?? s.Unit);
        yield return new Scatter
        {
            Name = name,
            X = [.. s.X],
            Y = [.. Middle(band).Select(v => (object)v)],
            YAxis = axis,
            Mode = ModeFlag.Lines,
            Line = new() { Color = color, Width = 2, Dash = name == s.Names.Baseline ? "dash" : "solid" },
            HoverTemplate = $"{name} %{{y:.{Units.Decimals(s.Unit, 100) + 1}f}} {symbol}<extra></extra>",
        };

        Scatter Edge(IEnumerable<double> y, FillEnum fill, string? fillColor) => new()
        {
            X = [.. s.X],
            Y = [.. y.Select(v => (object)v)],
            YAxis = axis,
            Mode = ModeFlag.Lines,
            Line = new() { Width = 0, Color = color },
            Fill = fill,
            FillColor = fillColor,
            ShowLegend = false,
            HoverInfo = HoverInfoFlag.Skip,
        };
    }

    static Layout LayoutOf(BandSubject s, string revision, ChartTheme theme) => new()
    {
        UiRevision = revision,
        ShowLegend = true,
        // Filled traces would otherwise reverse the legend.
        Legend = [new() { Orientation = Plotly.Blazor.LayoutLib.LegendLib.OrientationEnum.H,
            TraceOrder = Plotly.Blazor.LayoutLib.LegendLib.TraceOrderFlag.Normal, Y = 1.02m,
            YAnchor = Plotly.Blazor.LayoutLib.LegendLib.YAnchorEnum.Bottom, X = 0 }],
        HoverMode = HoverModeEnum.XUnified,
        Margin = new() { L = 64, R = 14, T = 10, B = 46 },
        XAxis = [s.XTitle.Length > 0 ? new() { Title = new() { Text = s.XTitle }, Anchor = "y2" } : new()
        {
            Type = Plotly.Blazor.LayoutLib.XAxisLib.TypeEnum.Date,
            Anchor = "y2",
        }],
        YAxis =
        [
            new() { Domain = [0.40m, 1m], Title = new() { Text = Units.Symbol(s.Unit) }, NTicks = 6 },
            new()
            {
                Domain = [0m, 0.33m],
                Title = new()
                {
                    Text = $"{s.Names.Difference}, {(s.Unit == "degC" ? "K" : s.Unit is "1" or "" ? "–" : Units.Symbol(s.Unit))}",
                },
                NTicks = 5,
                ZeroLine = true,
                ZeroLineWidth = 2,
            },
        ],
        Shapes = [.. LimitLines(s, theme)],
    };

    // Only limits near the values: a far one would flatten them.
    static IEnumerable<LimitLine> LimitLines(BandSubject s, ChartTheme theme)
    {
        var all = s.Baseline.P5.Concat(s.Baseline.P95).Concat(s.Scenario.P5).Concat(s.Scenario.P95).ToList();
        if (all.Count == 0) yield break;
        var (low, high) = (all.Min(), all.Max());
        var reach = Math.Max(high - low, 0.02 * Math.Abs(high));
        foreach (var limit in s.Limits.Where(l => l.Threshold >= low - reach && l.Threshold <= high + reach))
            yield return new()
            {
                Type = Plotly.Blazor.LayoutLib.ShapeLib.TypeEnum.Line,
                XRef = "paper",
                X0 = 0,
                X1 = 1,
                YRef = "y",
                Y0 = limit.Threshold,
                Y1 = limit.Threshold,
                Line = new() { Color = limit.Severity == "critical" ? theme.Critical : theme.Warning, Width = 1.4m, Dash = "dot" },
            };
    }
}
