namespace TwinModel.Signals;

/// <summary>The values of the last ticks, for a function over them. Ticks without a value are left out.</summary>
/// <param name="ticks">Length of the window.</param>
public sealed class SignalWindow(int ticks)
{
    readonly Queue<(long Tick, double Value)> values = new();

    /// <summary>Adds the value of a tick; NaN when it has none.</summary>
    public void Add(long tick, double value)
    {
        while (values.TryPeek(out var oldest) && oldest.Tick <= tick - ticks) values.Dequeue();
        if (double.IsFinite(value)) values.Enqueue((tick, value));
    }

    /// <summary>The result, for a rate the standard error of the slope, and the number of values. NaN while less than half of the window
    /// has values: a mean over ten minutes from ten seconds would be none.</summary>
    /// <param name="function">The function.</param>
    /// <param name="tickSeconds">Length of a tick, s.</param>
    public (double Value, double Error, int Count) Of(WindowFunction function, double tickSeconds)
    {
        if (2 * values.Count < ticks) return (double.NaN, double.NaN, values.Count);
        return function switch
        {
            WindowFunction.Mean => (values.Average(v => v.Value), 0, values.Count),
            WindowFunction.Min => (values.Min(v => v.Value), 0, values.Count),
            WindowFunction.Max => (values.Max(v => v.Value), 0, values.Count),
            _ => Slope(tickSeconds) is var (slope, error) ? (slope, error, values.Count) : default,
        };
    }

    (double Value, double Error) Slope(double tickSeconds)
    {
        if (values.Count < 3) return (double.NaN, double.NaN);
        var (time, mean) = (values.Average(v => (double)(v.Tick - values.Peek().Tick)), values.Average(v => v.Value));
        var (spread, joint) = (0.0, 0.0);
        foreach (var (tick, value) in values)
        {
            var apart = tick - values.Peek().Tick - time;
            spread += apart * apart;
            joint += apart * (value - mean);
        }
        var (slope, rest) = (joint / spread, 0.0);
        foreach (var (tick, value) in values)
        {
            var residual = value - mean - slope * (tick - values.Peek().Tick - time);
            rest += residual * residual;
        }
        return (slope / tickSeconds, Math.Sqrt(rest / (values.Count - 2) / spread) / tickSeconds);
    }

    internal void Write(BinaryWriter to)
    {
        to.Write(values.Count);
        foreach (var (tick, value) in values)
        {
            to.Write(tick);
            to.Write(value);
        }
    }

    internal void Read(BinaryReader from)
    {
        values.Clear();
        for (var left = from.ReadInt32(); left > 0; left--) values.Enqueue((from.ReadInt64(), from.ReadDouble()));
    }
}
