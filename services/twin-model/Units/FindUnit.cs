using System.Text.RegularExpressions;

namespace TwinModel.Units;

/// <summary>Finds units that may be composed of others, e.g. <c>K/min</c> or <c>kWh/kg</c>.</summary>
public static partial class FindUnit
{
    /// <summary>The quantity of units that are composed of others.</summary>
    public const string Composed = "composed";

    /// <summary>
    /// The unit with this symbol: one that Pollux knows, or known ones with blanks for products, one digit for a power and at most one
    /// slash, whose right side is in parentheses when it is a product. Null when it is neither.
    /// </summary>
    public static (Unit Unit, Dimension Dimension)? Of(string symbol)
    {
        if (Known(symbol) is { } known) return known;
        var sides = Parts().Match(symbol);
        if (!sides.Success || Product(sides.Groups["above"].Value) is not { } above) return null;
        var below = sides.Groups["below"].Success ? Product(sides.Groups["below"].Value) : (1, default);
        return below is { } under
            ? (new(symbol, Composed, above.Factor / under.Factor), above.Dimension - under.Dimension)
            : null;
    }

    static (double Factor, Dimension Dimension)? Product(string factors)
    {
        var (factor, dimension) = (1.0, default(Dimension));
        foreach (var part in factors.Split(' '))
        {
            var exponent = part.Length > 1 && part[^1] is >= '2' and <= '9' ? part[^1] - '0' : 1;
            if (Known(exponent == 1 ? part : part[..^1]) is not { } known) return null;
            // '1' stands alone above a slash.
            if (known.Dimension == default && (exponent > 1 || factors.Contains(' ', StringComparison.Ordinal))) return null;
            for (var i = 0; i < exponent; i++)
                (factor, dimension) = (factor * known.Unit.Factor, dimension + known.Dimension);
        }
        return (factor, dimension);
    }

    static (Unit Unit, Dimension Dimension)? Known(string symbol)
    {
        var unit = Unit.Find(symbol) ?? Unit.Of(Unit.QuantityOf(symbol), symbol);
        return unit is not null && Dimension.Of(unit.Quantity) is { } dimension ? (unit, dimension) : null;
    }

    [GeneratedRegex(@"^(?<above>[^/()]+)(/(?<below>[^/() ]+)|/\((?<below>[^/()]+)\))?$")]
    private static partial Regex Parts();
}
