using TwinModel.Units;

namespace TwinModel.Signals;

/// <summary>
/// Checks names and units of an expression. Temperatures are points on a scale: a sum of two means nothing, their difference is no
/// temperature but a difference, and half the sum of two is a temperature again. So each part carries how many temperatures it adds up.
/// </summary>
/// <param name="find">The sensor or signal with an id; null when there is none.</param>
/// <param name="names">All ids that may be used, for messages.</param>
/// <param name="tick">Length of a tick.</param>
public sealed class CheckExpression(Func<string, (Calculation Value, Unit Unit)?> find, string names, TimeSpan tick)
{
    /// <summary>A longer window is refused: all of its values are kept in memory and in checkpoints.</summary>
    public const int MostTicks = 1000;

    readonly record struct Part(Calculation Value, Dimension Dimension, double Temperatures)
    {
        public double? Constant => Value is Constant { Value: var value } && Dimension == default ? value : null;
    }

    /// <summary>Checks an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="symbol">The unit in which its values are wanted.</param>
    /// <exception cref="FormatException">Says what does not fit, and what would.</exception>
    public (Calculation Value, Unit Unit) Of(Expression expression, string symbol)
    {
        if (FindUnit.Of(symbol) is not { } wanted) throw new FormatException($"'{symbol}' is not a unit, nor composed of units");
        var part = Checked(expression);
        if (part.Dimension != wanted.Dimension)
            throw new FormatException($"gives {part.Dimension}, but the unit '{symbol}' is {wanted.Dimension}");
        var isPoint = wanted.Unit.Offset != 0;
        if (Math.Abs(part.Temperatures - (isPoint ? 1 : 0)) > 1e-9)
        {
            throw new FormatException(isPoint
                ? $"gives no temperature but a difference or a sum of them; '{symbol}' is for temperatures, K for differences"
                : $"gives a temperature; write its unit as degC, '{symbol}' is for differences");
        }
        return (part.Value, wanted.Unit);
    }

    Part Checked(Expression expression) => expression switch
    {
        NumberExpression number => new(new Constant(number.Value), default, 0),
        QuantityExpression quantity => Checked(quantity),
        NameExpression name => Named(name.Id),
        NegativeExpression negative => Checked(negative.Of) is var of
            ? of with { Value = Folded(new Negative(of.Value)), Temperatures = -of.Temperatures } : default,
        BinaryExpression binary => Checked(binary),
        WindowExpression window => Checked(window),
        _ => throw new ArgumentOutOfRangeException(nameof(expression), expression, "Allowed: the kinds of expressions there are."),
    };

    static Part Checked(QuantityExpression quantity)
    {
        if (FindUnit.Of(quantity.Unit) is not { } found)
            throw new FormatException($"'{quantity.Unit}' is not a unit, nor composed of units");
        var value = new Constant(quantity.Value * found.Unit.Factor + found.Unit.Offset);
        return new(value, found.Dimension, found.Unit.Offset == 0 ? 0 : 1);
    }

    Part Named(string id)
    {
        if (find(id) is not { } found) throw new FormatException($"names '{id}', which does not exist; known: {names}");
        return (Dimension.Of(found.Unit.Quantity) ?? FindUnit.Of(found.Unit.Symbol)?.Dimension) is { } dimension
            ? new(found.Value, dimension, IsTemperature(found.Value, found.Unit) ? 1 : 0)
            : throw new FormatException(
                $"names '{id}' in {found.Unit.Symbol}, which depends on another quantity and cannot be calculated with");
    }

    // A calculated signal in K is a difference: a temperature has to be in degC.
    static bool IsTemperature(Calculation value, Unit unit) =>
        value is Calculated ? unit.Offset != 0 : unit.Quantity == "temperature";

    static Calculation Folded(Calculation calculation) => calculation switch
    {
        Negative { Of: Constant of } => new Constant(-of.Value),
        Combination { Left: Constant a, Right: Constant b } pair => new Constant(pair.Operator switch
        {
            '+' => a.Value + b.Value,
            '-' => a.Value - b.Value,
            '*' => a.Value * b.Value,
            _ => a.Value / b.Value,
        }),
        _ => calculation,
    };

    Part Checked(BinaryExpression binary)
    {
        var (left, right) = (Checked(binary.Left), Checked(binary.Right));
        var value = Folded(new Combination(binary.Operator, left.Value, right.Value));
        switch (binary.Operator)
        {
            case '+' or '-' when left.Dimension != right.Dimension:
                throw new FormatException($"has {left.Dimension} {binary.Operator} {right.Dimension}, which do not go together");
            case '+':
                return new(value, left.Dimension, left.Temperatures + right.Temperatures);
            case '-':
                return new(value, left.Dimension, left.Temperatures - right.Temperatures);
            case '*' when right.Constant is { } factor:
                return new(value, left.Dimension, left.Temperatures * factor);
            case '*' when left.Constant is { } factor:
                return new(value, right.Dimension, right.Temperatures * factor);
            case '/' when right.Constant is 0:
                throw new FormatException("divides by 0");
            case '/' when right.Constant is { } divisor:
                return new(value, left.Dimension, left.Temperatures / divisor);
            case var _ when left.Temperatures != 0 || right.Temperatures != 0:
                throw new FormatException(
                    $"has a temperature on one side of '{binary.Operator}'; subtract another one first, e.g. (a - [20 degC])");
            default:
                return new(value, binary.Operator == '*' ? left.Dimension + right.Dimension : left.Dimension - right.Dimension, 0);
        }
    }

    Part Checked(WindowExpression window)
    {
        var ticks = (int)Math.Min(int.MaxValue, Math.Round(window.Over / tick));
        if (ticks is < 3 or > MostTicks)
        {
            throw new FormatException(
                $"has a window of {window.Over.TotalSeconds:0.###} s; allowed: 3 to {MostTicks} ticks of {tick.TotalSeconds:0.###} s");
        }
        var of = Checked(window.Of);
        var value = new Window(window.Function, of.Value, ticks);
        return window.Function == WindowFunction.Rate
            ? new(value, of.Dimension - new Dimension(0, 0, 1), 0)
            : of with { Value = value };
    }
}
