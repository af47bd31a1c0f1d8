using System.Globalization;
using ServiceDefaults;

namespace Query.Api;

/// <summary>Reads parameters; what cannot be read is refused with what would be.</summary>
static class Input
{
    /// <summary>How a time may be written.</summary>
    public const string AllowedTime = "a time in ISO 8601, e.g. 2026-03-01T06:00:00Z";

    static readonly string[] Severities = ["warning", "alarm", "critical"];

    /// <summary>A time in ISO 8601; without an offset it is UTC.</summary>
    public static DateTimeOffset? Time(string name, string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            && text.Length >= 8 && char.IsAsciiDigit(text[0])
            ? time
            : throw new InvalidInputException(name, text, AllowedTime);
    }

    /// <summary>Rank of a severity, 1 to 3; 0 for none.</summary>
    public static int Severity(string? text)
    {
        if (string.IsNullOrEmpty(text)) return 0;
        var rank = Array.IndexOf(Severities, text) + 1;
        return rank > 0 ? rank : throw new InvalidInputException("severity", text, string.Join(", ", Severities));
    }

    /// <summary>A text of bounded length, or null.</summary>
    public static string? Text(string name, string? text, int longest) => text switch
    {
        null or "" => null,
        { Length: var length } when length <= longest => text,
        _ => throw new InvalidInputException(name, text, $"at most {longest} characters"),
    };

    /// <summary>A position, 0 or above.</summary>
    public static long Position(string name, long? asked) =>
        asked is null or >= 0 ? asked ?? 0 : throw new InvalidInputException(name, asked, "0 or above");
}
