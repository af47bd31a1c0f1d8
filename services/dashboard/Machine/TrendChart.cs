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
/// Histories as a chart: one row per unit on a common time axis. A sensor whose points are all single readings shows measured dots and,
/// unless the physics estimates it, the smoothed value with its 95 % band; otherwise the mean and a min-max band. What the physics
/// estimates is dashed, with its 90 % band.
/// </summary>
static class TrendChart
{
    /// <summary>Traces per sensor: lower edge, upper edge, smoothed, values. Estimates come after those of all sensors.</summary>
    public const int TracesPerSensor = 4;

    /// <summary>Index of the trace that gets new readings.</summary>
    public const int ValuesTrace = 3;

    // Half-width of the 95 % interval of a normal distribution, in standard deviations.
    const double Band95 = 1.96;
    const double Band90 = 1.645;
    const int MostDots = 400;

    public static ChartContent Of(
        GetHistoryResponse history, GetEstimateHistoryResponse estimates, MachineView view, TimeZoneInfo zone, DateTimeOffset from,
        DateTimeOffset to, string revision) => new(
        theme => [.. Measured(history, estimates, view, zone, theme), .. Estimated(history, estimates, view, zone, theme)],
        theme => LayoutOf(history, estimates, view.Asset, zone, from, to, revision, theme));

    /// <summary>Units in row order.</summary>
    public static IReadOnlyList<string> UnitsOf(GetHistoryResponse history, GetEstimateHistoryResponse estimates) =>
        [.. history.Series.Select(s => s.Unit).Concat(estimates.Series.Select(s => s.Unit)).Distinct()];

    /// <summary>True if every bucket holds one reading, so that points are shown as measured.</summary>
    static bool IsRaw(SensorHistory series) => series.Points.All(p => p.Count == 1);

    static bool IsEstimated(SensorHistory series, GetEstimateHistoryResponse estimates, MachineView view) =>
        estimates.Series.Any(s => s.Points.Count > 0 && Signal(view, s).SensorId == series.SensorId);

    /// <summary>
    /// True if line and band show the smoothed value. Where points merge many readings, the mean is as good; and two estimates of one
    /// signal would be one too many.
    /// </summary>
    public static bool IsSmoothed(SensorHistory series, GetEstimateHistoryResponse estimates, MachineView view) =>
        series.Points.Count > 0 && IsRaw(series) && series.Points.All(p => p.HasEstimate) && !IsEstimated(series, estimates, view);

    static IEnumerable<ITrace> Measured(
        GetHistoryResponse history, GetEstimateHistoryResponse estimates, MachineView view, TimeZoneInfo zone, ChartTheme theme)
    {
        var rows = UnitsOf(history, estimates).ToList();
        for (var i = 0; i < history.Series.Count; i++)
        {
            var series = history.Series[i];
            var (color, axis, raw) = (theme.Color(i), AxisName(rows.IndexOf(series.Unit)), IsRaw(series));
            var name = view.SensorName(series.SensorId);
            var x = series.Points.Select(p => (object)Local(p, raw, zone)).ToList();
            var (isEstimated, isSmoothed) = (IsEstimated(series, estimates, view), IsSmoothed(series, estimates, view));
            var hasBand = isSmoothed || !raw;
            yield return Edge(p => isSmoothed ? p.Estimate - Band95 * p.EstimateStandardDeviation : p.Min, FillEnum.None);
            yield return Edge(p => isSmoothed ? p.Estimate + Band95 * p.EstimateStandardDeviation : p.Max, FillEnum.ToNextY);
            yield return new Scatter
            {
                X = isSmoothed ? x : [],
                Y = isSmoothed ? [.. series.Points.Select(p => (object)p.Estimate)] : [],
                YAxis = axis,
                Mode = ModeFlag.Lines,
                Line = new() { Color = color, Width = 1.6m },
                ShowLegend = false,
                HoverTemplate = Hover($"{name}, smoothed", series.Unit),
            };
            yield return new Scatter
            {
                Name = name,
                X = x,
                Y = [.. series.Points.Select(p => (object)p.Mean)],
                YAxis = axis,
                Mode = !raw || x.Count > MostDots
                    ? ModeFlag.Lines
                    : isSmoothed || isEstimated ? ModeFlag.Markers : ModeFlag.Lines | ModeFlag.Markers,
                Line = new() { Color = color, Width = raw || isEstimated ? 1 : 1.6m },
                Marker = new() { Color = color, Size = 4 },
                // Behind a line drawn over it.
                Opacity = isEstimated ? 0.45m : isSmoothed ? 0.6m : 1,
                HoverTemplate = Hover(name, series.Unit),
            };

            Scatter Edge(Func<HistoryPoint, double> at, FillEnum fill) => TrendChart.Edge(
                hasBand ? x : [], hasBand ? [.. series.Points.Select(p => (object)at(p))] : [], axis, color, fill, isEstimated ? 0.1 : 0.2);
        }
    }

    // In the colour of the sensor that measures the signal; a signal without a sensor has its own.
    static IEnumerable<ITrace> Estimated(
        GetHistoryResponse history, GetEstimateHistoryResponse estimates, MachineView view, TimeZoneInfo zone, ChartTheme theme)
    {
        var (rows, sensors) = (UnitsOf(history, estimates).ToList(), history.Series.Select(s => s.SensorId).ToList());
        var middle = TimeSpan.FromSeconds(estimates.BucketSeconds / 2);
        var next = sensors.Count;
        foreach (var series in estimates.Series)
        {
            var signal = Signal(view, series);
            var sensor = sensors.IndexOf(signal.SensorId);
            var (color, axis) = (theme.Color(sensor >= 0 ? sensor : next++), AxisName(rows.IndexOf(series.Unit)));
            var name = MachineView.NameOf(signal);
            var x = series.Points.Select(p => (object)Times.Local(p.Start.ToDateTimeOffset() + middle, zone)).ToList();
            yield return Edge(x, Values(p => p.Mean - Band90 * p.StandardDeviation), axis, color, FillEnum.None, 0.25);
            yield return Edge(x, Values(p => p.Mean + Band90 * p.StandardDeviation), axis, color, FillEnum.ToNextY, 0.25);
            yield return new Scatter
            {
                Name = name,
                X = x,
                Y = Values(p => p.Mean),
                YAxis = axis,
                Mode = ModeFlag.Lines,
                Line = new() { Color = color, Width = 2.4m, Dash = "dash" },
                ShowLegend = sensor < 0,
                HoverTemplate = Hover(name, series.Unit),
            };

            IList<object> Values(Func<EstimatePoint, double> of) => [.. series.Points.Select(p => (object)of(p))];
        }
    }

    static EstimatedSignal Signal(MachineView view, EstimateSeries series) =>
        view.EstimatedSignals.FirstOrDefault(s => s.Id == series.SignalId) ?? new() { Id = series.SignalId, Name = series.SignalId };

    static string Hover(string what, string unit) => $"{what} %{{y:.{Units.Decimals(unit, 100)}f}} {Units.Symbol(unit)}<extra></extra>";

    static Scatter Edge(IList<object> x, IList<object> y, string axis, string color, FillEnum fill, double opacity) => new()
    {
        X = x,
        Y = y,
        YAxis = axis,
        Mode = ModeFlag.Lines,
        Line = new() { Width = 0, Color = color },
        Fill = fill,
        FillColor = ChartTheme.Soft(color, opacity),
        ShowLegend = false,
        HoverInfo = HoverInfoFlag.Skip,
    };

    static Layout LayoutOf(
        GetHistoryResponse history, GetEstimateHistoryResponse estimates, Asset asset, TimeZoneInfo zone, DateTimeOffset from,
        DateTimeOffset to, string revision, ChartTheme theme)
    {
        var rows = UnitsOf(history, estimates).ToList();
        const decimal gap = 0.05m;
        var height = rows.Count == 0 ? 1 : (1 - gap * (rows.Count - 1)) / rows.Count;
        return new()
        {
            UiRevision = revision,
            ShowLegend = true,
            // Filled traces would otherwise reverse the legend.
            Legend = [new() { Orientation = Plotly.Blazor.LayoutLib.LegendLib.OrientationEnum.H,
                TraceOrder = Plotly.Blazor.LayoutLib.LegendLib.TraceOrderFlag.Normal, Y = 1.02m,
                YAnchor = Plotly.Blazor.LayoutLib.LegendLib.YAnchorEnum.Bottom, X = 0 }],
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
            Shapes = [.. LimitLines(history, estimates, asset, rows, theme)],
        };
    }

    // Only where few sensors share a row, as eight sensors' limits would hide the values; and only near the values, as a far limit would
    // flatten them.
    static IEnumerable<LimitLine> LimitLines(
        GetHistoryResponse history, GetEstimateHistoryResponse estimates, Asset asset, List<string> rows, ChartTheme theme)
    {
        var drawn = history.Series.Where(s => s.Points.Count > 0)
            .Select(s => (s.SensorId, SignalId: "", s.Unit, Low: s.Points.Min(p => p.Min), High: s.Points.Max(p => p.Max)))
            .Concat(estimates.Series.Where(s => s.Points.Count > 0)
                .Select(s => (SensorId: "", s.SignalId, s.Unit, Low: s.Points.Min(p => p.Minimum), High: s.Points.Max(p => p.Maximum))))
            .ToList();
        foreach (var (sensor, signal, unit, low, high) in drawn.Where(s => history.Series.Count(o => o.Unit == s.Unit) <= 2))
        {
            var reach = Math.Max(high - low, Math.Abs(high) * 0.02);
            foreach (var limit in asset.Limits.Where(l => l.SensorId == sensor && l.SignalId == signal
                && l.Threshold >= low - reach && l.Threshold <= high + reach))
            {
                var axis = AxisName(rows.IndexOf(unit));
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
