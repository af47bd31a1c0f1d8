using System.Globalization;
using System.Runtime.CompilerServices;

namespace TwinModel;

/// <summary>Rejects invalid arguments; the message names the argument, its value and what is allowed.</summary>
static class Require
{
    public static double Finite(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        double.IsFinite(value) ? value : throw Outside(value, "a finite number", name);

    public static double Positive(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value > 0 && double.IsFinite(value) ? value : throw Outside(value, "greater than 0", name);

    public static double NotNegative(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= 0 && double.IsFinite(value) ? value : throw Outside(value, "0 or more", name);

    public static double Share(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is >= 0 and <= 1 ? value : throw Outside(value, "0 to 1", name);

    public static int AtLeast(int minimum, int value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= minimum ? value : throw Outside(value, string.Create(CultureInfo.InvariantCulture, $"{minimum} or more"), name);

    public static ArgumentOutOfRangeException Outside(object value, string allowed, string name) =>
        new(name, value, string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; allowed: {allowed}."));
}
