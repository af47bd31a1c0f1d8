using Contracts.Query.V1;

namespace Dashboard.Decisions;

/// <summary>A remaining life as a person estimates it: its median and its Weibull shape, i.e. how certain it is.</summary>
public sealed class AssumedLife(double medianDays, double shape)
{
    WeibullLife? taken;

    public bool IsAssumed { get; set; }

    public double MedianDays
    {
        get;
        set => (field, taken) = (value, null);
    }
    = medianDays;

    /// <summary>Weibull shape.</summary>
    public double Shape
    {
        get;
        set => (field, taken) = (value, null);
    }
    = shape;

    /// <summary>Null if nothing is assumed.</summary>
    public WeibullLife? Life =>
        !IsAssumed ? null : taken?.Clone() ?? new() { Shape = Shape, ScaleDays = MedianDays / Math.Pow(Math.Log(2), 1 / Shape) };

    /// <summary>Takes over an earlier assumption, bit for bit until somebody changes it; the median is shown rounded.</summary>
    public void Take(WeibullLife? life)
    {
        IsAssumed = life is not null;
        if (life is null) return;
        (MedianDays, Shape) = (Math.Round(life.ScaleDays * Math.Pow(Math.Log(2), 1 / life.Shape), 3), life.Shape);
        taken = life.Clone();
    }
}
