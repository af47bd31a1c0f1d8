using Plotly.Blazor;
using Plotly.Blazor.LayoutLib;

namespace Dashboard.Charts;

/// <summary>Chart colours for both themes. Lines also differ in lightness, for colour-blind users.</summary>
sealed record ChartTheme(
    string Text, string Grid, string Line, string Surface, IReadOnlyList<string> Series, string Warning, string Critical)
{
    static readonly ChartTheme Light = new(
        "#515d68", "#e6eaee", "#c3cbd3", "#ffffff",
        ["#14608f", "#b8561b", "#3d7a57", "#7a4fa3", "#a3195b", "#5d6b2a", "#2b8c9e", "#6b5344"], "#b26a00", "#b3261e");
    static readonly ChartTheme Dark = new(
        "#a2afbb", "#26303a", "#3a4650", "#182028",
        ["#6cb6e6", "#f0a36b", "#7cc79a", "#bd9ce0", "#f08fb8", "#bccb75", "#79d0de", "#c9ab97"], "#e6b04d", "#f2857b");

    public static ChartTheme For(bool isDark) => isDark ? Dark : Light;

    /// <summary>Colour of the n-th line.</summary>
    public string Color(int index) => Series[index % Series.Count];

    /// <summary>The colour made translucent, for bands.</summary>
    public static string Soft(string color, double opacity) => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"rgba({Convert.ToInt32(color[1..3], 16)},{Convert.ToInt32(color[3..5], 16)},{Convert.ToInt32(color[5..7], 16)},{opacity})");

    /// <summary>Applies fonts, colours and grid to a layout; what the layout says about axis content stays.</summary>
    public void Apply(Layout layout)
    {
        layout.PaperBgColor = layout.PlotBgColor = "rgba(0,0,0,0)";
        layout.Font = new() { Color = Text, Size = 12, Family = "system-ui, -apple-system, Segoe UI, Roboto, Liberation Sans, sans-serif" };
        layout.Margin ??= new() { L = 56, R = 14, T = 10, B = 34 };
        layout.HoverLabel = new() { BgColor = Surface, BorderColor = Line, Font = new() { Color = Text, Size = 12 } };
        layout.Legend ??= [
            new()
            {
                Orientation = Plotly.Blazor.LayoutLib.LegendLib.OrientationEnum.H,
                Y = 1.02m,
                YAnchor = Plotly.Blazor.LayoutLib.LegendLib.YAnchorEnum.Bottom,
                X = 0,
            }];
        layout.ModeBar = new() { BgColor = "rgba(0,0,0,0)", Color = Text, ActiveColor = Series[0] };
        foreach (var x in layout.XAxis ?? [])
            (x.GridColor, x.LineColor, x.ZeroLineColor, x.TickColor, x.ShowLine, x.SpikeColor, x.SpikeThickness) = (
                Grid, Line, Grid, Line, true, Line, 1);
        foreach (var y in layout.YAxis ?? [])
            (y.GridColor, y.LineColor, y.ZeroLineColor, y.TickColor) = (Grid, Line, Line, Line);
    }
}
