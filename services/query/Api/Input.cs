using System.Globalization;
using System.Text.RegularExpressions;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Query.Api;

/// <summary>Parses parameters; errors name what is allowed.</summary>
static partial class Input
{
    /// <summary>Allowed format of a time, for messages.</summary>
    public const string AllowedTime = "a time in ISO 8601, e.g. 2026-03-01T06:00:00Z";

    static readonly string[] Severities = ["warning", "alarm", "critical"];
    static readonly string[] SyncStates = ["in-sync", "drifting", "lost", "unknown", "none"];

    /// <summary>Name of the parameter that limits an answer to what the log held at some time.</summary>
    public const string KnownAt = "knownAt";

    /// <summary>Earliest sample time that imports may bring.</summary>
    public static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;

    /// <summary>How far the clock of a caller or of another service may be ahead of this one.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How far a sample time may be ahead of this clock. More than <see cref="Ahead"/>, because it is by the device's clock: whatever
    /// ingest can be set to accept must be found, and can be asked for.
    /// </summary>
    public static readonly TimeSpan SamplesAhead = TimeSpan.FromSeconds(SampleTimes.MostSecondsAhead) + Ahead;

    /// <summary>A time in ISO 8601, UTC without an offset. Null if not given.</summary>
    /// <exception cref="InvalidInputException">Not a time. Includes empty text, which would otherwise mean the present.</exception>
    public static DateTimeOffset? Time(string name, string? text) => text is null ? null
        : TryTime(text, out var time) ? time
        : throw new InvalidInputException(name, text, AllowedTime);

    /// <summary>True for a time in ISO 8601. .NET alone would guess: 10:00 as today, 01/02/2026 as 2 January.</summary>
    public static bool TryTime(string? text, out DateTimeOffset time)
    {
        time = default;
        return text is not null && IsoTime().IsMatch(text)
            && DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }

    /// <summary>Checks that a time is neither in the future nor before anything the log can hold.</summary>
    /// <exception cref="InvalidInputException">Later than now, or earlier than 1970.</exception>
    public static DateTimeOffset Past(string name, DateTimeOffset time, DateTimeOffset now) => time >= Earliest && time <= now + Ahead
        ? time.ToUniversalTime()
        : throw new InvalidInputException(name, Shown(time), $"a time from {Shown(Earliest)} up to now ({Shown(now)})");

    /// <summary>Refuses future times, for which the answer would just be the present state.</summary>
    /// <exception cref="InvalidInputException">Later than now by more than <paramref name="ahead"/>.</exception>
    public static void NotAfter(string name, DateTimeOffset time, DateTimeOffset now, TimeSpan ahead)
    {
        if (time > now + ahead) throw new InvalidInputException(name, Shown(time), $"a time up to now ({Shown(now)})");
    }

    static string Shown(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);

    /// <summary>Rank of a severity, 1 to 3; 0 if not given.</summary>
    public static int Severity(string? text, string name = "severity")
    {
        if (string.IsNullOrEmpty(text)) return 0;
        var rank = Array.IndexOf(Severities, text) + 1;
        return rank > 0 ? rank : throw new InvalidInputException(name, text, string.Join(", ", Severities));
    }

    /// <summary>A state of sync; null if not given.</summary>
    public static string? Sync(string? text) => string.IsNullOrEmpty(text) || SyncStates.Contains(text)
        ? text
        : throw new InvalidInputException("sync", text, string.Join(", ", SyncStates));

    /// <summary>Text of limited length; null if empty.</summary>
    public static string? Text(string name, string? text, int longest) => text switch
    {
        null or "" => null,
        { Length: var length } when length <= longest => text,
        _ => throw new InvalidInputException(name, text, $"at most {longest} characters"),
    };

    /// <summary>One line of text for people, e.g. a name; null if not given.</summary>
    /// <exception cref="InvalidInputException">Blank, too long, or with invisible characters.</exception>
    public static string? Line(string name, string? text, int longest) => HumanText.Line(name, text, longest);

    /// <summary>Text for people that may have several lines; null if not given.</summary>
    /// <exception cref="InvalidInputException">Blank, too long, or with invisible characters.</exception>
    public static string? Lines(string name, string? text, int longest) => HumanText.Lines(name, text, longest);

    /// <summary>A string field of a gRPC message, where empty means not given.</summary>
    public static string? Given(string text) => text.Length == 0 ? null : text;

    // \z, since $ would also match before a trailing line feed.
    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?\z")]
    private static partial Regex IsoTime();

    /// <summary>Checks that there is a year on either side, for what is calculated from a time.</summary>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public static void CheckYear(string name, DateTimeOffset time)
    {
        if (time.UtcDateTime.Year is < 2 or > 9997) throw new InvalidInputException(name, time, "a time in the years 2 to 9997");
    }

    /// <summary>A log position, 0 or above.</summary>
    public static long Position(string name, long? asked) =>
        asked is null or >= 0 ? asked ?? 0 : throw new InvalidInputException(name, asked, "0 or more");
}
