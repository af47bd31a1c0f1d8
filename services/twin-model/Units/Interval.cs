namespace TwinModel.Units;

/// <summary>A closed range of values.</summary>
public readonly record struct Interval(double Min, double Max)
{
    /// <summary>False for NaN.</summary>
    public bool Contains(double value) => value >= Min && value <= Max;
}
