using Contracts.Query.V1;
using Dashboard.Charts;
using Dashboard.Shown;
using Plotly.Blazor;
using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Scatter = Plotly.Blazor.Traces.Scatter;

namespace Dashboard.Machine;

/// <summary>A computed temperature along the axis, °C, with its band.</summary>
sealed record AxisProfile(
    string Name, IReadOnlyList<double> PositionsMetre, IReadOnlyList<double> Middle, IReadOnlyList<double> Low, IReadOnlyList<double> High);

/// <summary>Temperatures along the axis, now and over time.</summary>
static class AxisChart
{
    // Lightness rises steadily, so the scale is readable without colours.
    static readonly object[] Heat = [new object[] { 0, "#1b2a58" }, new object[]
    {
        0.25, "#5b2a86",
    }, new object[] { 0.5, "#b5367a" }, new object[] { 0.75, "#f1704f" }, new object[] { 1, "#fbe38a" }];

    // Half-width of the 90 % interval of a normal distribution, in standard deviations.
    const double Band90 = 1.645;

    /// <summary>Estimated temperature profiles with their 90 % band.</summary>
    public static IReadOnlyList<AxisProfile> Estimated(GetEstimateResponse estimate) =>
        [.. estimate.Profiles.Where(p => IsShown(p.Id, p.Unit)).Select(p => new AxisProfile(
            $"{p.Name}, estimated", p.PositionsMetre, p.Means, [.. p.Means.Zip(p.StandardDeviations, (m, d) => m - Band90 * d)],
            [.. p.Means.Zip(p.StandardDeviations, (m, d) => m + Band90 * d)]))];

    /// <summary>Temperature profiles of a scenario with their band of 5 to 95 %.</summary>
    public static IReadOnlyList<AxisProfile> Modelled(ScenarioResult result) =>
        [.. result.Profiles.Where(p => IsShown(p.Id, p.Unit)).Select(p => new AxisProfile(
            $"{p.Name}, modelled", p.PositionsMetre, p.Baseline.Nominal, p.Baseline.P5, p.Baseline.P95))];

    // Nothing measured belongs to the screw's temperature.
    static bool IsShown(string id, string unit) => unit == "degC" && !id.Contains("screw", StringComparison.Ordinal);

    /// <summary>Measured values, set points, and profiles if there are any; otherwise straight lines between the sensors.</summary>
    public static ChartContent Now(MachineView view, IReadOnlyList<AxisProfile> profiles, string revision) =>
        new(theme => NowTraces(view, profiles, theme), _ => new()
        {
            UiRevision = revision,
            HoverMode = HoverModeEnum.X,
            XAxis = [new() { Title = new() { Text = "position along the axis, m" },
            Range = [-0.02 * view.Axis.LengthMetre, 1.03 * view.Axis.LengthMetre] }],
            YAxis = [new() { Title = new() { Text = "°C" }, NTicks = 7 }],
            Margin = new() { L = 56, R = 14, T = 10, B = 44 },
        });

    static IEnumerable<ITrace> NowTraces(MachineView view, IReadOnlyList<AxisProfile> profiles, ChartTheme theme)
    {
        foreach (var (profile, i) in profiles.Select((p, i) => (p, i)))
        {
            var (x, color) = (profile.PositionsMetre.Select(v => (object)v).ToList(), theme.Color(i + 2));
            if (profile.Low.Count == x.Count && x.Count > 0)
            {
                yield return Edge(x, profile.Low, color, FillEnum.None);
                yield return Edge(x, profile.High, color, FillEnum.ToNextY);
            }
            yield return new Scatter
            {
                Name = profile.Name,
                X = x,
                Y = [.. profile.Middle.Select(v => (object)v)],
                Mode = ModeFlag.Lines,
                Line = new() { Color = color, Width = 2 },
                HoverTemplate = Hover(profile.Name),
            };
        }
        var wall = view.Axis.Wall;
        yield return new Scatter
        {
            Name = "set points",
            X = [.. wall.Select(p => (object)p.PositionMetre)],
            Y = [.. wall.Select(p => Value(view, p.SetPointId))],
            Mode = ModeFlag.Lines,
            Line = new() { Color = theme.Text, Width = 1, Dash = "dot", Shape = Plotly.Blazor.Traces.ScatterLib.LineLib.ShapeEnum.Hvh },
            HoverTemplate = Hover("set point"),
        };
        yield return new Scatter
        {
            Name = profiles.Count > 0 ? "wall, measured" : "wall, measured; interpolated",
            X = [.. wall.Select(p => (object)p.PositionMetre)],
            Y = [.. wall.Select(p => Value(view, p.SensorId))],
            Mode = profiles.Count > 0 ? ModeFlag.Markers : ModeFlag.Lines | ModeFlag.Markers,
            Line = new() { Color = theme.Color(0), Width = 1.4m, Dash = "dash" },
            Marker = new() { Color = theme.Color(0), Size = 9 },
            HoverTemplate = Hover("wall"),
        };
        var melt = view.Axis.Points.Where(p => p.IsMelt).ToList();
        if (melt.Count > 0) yield return new Scatter
        {
            Name = "melt, measured",
            X = [.. melt.Select(p => (object)p.PositionMetre)],
            Y = [.. melt.Select(p => Value(view, p.SensorId))],
            Mode = ModeFlag.Markers,
            Marker = new() { Color = theme.Color(1), Size = 11, Symbol = Plotly.Blazor.Traces.ScatterLib.MarkerLib.SymbolEnum.Diamond },
            HoverTemplate = Hover("melt"),
        };
    }

    /// <summary>Wall temperature over time; colours between the sensors are interpolated.</summary>
    public static ChartContent OverTime(GetHistoryResponse history, AxisSensors axis, TimeZoneInfo zone, string revision)
    {
        var wall = axis.Wall;
        var times = history.Series.SelectMany(s => s.Points).Select(p => p.Start.ToDateTimeOffset()).Distinct().Order().ToList();
        var places = times.Select((t, i) => (t, i)).ToDictionary(p => p.t, p => p.i);
        var rows = wall.Select(point =>
        {
            var row = new object?[times.Count];
            foreach (var p in history.Series.FirstOrDefault(s => s.SensorId == point.SensorId)?.Points ?? [])
                row[places[p.Start.ToDateTimeOffset()]] = Math.Round(p.Mean, 2);
            return (object)row;
        }).ToList();
        return new(
            theme =>
            [
                new HeatMap
                {
                    X = [.. times.Select(t => (object)Times.Local(t, zone))], Y = [.. wall.Select(p => (object)p.PositionMetre)], Z = rows,
                    ColorScale = Heat,
                    ZSmooth = Plotly.Blazor.Traces.HeatMapLib.ZSmoothEnum.Best,
                    HoverTemplate = "%{y:.2f} m: %{z:.1f} °C<br>%{x|%d %b %H:%M:%S}<extra></extra>",
                    ColorBar = new() { Thickness = 12, OutlineWidth = 0, TickSuffix = " °C", TickFont = new() { Color = theme.Text } },
                },
            ],
            _ => new()
            {
                UiRevision = revision,
                Margin = new() { L = 56, R = 14, T = 10, B = 46 },
                XAxis = [new() { Type = Plotly.Blazor.LayoutLib.XAxisLib.TypeEnum.Date }],
                YAxis = [new() { Title = new() { Text = "position, m" }, NTicks = 6 }],
            });
    }

    static object Value(MachineView view, string? sensorId) =>
        sensorId is not null && view.State(sensorId) is { HasValue: true } state ? state.Value : null!;

    static string Hover(string name) => $"{name} %{{y:.1f}} °C at %{{x:.2f}} m<extra></extra>";

    static Scatter Edge(IList<object> x, IEnumerable<double> y, string color, FillEnum fill) => new()
    {
        X = x,
        Y = [.. y.Select(v => (object)v)],
        Mode = ModeFlag.Lines,
        Line = new() { Width = 0, Color = color },
        Fill = fill,
        FillColor = ChartTheme.Soft(color, 0.18),
        ShowLegend = false,
        HoverInfo = HoverInfoFlag.Skip,
    };
}
