using System.Globalization;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Query.Api;
using ServiceDefaults;

namespace Query.Events;

/// <summary>Where reading the log ends: at a position, or at the last position of a time.</summary>
readonly record struct KnownAt(long? Position, DateTimeOffset? Time)
{
    const string Allowed = "a log position or a time in ISO 8601";

    /// <summary>Description of the parameter in the API reference.</summary>
    public const string Meaning = "Uses only what the log held at this point: a log position or a time in ISO 8601.";

    /// <summary>As it was asked for.</summary>
    public override string ToString() =>
        Position?.ToString(CultureInfo.InvariantCulture) ?? Time?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? "";

    /// <exception cref="InvalidInputException">Neither a position nor a time.</exception>
    public static KnownAt? Parse(string? text) => Parse(Input.KnownAt, text);

    /// <exception cref="InvalidInputException">Neither a position nor a time.</exception>
    public static KnownAt? Parse(string name, string? text)
    {
        if (text is null) return null;
        if (!text.All(char.IsAsciiDigit))
            return Input.TryTime(text, out var time) ? new(null, time) : throw new InvalidInputException(name, text, Allowed);
        return long.TryParse(text, CultureInfo.InvariantCulture, out var position)
            ? new(position, null)
            : throw new InvalidInputException(name, text, Allowed);
    }

    /// <summary>From a member of a body.</summary>
    /// <exception cref="InvalidInputException">Neither a position nor a time.</exception>
    public static KnownAt? Of(JsonElement? member) => member switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Number } number => Parse(number.GetRawText()),
        { ValueKind: JsonValueKind.String } text => Parse(text.GetString()),
        var other => throw new InvalidInputException("knownAt", other.Value.GetRawText(), Allowed),
    };

    /// <summary>From the oneof of a gRPC request.</summary>
    /// <exception cref="InvalidInputException">The position is negative, or the time is outside the calendar.</exception>
    public static KnownAt? Of(long? position, Timestamp? time, string prefix = "") =>
        position is not null ? new(Input.Position($"{prefix}known_at_position", position), null)
        : time is not null ? new(null, time.ToTime($"{prefix}known_at_time"))
        : null;
}
