using Dashboard.Shown;

namespace Dashboard.Tests;

public class UnitsTests
{
    [Theory]
    [InlineData(200.04, "degC", "200.0\u00a0°C")]
    [InlineData(-0.04, "degC", "0.0\u00a0°C")]
    [InlineData(-12.34, "mm", "\u221212.34\u00a0mm")]
    [InlineData(123456, "J", "123\u202f456\u00a0J")]
    [InlineData(0.00012, "1", "0.000120")]
    [InlineData(80, "1/min", "80.0\u00a0min⁻¹")]
    public void Values_have_sensible_digits_and_their_unit(double value, string unit, string text) =>
        Assert.Equal(text, Units.Text(value, unit));

    [Fact]
    public void A_value_that_is_not_there_is_a_dash() => Assert.Equal("–\u00a0°C", Units.Text(null, "degC"));

    [Theory]
    [InlineData(3.25, "degC", "+3.3\u00a0K")]
    [InlineData(-3.25, "bar", "\u22123.3\u00a0bar")]
    [InlineData(0, "kW", "0.00\u00a0kW")]
    public void Differences_have_a_sign_and_temperatures_are_in_kelvin(double value, string unit, string text) =>
        Assert.Equal(text, Units.Difference(value, unit));

    [Theory]
    [InlineData(0.2, "1 s")]
    [InlineData(45, "45 s")]
    [InlineData(600, "10 min")]
    [InlineData(7200, "2 h")]
    [InlineData(86400 * 12, "12 days")]
    [InlineData(86400 * 365, "12 months")]
    public void Durations_are_in_the_unit_a_person_would_take(double seconds, string text) =>
        Assert.Equal(text, Units.Duration(TimeSpan.FromSeconds(seconds)));
}
