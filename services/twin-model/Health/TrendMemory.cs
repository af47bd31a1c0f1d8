using System.Collections.Immutable;
using TwinModel.ConditionMonitoring;
using TwinModel.Prognostics;

namespace TwinModel.Health;

/// <summary>
/// The medians since a change began, in bounded memory: when there are too many, neighbours are averaged, which preserves the trend as long
/// as the noise is independent.
/// </summary>
sealed class TrendMemory
{
    /// <summary>Twice the number of points that a prognosis uses.</summary>
    const int Capacity = 240;

    readonly List<TrendPoint> points = [];
    double pendingDays, pendingLn;
    int pending;

    /// <summary>Day 0 of the trend; null while there is none.</summary>
    public DateTimeOffset? From { get; private set; }

    /// <summary>Number of medians averaged in one point.</summary>
    public int BlockSize { get; private set; } = 1;

    public IReadOnlyList<TrendPoint> Points => points;

    public void Clear()
    {
        points.Clear();
        (From, BlockSize, pending, pendingDays, pendingLn) = (null, 1, 0, 0, 0);
    }

    public void Add(DateTimeOffset changedAfter, MedianPoint median)
    {
        From ??= changedAfter;
        pendingDays += (median.At - From.Value).TotalDays;
        pendingLn += median.Value;
        if (++pending < BlockSize) return;
        points.Add(new(pendingDays / pending, pendingLn / pending));
        (pending, pendingDays, pendingLn) = (0, 0, 0);
        if (points.Count < Capacity) return;
        for (var i = 0; i < Capacity / 2; i++)
            points[i] = new(0.5 * (points[2 * i].Days + points[2 * i + 1].Days), 0.5 * (points[2 * i].LnValue + points[2 * i + 1].LnValue));
        points.RemoveRange(Capacity / 2, Capacity / 2);
        BlockSize *= 2;
    }

    /// <summary>The trend for a prognosis, with the baseline's scale reduced to that of the averaged points.</summary>
    public (Baseline? Baseline, ImmutableArray<TrendPoint> Points) For(Baseline? baseline) =>
        (baseline is null ? null : baseline with { ScaleLn = baseline.ScaleLn / Math.Sqrt(BlockSize) }, [.. points]);

    /// <summary>Least-squares slope; null with fewer than three points.</summary>
    public double? Slope()
    {
        if (points.Count < 3) return null;
        var (x, y) = (points.Average(p => p.Days), points.Average(p => p.LnValue));
        var spread = points.Sum(p => (p.Days - x) * (p.Days - x));
        return spread > 0 ? points.Sum(p => (p.Days - x) * (p.LnValue - y)) / spread : null;
    }

    public void Write(BinaryWriter to)
    {
        to.Write(From?.UtcTicks ?? 0);
        to.Write(BlockSize);
        to.Write(pending);
        to.Write(pendingDays);
        to.Write(pendingLn);
        to.Write(points.Count);
        foreach (var point in points)
        {
            to.Write(point.Days);
            to.Write(point.LnValue);
        }
    }

    public void Read(BinaryReader from)
    {
        var ticks = from.ReadInt64();
        From = ticks == 0 ? null : new(ticks, TimeSpan.Zero);
        (BlockSize, pending, pendingDays, pendingLn) = (from.ReadInt32(), from.ReadInt32(), from.ReadDouble(), from.ReadDouble());
        var count = from.ReadInt32();
        for (var i = 0; i < count; i++) points.Add(new(from.ReadDouble(), from.ReadDouble()));
    }
}
