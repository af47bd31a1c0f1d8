using System.Collections.Immutable;

namespace TwinModel.ConditionMonitoring;

/// <summary>
/// Medians of fixed time windows in one pass: they remove spikes and sample noise, and make neighbours nearly independent.
/// </summary>
/// <param name="Index">Number of the open window since the epoch; -1 before the first sample.</param>
/// <param name="Values">Values of the open window, in order of arrival.</param>
public sealed record MedianWindow(long Index, ImmutableList<double> Values)
{
    /// <summary>Maximum number of values per window; later samples are dropped, which hardly affects the median.</summary>
    public const int Capacity = 1024;

    /// <summary>Before the first sample.</summary>
    public static MedianWindow Empty { get; } = new(-1, []);

    /// <summary>The window after one more value, and the median of the window that it closed, stamped with that window's end.</summary>
    /// <remarks>A late value of an earlier window, and NaN, are ignored.</remarks>
    public (MedianWindow Window, MedianPoint? Closed) Step(TimeSpan width, DateTimeOffset at, double value)
    {
        if (width <= TimeSpan.Zero) throw Require.Outside(width, "longer than 0", nameof(width));
        if (double.IsNaN(value)) return (this, null);
        var index = at.UtcTicks / width.Ticks;
        if (index < Index) return (this, null);
        if (index == Index) return (Values.Count < Capacity ? this with { Values = Values.Add(value) } : this, null);
        MedianPoint? closed = Values.Count == 0
            ? null
            : new(new((Index + 1) * width.Ticks, TimeSpan.Zero), Robust.Median([.. Values]), Values.Count);
        return (new(index, [value]), closed);
    }
}

/// <summary>Median of one window.</summary>
/// <param name="At">End of the window.</param>
/// <param name="Value">Median of its values.</param>
/// <param name="Count">Number of values.</param>
public readonly record struct MedianPoint(DateTimeOffset At, double Value, int Count);

/// <summary>Statistics that are robust to outliers.</summary>
static class Robust
{
    public static double Median(double[] values)
    {
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
    }
}
