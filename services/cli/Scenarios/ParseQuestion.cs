using System.Globalization;
using System.Text.RegularExpressions;

namespace Cli.Scenarios;

/// <summary>A change in the form that the API accepts.</summary>
sealed record AskedChange(string Target, string Kind, double Value, string Unit);

/// <summary>Parses command-line input. Pure.</summary>
static partial class ParseQuestion
{
    const string Allowed = "+15% or -5% (scaled), +10 or -10 (moved by), 210 (set to), each with a unit if wanted, e.g. 60kg/h";

    /// <summary><c>+15%</c> scales, a signed number is an offset, a plain number sets.</summary>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static AskedChange Change(string target, string text)
    {
        if (ChangePattern().Match(text) is not { Success: true } match
            || !double.TryParse(match.Groups["number"].Value, CultureInfo.InvariantCulture, out var number))
            throw new FormatException($"'{text}' is not a change of {target}; allowed: {Allowed}.");
        var (sign, unit) = (match.Groups["sign"].Value, match.Groups["unit"].Value);
        var signed = sign == "-" ? -number : number;
        return (sign, unit) switch
        {
            ("", "%") => throw new FormatException($"'{text}' is ambiguous for {target}; allowed: {Allowed}."),
            (_, "%") => new(target, "scale", 1 + signed / 100, ""),
            ("", _) => new(target, "set", number, unit),
            _ => new(target, "offset", signed, unit),
        };
    }

    /// <summary>Parses <c>name=change</c>.</summary>
    /// <exception cref="FormatException">The text has another form.</exception>
    public static AskedChange Assignment(string text, Func<string, string> targetOf) =>
        text.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals
        ? Change(targetOf(text[..equals]), text[(equals + 1)..])
        : throw new FormatException($"'{text}' changes nothing; allowed: NAME=CHANGE, e.g. 4=-10.");

    /// <summary>Converts <c>90s</c>, <c>30m</c>, <c>2h</c>, <c>1d</c> to seconds.</summary>
    /// <exception cref="FormatException">The text is not a duration.</exception>
    public static double Seconds(string text) => DurationPattern().Match(text) is { Success: true } match
        ? double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture)
            * match.Groups["unit"].Value switch { "s" => 1, "m" or "min" => 60, "h" => 3600, _ => 86400 }
        : throw new FormatException($"'{text}' is not a duration; allowed: e.g. 90s, 30m, 2h, 1d.");

    /// <summary><c>-1h</c> means that long ago; otherwise a time in ISO 8601.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static DateTimeOffset Start(string text, DateTimeOffset now) =>
        text.StartsWith('-') ? now.AddSeconds(-Seconds(text[1..]))
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw new FormatException($"'{text}' is not a start time; allowed: -1h, -30m or a time in ISO 8601.");

    [GeneratedRegex(@"^(?<sign>[+-]?)(?<number>[0-9]+(\.[0-9]+)?(e-?[0-9]+)?)\s*(?<unit>\S.*)?\z")]
    private static partial Regex ChangePattern();

    [GeneratedRegex(@"^(?<number>[0-9]+(\.[0-9]+)?)(?<unit>s|m|min|h|d)\z")]
    private static partial Regex DurationPattern();
}
