using TwinModel.Signals;
using TwinModel.Units;

namespace TwinModel.Tests.Signals;

public class CheckExpressionTests
{
    static readonly Dictionary<string, Unit> Sensors = new()
    {
        ["motor-power"] = Unit.Find("kW")!,
        ["melt-flow"] = Unit.Find("kg/h")!,
        ["inlet"] = Unit.Find("degC")!,
        ["outlet"] = Unit.Find("degC")!,
        ["pressure"] = Unit.Find("bar")!,
        ["volume-flow"] = Unit.Find("l/min")!,
        ["share"] = Unit.Find("%")!,
        ["consistency"] = Unit.Of("consistency", "Pa s^n")!,
    };

    // 'excess' is a calculated difference in K.
    static (Calculation Value, Unit Unit) Check(string text, string unit) => new CheckExpression(
        id => id == "excess" ? (new Calculated(0, Unit.Find("K")!), Unit.Find("K")!)
            : Sensors.TryGetValue(id, out var found) ? (new Measured(1, found), found) : null, string.Join(", ", Sensors.Keys),
        TimeSpan.FromSeconds(10)).Of(ParseExpression.Of(text), unit);

    [Theory]
    [InlineData("motor-power / melt-flow", "kJ/kg", 1e3)]
    [InlineData("motor-power/melt-flow", "kWh/kg", 3.6e6)]
    [InlineData("pressure * volume-flow", "W", 1)]
    [InlineData("rate(outlet, 10min)", "K/min", 1.0 / 60)]
    [InlineData("outlet - inlet", "K", 1)]
    [InlineData("0.5 * (outlet + inlet)", "degC", 1)]
    [InlineData("(outlet + inlet) / 2", "degC", 1)]
    [InlineData("outlet - [20 degC]", "K", 1)]
    [InlineData("outlet + [5 K]", "degC", 1)]
    [InlineData("mean(outlet, 1min) - min(outlet, 5min)", "K", 1)]
    [InlineData("motor-power / ((outlet - inlet) * [4.2 kJ/(kg K)])", "kg/h", 1.0 / 3600)]
    [InlineData("2 * outlet - inlet", "degC", 1)]
    [InlineData("outlet * (1 / 2) + inlet * (1 - 0.5)", "degC", 1)]
    [InlineData("-1 * outlet + inlet", "K", 1)]
    [InlineData("mean(excess, 1min)", "K", 1)]
    [InlineData("excess / 2", "K", 1)]
    [InlineData("inlet + excess", "degC", 1)]
    [InlineData("excess * melt-flow * [2.5 kJ/(kg K)]", "kW", 1e3)]
    [InlineData("-share + 1", "%", 0.01)]
    public void An_expression_fits_its_unit(string text, string unit, double factor)
    {
        var found = Check(text, unit).Unit;
        Assert.Equal(unit, found.Symbol);
        Assert.Equal(factor, found.Factor, 1e-9 * factor);
    }

    [Theory]
    [InlineData("motor-power / melt-flow", "kW", "gives m2 s-2, but the unit 'kW' is kg m2 s-3")]
    [InlineData("motor-power + melt-flow", "kW", "kg m2 s-3 + kg s-1, which do not go together")]
    [InlineData("outlet + inlet", "degC", "gives no temperature but a difference or a sum")]
    [InlineData("outlet - inlet", "degC", "gives no temperature but a difference or a sum")]
    [InlineData("outlet", "K", "gives a temperature; write its unit as degC")]
    [InlineData("outlet * motor-power", "W", "has a temperature on one side of '*'; subtract another one first")]
    [InlineData("motor-power / outlet", "W/K", "has a temperature on one side of '/'")]
    [InlineData("melt-flwo", "kg/h", "names 'melt-flwo', which does not exist; known: motor-power, melt-flow")]
    [InlineData("motor-power", "furlong", "'furlong' is not a unit")]
    [InlineData("[5 furlong]", "m", "'furlong' is not a unit")]
    [InlineData("mean(outlet, 10s)", "degC", "has a window of 10 s; allowed: 3 to 1000 ticks of 10 s")]
    [InlineData("mean(outlet, 24h)", "degC", "has a window of 86400 s; allowed: 3 to 1000 ticks of 10 s")]
    [InlineData("consistency", "Pa s", "cannot be calculated with")]
    [InlineData("motor-power / 0", "kW", "divides by 0")]
    [InlineData("motor-power / (1 - 1)", "kW", "divides by 0")]
    [InlineData("mean(excess, 1min)", "degC", "gives no temperature but a difference")]
    [InlineData("inlet - excess", "K", "gives a temperature")]
    [InlineData("mean(outlet, 999999999h)", "degC", "allowed: 3 to 1000 ticks of 10 s")]
    [InlineData("share", "10", "'10' is not a unit")]
    [InlineData("share", "1 1", "'1 1' is not a unit")]
    [InlineData("share", "m0", "'m0' is not a unit")]
    public void What_does_not_fit_is_refused_with_what_would(string text, string unit, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => Check(text, unit)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "unexpected end of input")]
    [InlineData("motor-power /", "unexpected end of input")]
    [InlineData("(motor-power", "unexpected end of input")]
    [InlineData("motor-power )", "unexpected close `)`")]
    [InlineData("median(outlet, 1min)", "allowed functions: mean, min, max, rate")]
    [InlineData("mean(outlet)", "unexpected close")]
    [InlineData("mean(outlet, 10)", "unexpected number `10`")]
    [InlineData("outlet ^ 2", "unexpected `^`")]
    [InlineData("[20degC]", "a quantity is a number, a blank and a unit")]
    [InlineData("System.Exit()", "unexpected `S`")]
    [InlineData("3rd + 1", "ids in expressions begin with a letter")]
    [InlineData("1e999", "has the number 1e999, which is too large")]
    public void What_is_no_expression_is_refused_with_the_place(string text, string message)
    {
        var refused = Assert.Throws<FormatException>(() => ParseExpression.Of(text)).Message;
        Assert.Contains(message, refused, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_too_long_is_refused() => Assert.Contains(
        "at most 500", Assert.Throws<FormatException>(() => ParseExpression.Of(new string('(', 501))).Message, StringComparison.Ordinal);

    [Fact]
    public void Nesting_up_to_the_longest_text_is_read() =>
        Assert.Equal(new NumberExpression(1), ParseExpression.Of(new string('(', 249) + "1" + new string(')', 249)));

    [Fact]
    public void Products_come_before_sums_and_equal_ones_from_the_left()
    {
        NameExpression a = new("a"), b = new("b"), c = new("c");
        Assert.Equal(new BinaryExpression('-', new BinaryExpression('-', a, new BinaryExpression('*', b, c)), a),
            ParseExpression.Of("a - b * c - a"));
        Assert.Equal(new BinaryExpression('/', new BinaryExpression('/', a, b), c), ParseExpression.Of("a / b / c"));
        Assert.Equal(new NameExpression("a-b"), ParseExpression.Of("a-b"));
    }
}
