using Plotly.Blazor;
using Plotly.Blazor.Interop;

namespace Dashboard.Charts;

/// <summary>Content of a chart, independent of the theme.</summary>
public sealed record ChartContent
{
    internal ChartContent(Func<ChartTheme, IEnumerable<ITrace>> traces, Func<ChartTheme, Layout> layout) =>
        (Traces, Layout) = (traces, layout);

    internal Func<ChartTheme, IEnumerable<ITrace>> Traces { get; }

    internal Func<ChartTheme, Layout> Layout { get; }
}

/// <summary>A range of the x axis, in local time as charts show it.</summary>
public sealed record ChartRange(DateTime From, DateTime To)
{
    internal static ChartRange? Of(RelayoutEventData e) =>
        e.XRange is { } range && range.ToArray() is [var from, var to] && Read(from) is { } start && Read(to) is { } end && end > start
            ? new(start, end)
            : null;

    static DateTime? Read(object? value) =>
        DateTime.TryParse(
            $"{value}", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var time)
                ? time
                : null;
}
