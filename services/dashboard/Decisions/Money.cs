using Dashboard.Shown;

namespace Dashboard.Decisions;

/// <summary>Sums of money: whole ones, with their currency.</summary>
static class Money
{
    /// <summary>With a space that does not break; without a currency when the model names none.</summary>
    public static string Text(double value, string currency) => $"{Number(value)}\u00a0{currency}".TrimEnd('\u00a0');

    public static string Number(double value) => Units.Number(value, Math.Abs(value) is > 0 and < 10 ? 2 : 0);
}
