using Contracts.Query.V1;
using Dashboard.Charts;
using Dashboard.Shown;
using Plotly.Blazor;
using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using LimitLine = Plotly.Blazor.LayoutLib.Shape;
using Scatter = Plotly.Blazor.Traces.Scatter;

namespace Dashboard.Machine;

/// <summary>
/// Histories as a chart: one row per unit on a common time axis. A sensor whose points are all single readings shows measured dots and the
/// estimate with its 95 % band; otherwise the mean and a min-max band.
/// </summary>
static class TrendChart
{
    /// <summary>Traces per sensor: lower edge, upper edge, estimate, values.</summary>
    public const int TracesPerSensor = 4;

    /// <summary>Index of the trace that gets new readings.</summary>
    public const int ValuesTrace = 3;

    // Half-width of the 95 % interval of a normal distribution, in standard deviations.
    const double Band95 = 1.96;
    const int MostDots = 400;

    public static ChartContent Of(
        GetHistoryResponse history, Asset asset, TimeZoneInfo zone, DateTimeOffset from, DateTimeOffset to, string revision) => new(
        theme => Traces(history, asset, zone, theme),
        theme => LayoutOf(history, asset, zone, from, to, revision, theme));

    /// <summary>Units in row order.</summary>
    public static IReadOnlyList<string> UnitsOf(GetHistoryResponse history) => [.. history.Series.Select(s => s.Unit).Distinct()];

    /// <summary>True if every bucket holds one reading, so that points are shown as measured.</summary>
    static bool IsRaw(SensorHistory series) => series.Points.All(p => p.Count == 1);

    /// <summary>True if line and band show the estimate; where points merge many readings, the mean is as good.</summary>
    public static bool IsEstimated(SensorHistory series) =>
        series.Points.Count > 0 && IsRaw(series) && series.Points.All(p => p.HasEstimate);

    static IEnumerable<ITrace> Traces(GetHistoryResponse history, Asset asset, TimeZoneInfo zone, ChartTheme theme)
    {
        var rows = UnitsOf(history).ToList();
        for (var i = 0; i < history.Series.Count; i++)
        {
            var series = history.Series[i];
            var (color, axis, raw) = (theme.Color(i), AxisName(rows.IndexOf(series.Unit)), IsRaw(series));
            var name = asset.Sensors.FirstOrDefault(s => s.Id == series.SensorId)?.Name ?? series.SensorId;
            var x = series.Points.Select(p => (object)Local(p, raw, zone)).ToList();
            var isEstimated = IsEstimated(series);
            var hasBand = isEstimated || !raw;
            yield return Edge(p => isEstimated ? p.Estimate - Band95 * p.EstimateStandardDeviation : p.Min, FillEnum.None);
            yield return Edge(p => isEstimated ? p.Estimate + Band95 * p.EstimateStandardDeviation : p.Max, FillEnum.ToNextY);
            yield return new Scatter
            {
                X = isEstimated ? x : [],
                Y = isEstimated ? [.. series.Points.Select(p => (object)p.Estimate)] : [],
                YAxis = axis,
                Mode = ModeFlag.Lines,
                Line = new() { Color = color, Width = 1.6m },
                ShowLegend = false,
                HoverTemplate = Hover($"{name}, estimate"),
            };
            yield return new Scatter
            {
                Name = name,
                X = x,
                Y = [.. series.Points.Select(p => (object)p.Mean)],
                YAxis = axis,
                Mode = !raw || x.Count > MostDots ? ModeFlag.Lines : isEstimated ? ModeFlag.Markers : ModeFlag.Lines | ModeFlag.Markers,
                Line = new() { Color = color, Width = raw ? 1 : 1.6m },
                Marker = new() { Color = color, Size = 4 },
                Opacity = isEstimated ? 0.6m : 1,
                HoverTemplate = Hover(name),
            };

            string Hover(string what) => $"{what} %{{y:.{Units.Decimals(series.Unit, 100)}f}} {Units.Symbol(series.Unit)}<extra></extra>";

            Scatter Edge(Func<HistoryPoint, double> at, FillEnum fill) => new()
            {
                X = hasBand ? x : [],
                Y = hasBand ? [.. series.Points.Select(p => (object)at(p))] : [],
                YAxis = axis,
                Mode = ModeFlag.Lines,
                Line = new() { Width = 0, Color = color },
                Fill = fill,
                FillColor = ChartTheme.Soft(color, 0.2),
                ShowLegend = false,
                HoverInfo = HoverInfoFlag.Skip,
            };
        }
    }

    static Layout LayoutOf(
        GetHistoryResponse history, Asset asset, TimeZoneInfo zone, DateTimeOffset from, DateTimeOffset to, string revision,
        ChartTheme theme)
    {
        var rows = UnitsOf(history).ToList();
        const decimal gap = 0.05m;
        var height = rows.Count == 0 ? 1 : (1 - gap * (rows.Count - 1)) / rows.Count;
        return new()
        {
            UiRevision = revision,
            ShowLegend = true,
            Margin = new() { L = 68, R = 14, T = 10, B = 46 },
            HoverMode = HoverModeEnum.XUnified,
            DragMode = DragModeEnum.Zoom,
            XAxis =
            [
                new()
                {
                    Type = Plotly.Blazor.LayoutLib.XAxisLib.TypeEnum.Date, Range = [Times.Local(from, zone), Times.Local(to, zone)],
                    Anchor = AxisName(Math.Max(0, rows.Count - 1)),
                    ShowSpikes = true, SpikeMode = Plotly.Blazor.LayoutLib.XAxisLib.SpikeModeFlag.Across,
                },
            ],
            YAxis =
            [
                .. rows.Select((unit, i) => new YAxis
                {
                    Domain = [Math.Max(0, 1 - (i + 1) * height - i * gap), Math.Min(1, 1 - i * (height + gap))],
                    Title = new() { Text = Units.Symbol(unit), Standoff = 6 }, NTicks = 5,
                    AutoMargin = Plotly.Blazor.LayoutLib.YAxisLib.AutoMarginFlag.False,
                }),
            ],
            Shapes = [.. LimitLines(history, asset, rows, theme)],
        };
    }

    // Only where few sensors share a row, as eight sensors' limits would hide the values; and only near the values, as a far limit would
    // flatten them.
    static IEnumerable<LimitLine> LimitLines(GetHistoryResponse history, Asset asset, List<string> rows, ChartTheme theme)
    {
        foreach (var series in history.Series.Where(s => history.Series.Count(o => o.Unit == s.Unit) <= 2))
        {
            if (series.Points.Count == 0) continue;
            var (low, high) = (series.Points.Min(p => p.Min), series.Points.Max(p => p.Max));
            var reach = Math.Max(high - low, Math.Abs(high) * 0.02);
            foreach (var limit in asset.Limits.Where(
                l => l.SensorId == series.SensorId && l.Threshold >= low - reach && l.Threshold <= high + reach))
            {
                var axis = AxisName(rows.IndexOf(series.Unit));
                yield return new LimitLine
                {
                    Type = Plotly.Blazor.LayoutLib.ShapeLib.TypeEnum.Line,
                    XRef = "paper",
                    X0 = 0,
                    X1 = 1,
                    YRef = axis,
                    Y0 = limit.Threshold,
                    Y1 = limit.Threshold,
                    Line = new() { Color = limit.Severity == "critical" ? theme.Critical : theme.Warning, Width = 1, Dash = "dash" },
                };
            }
        }
    }

    static DateTime Local(HistoryPoint point, bool raw, TimeZoneInfo zone) =>
        Times.Local((raw ? point.FirstAt : point.Start).ToDateTimeOffset(), zone);

    static string AxisName(int row) => row == 0 ? "y" : $"y{row + 1}";
}
