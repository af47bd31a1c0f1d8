using Contracts.Query.V1;
using Dashboard.Charts;
using Plotly.Blazor.Traces.ScatterLib;
using Scatter = Plotly.Blazor.Traces.Scatter;

namespace Dashboard.Decisions;

/// <summary>Stated failure probabilities against observed failure frequencies; calibrated ones lie on the diagonal.</summary>
static class CalibrationChart
{
    public static ChartContent Of(GetHindsightResponse report) => new(
        theme =>
        [
            new Scatter
            {
                Name = "as stated",
                X = [0, 100],
                Y = [0, 100],
                Mode = ModeFlag.Lines,
                Line = new() { Color = theme.Text, Width = 1, Dash = "dot" },
                HoverInfo = HoverInfoFlag.Skip,
            },
            new Scatter
            {
                Name = "observed", X = [.. report.Calibration.Select(b => (object)(100 * b.MeanStated))],
                Y = [.. report.Calibration.Select(b => (object)(100 * b.Observed))],
                Mode = ModeFlag.Markers, Marker = new() { Color = theme.Color(0), Size = 11 },
                HoverTemplate = "stated %{x:.1f} %, observed %{y:.1f} %<extra></extra>",
            },
        ],
        _ => new()
        {
            XAxis = [new() { Title = new() { Text = "stated, %" }, Range = [-3, 103] }],
            YAxis = [new() { Title = new() { Text = "observed, %" }, Range = [-6, 106] }],
            Margin = new() { L = 56, R = 14, T = 10, B = 44 },
        });
}
