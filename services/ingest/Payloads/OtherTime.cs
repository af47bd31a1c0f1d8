using System.Text.Json;
using System.Text.RegularExpressions;
using TwinModel.Telemetry;

namespace Ingest.Payloads;

/// <summary>
/// Detects unknown fields of plain JSON that may hold the sample time: if one were ignored, the reading would get its time of receipt
/// instead. Both the name and the value must denote a point in time: a cycle time of 12.5 s does not.
/// </summary>
static partial class OtherTime
{
    static readonly string[] Moments = ["time", "date", "stamp", "epoch"];
    static readonly string[] MomentEndings = ["At", "_at", "Ts", "_ts"];

    // Excluded by name: an uptime of 20 days in milliseconds looks like a time in 2024 in seconds.
    static readonly string[] Durations =
    [
        "uptime", "downtime", "runtime", "runningtime", "operatingtime", "operationtime", "idletime", "cycletime", "lifetime", "elapsed",
        "duration",
    ];

    static readonly long Earliest = Micros.From(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero));
    static readonly long Latest = Micros.From(new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <param name="name">As sent.</param>
    /// <param name="plain">In lower case, without separators.</param>
    public static bool IsNamed(string name, string plain) =>
        !Durations.Any(word => plain.Contains(word, StringComparison.Ordinal))
        && (Moments.Any(word => plain.Contains(word, StringComparison.Ordinal))
            || MomentEndings.Any(end => name.EndsWith(end, StringComparison.Ordinal)));

    /// <summary>True for a date in any form, and for a number that is a time of this century in s, ms, µs or ns since 1970.</summary>
    public static bool IsMoment(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.TryGetDecimal(out var number) && IsMoment(number),
        JsonTokenType.String =>
            reader.GetString()! is var text && (TryNumber(text, out var number) ? IsMoment(number) : Date().IsMatch(text)),
        _ => false,
    };

    static bool IsMoment(decimal number) => SampleTime.TryFromEpoch(number, out var micros) && micros >= Earliest && micros < Latest;

    static bool TryNumber(string text, out decimal number) =>
        decimal.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out number);

    // A year (2026-03-01, 1 Mar 2026, 20260301T06…) or three numbers (01.03.26, 3/1/26), but no durations (00:12:30, PT5M).
    [GeneratedRegex(@"(?<!\d)20\d\d(?!\d)|^20\d{6}T|^\d{1,2}[-./]\d{1,2}[-./]\d{1,4}")]
    private static partial Regex Date();
}
