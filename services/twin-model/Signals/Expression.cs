namespace TwinModel.Signals;

/// <summary>An expression as written in an asset model.</summary>
public abstract record Expression;

/// <summary>A number without a unit.</summary>
/// <param name="Value">The number.</param>
public sealed record NumberExpression(double Value) : Expression;

/// <summary>A number with a unit, e.g. <c>[20 degC]</c>.</summary>
/// <param name="Value">The number.</param>
/// <param name="Unit">Symbol of its unit.</param>
public sealed record QuantityExpression(double Value, string Unit) : Expression;

/// <summary>The value of a sensor or signal.</summary>
/// <param name="Id">Its id.</param>
public sealed record NameExpression(string Id) : Expression;

/// <summary>The negative of another.</summary>
/// <param name="Of">The other.</param>
public sealed record NegativeExpression(Expression Of) : Expression;

/// <summary>Two, combined.</summary>
/// <param name="Operator">One of <c>+ - * /</c>.</param>
/// <param name="Left">Left side.</param>
/// <param name="Right">Right side.</param>
public sealed record BinaryExpression(char Operator, Expression Left, Expression Right) : Expression;

/// <summary>What a function makes of the values within a time.</summary>
public enum WindowFunction
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The smallest.</summary>
    Min,

    /// <summary>The largest.</summary>
    Max,

    /// <summary>Their change per time, by least squares.</summary>
    Rate,
}

/// <summary>A function over the values of the last ticks.</summary>
/// <param name="Function">The function.</param>
/// <param name="Of">What it is applied to, tick by tick.</param>
/// <param name="Over">Length of the window.</param>
public sealed record WindowExpression(WindowFunction Function, Expression Of, TimeSpan Over) : Expression;
