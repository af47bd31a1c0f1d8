using TwinModel.Units;

namespace TwinModel.Tests.Assets;

public class UnitTests
{
    [Theory]
    [InlineData("psi", "Pa", 6894.757293168361)]
    [InlineData("ksi", "psi", 1000)]
    [InlineData("hPa", "mbar", 1)]
    [InlineData("atm", "Pa", 101325)]
    [InlineData("cm", "mm", 10)]
    [InlineData("in", "mm", 25.4)]
    [InlineData("ft", "in", 12)]
    public void Units_have_their_exact_factors(string from, string to, double value) =>
        Assert.Equal(value, Unit.Find(from)!.ConvertTo(Unit.Find(to)!, 1), value * 1e-14);
}
