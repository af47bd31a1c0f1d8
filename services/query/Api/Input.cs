using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ServiceDefaults;

namespace Query.Api;

/// <summary>Reads parameters; what cannot be read is refused with what would be.</summary>
static partial class Input
{
    /// <summary>How a time may be written.</summary>
    public const string AllowedTime = "a time in ISO 8601, e.g. 2026-03-01T06:00:00Z";

    static readonly string[] Severities = ["warning", "alarm", "critical"];

    /// <summary>The parameter for what the log held at some time.</summary>
    public const string KnownAt = "knownAt";

    /// <summary>Imports may bring sample times from here on; nothing is known of earlier ones.</summary>
    public static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;

    // A caller's clock may be a little ahead.
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    /// <summary>A time in ISO 8601; without an offset it is UTC. Null when none is given.</summary>
    /// <exception cref="InvalidInputException">No such time; empty, too, as it would be taken for the present.</exception>
    public static DateTimeOffset? Time(string name, string? text) => text is null ? null
        : TryTime(text, out var time) ? time
        : throw new InvalidInputException(name, text, AllowedTime);

    /// <summary>True for a time in ISO 8601. The library alone would guess: 10:00 is today's, 01/02/2026 the second of January.</summary>
    public static bool TryTime(string? text, out DateTimeOffset time)
    {
        time = default;
        return text is not null && IsoTime().IsMatch(text)
            && DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }

    /// <summary>A time in the past, of which something may be known.</summary>
    /// <exception cref="InvalidInputException">It is later than now, or earlier than anything in the log.</exception>
    public static DateTimeOffset Past(string name, DateTimeOffset time, DateTimeOffset now) => time >= Earliest && time <= now + Ahead
        ? time.ToUniversalTime()
        : throw new InvalidInputException(name, Shown(time), $"a time from {Shown(Earliest)} up to now ({Shown(now)})");

    /// <summary>Refuses times of which nothing can be known yet: the answer would be the present under another name.</summary>
    /// <exception cref="InvalidInputException">It is later than now by more than clocks differ.</exception>
    public static void NotAfter(string name, DateTimeOffset time, DateTimeOffset now, TimeSpan ahead)
    {
        if (time > now + ahead) throw new InvalidInputException(name, Shown(time), $"a time up to now ({Shown(now)})");
    }

    static string Shown(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);

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

    /// <summary>A line for people, e.g. a name, or null when none is given.</summary>
    /// <exception cref="InvalidInputException">Blank, too long, or with characters that cannot be seen.</exception>
    public static string? Line(string name, string? text, int longest) => text is null ? null
        : text.Length <= longest && !string.IsNullOrWhiteSpace(text) && text.EnumerateRunes().All(IsVisible) ? text
        : throw new InvalidInputException(name, text, $"1 to {longest} characters, not only blanks, without control characters");

    /// <summary>Text for people that may have several lines, or null when none is given.</summary>
    /// <exception cref="InvalidInputException">Only blanks, too long, or with characters that cannot be seen.</exception>
    public static string? Lines(string name, string? text, int longest) => string.IsNullOrEmpty(text) ? null
        : text.Length <= longest && !string.IsNullOrWhiteSpace(text)
            && text.EnumerateRunes().All(r => r.Value is '\n' or '\r' or '\t' || IsVisible(r)) ? text
        : throw new InvalidInputException(
            name, text, $"at most {longest} characters, not only blanks, without control characters but tabs and line ends");

    /// <summary>A text of a gRPC message, where empty means that none is given.</summary>
    public static string? Given(string text) => text.Length == 0 ? null : text;

    // Overrides of the writing direction (U+202A to U+202E, U+2066 to U+2069) make a text look like another one.
    static bool IsVisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not (
            UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        && rune.Value is not ((>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069) or (>= 0xfdd0 and <= 0xfdef))
            && (rune.Value & 0xfffe) != 0xfffe;

    // \z: $ would also match before a line feed at the end.
    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?\z")]
    private static partial Regex IsoTime();

    /// <summary>A position, 0 or above.</summary>
    public static long Position(string name, long? asked) =>
        asked is null or >= 0 ? asked ?? 0 : throw new InvalidInputException(name, asked, "0 or above");
}
