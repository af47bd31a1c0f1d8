using Dashboard.Shown;

namespace Dashboard.Decisions;

/// <summary>Amounts of money in whole units, with their currency.</summary>
static class Money
{
    /// <summary>With a non-breaking space; without a currency if the model names none.</summary>
    public static string Text(double value, string currency) => $"{Number(value)}\u00a0{currency}".TrimEnd('\u00a0');

    public static string Number(double value) => Units.Number(value, Math.Abs(value) is > 0 and < 10 ? 2 : 0);
}
