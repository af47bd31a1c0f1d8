using System.Globalization;
using Superpower;
using Superpower.Model;
using Superpower.Parsers;
using Superpower.Tokenizers;

namespace TwinModel.Signals;

/// <summary>
/// Parses expressions: <c>+ - * /</c> and parentheses over ids, numbers, quantities in brackets (<c>[20 degC]</c>) and the functions
/// <c>mean</c>, <c>min</c>, <c>max</c> and <c>rate</c> over a time, e.g. <c>rate(melt-temperature, 10min)</c>. As ids hold dashes, a minus
/// needs a blank before and after it.
/// </summary>
public static class ParseExpression
{
    /// <summary>More are refused, so that an expression cannot exhaust the stack.</summary>
    public const int LongestText = 500;

    enum Part
    {
        Id,
        Number,
        Span,
        Quantity,
        Plus,
        Minus,
        Times,
        Over,
        Open,
        Close,
        Comma,
    }

    static readonly TextParser<TextSpan> Id = Span.Regex("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    static readonly TextParser<TextSpan> Number = Span.Regex(@"[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?");
    static readonly TextParser<TextSpan> Duration = Span.Regex(@"[0-9]+(\.[0-9]+)?(s|min|h)");

    static readonly Tokenizer<Part> Tokens = new TokenizerBuilder<Part>()
        .Ignore(Span.WhiteSpace)
        .Match(Span.Regex(@"\[[^\]]*\]"), Part.Quantity)
        .Match(Duration, Part.Span, requireDelimiters: true)
        .Match(Number, Part.Number, requireDelimiters: true)
        .Match(Id, Part.Id, requireDelimiters: true)
        .Match(Character.EqualTo('+'), Part.Plus).Match(Character.EqualTo('-'), Part.Minus)
        .Match(Character.EqualTo('*'), Part.Times).Match(Character.EqualTo('/'), Part.Over)
        .Match(Character.EqualTo('('), Part.Open).Match(Character.EqualTo(')'), Part.Close).Match(Character.EqualTo(','), Part.Comma)
        .Build();

    static readonly TokenListParser<Part, Expression> Literal = Token.EqualTo(Part.Number)
        .Select(t => (Expression)new NumberExpression(NumberOf(t.ToStringValue())));

    static readonly TokenListParser<Part, Expression> Quantity = Token.EqualTo(Part.Quantity).Select(t => QuantityOf(t.ToStringValue()));

    static readonly TokenListParser<Part, (Expression Of, string Over)?> Arguments =
        from open in Token.EqualTo(Part.Open)
        from of in Superpower.Parse.Ref(() => Sum!)
        from comma in Token.EqualTo(Part.Comma)
        from over in Token.EqualTo(Part.Span)
        from close in Token.EqualTo(Part.Close)
        select ((Expression Of, string Over)?)(of, over.ToStringValue());

    static readonly TokenListParser<Part, Expression> NameOrFunction =
        from name in Token.EqualTo(Part.Id)
        from arguments in Arguments.OptionalOrDefault()
        select arguments is { } given
            ? new WindowExpression(FunctionNamed(name.ToStringValue()), given.Of, SpanOf(given.Over))
            : (Expression)new NameExpression(name.ToStringValue());

    static readonly TokenListParser<Part, Expression> Operand = Literal.Or(Quantity).Or(NameOrFunction)
        .Or(Superpower.Parse.Ref(() => Sum!).Between(Token.EqualTo(Part.Open), Token.EqualTo(Part.Close)));

    static readonly TokenListParser<Part, Expression> Factor =
        Token.EqualTo(Part.Minus).IgnoreThen(Operand).Select(e => (Expression)new NegativeExpression(e)).Or(Operand);

    static readonly TokenListParser<Part, Expression> Product = Superpower.Parse.Chain(
        Token.EqualTo(Part.Times).Value('*').Or(Token.EqualTo(Part.Over).Value('/')), Factor, Combined);

    static readonly TokenListParser<Part, Expression> Sum = Superpower.Parse.Chain(
        Token.EqualTo(Part.Plus).Value('+').Or(Token.EqualTo(Part.Minus).Value('-')), Product, Combined);

    /// <summary>Parses a text.</summary>
    /// <exception cref="FormatException">It is no expression; says where and what was expected.</exception>
    public static Expression Of(string text)
    {
        if (text.Length > LongestText) throw new FormatException($"is {text.Length} characters long; at most {LongestText} are allowed");
        var tokens = Tokens.TryTokenize(text);
        if (!tokens.HasValue) throw new FormatException($"{tokens}; ids in expressions begin with a letter");
        var parsed = Sum.AtEnd().TryParse(tokens.Value);
        return parsed.HasValue ? parsed.Value : throw new FormatException(parsed.ToString());
    }

    static Expression Combined(char op, Expression left, Expression right) => new BinaryExpression(op, left, right);

    static double NumberOf(string text) =>
        double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) is var number && double.IsFinite(number)
            ? number
            : throw new FormatException($"has the number {text}, which is too large");

    static TimeSpan SpanOf(string text)
    {
        var unit = text.TrimStart('.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        var number = NumberOf(text[..^unit.Length]);
        // Longer than any window, and no overflow.
        return TimeSpan.FromSeconds(Math.Min(1e9, number * unit switch { "s" => 1, "min" => 60, _ => 3600 }));
    }

    static Expression QuantityOf(string text)
    {
        var parts = text[1..^1].Trim().Split(' ', 2);
        if (parts.Length != 2 || !double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || !double.IsFinite(number))
            throw new FormatException($"has '{text}'; a quantity is a number, a blank and a unit, e.g. [20 degC]");
        return new QuantityExpression(number, parts[1].Trim());
    }

    static WindowFunction FunctionNamed(string name) => name switch
    {
        "mean" => WindowFunction.Mean,
        "min" => WindowFunction.Min,
        "max" => WindowFunction.Max,
        "rate" => WindowFunction.Rate,
        _ => throw new FormatException($"calls '{name}'; allowed functions: mean, min, max, rate"),
    };
}
