using System.Buffers.Text;
using System.Text;
using ServiceDefaults;

namespace Query.Api;

/// <summary>Where a page ends, as opaque text. It includes the name of its list, so that other lists refuse it.</summary>
static class Cursor
{
    const char Separator = '\n';
    const int Longest = 512;

    public static string Encode(string list, params string[] parts) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join(Separator, [list, .. parts])));

    /// <summary>The parts; null without a cursor.</summary>
    /// <exception cref="InvalidInputException">Not a cursor of this list.</exception>
    public static string[]? Decode(string list, int parts, string? cursor)
    {
        if (string.IsNullOrEmpty(cursor)) return null;
        return Parts(list, parts, cursor)
            ?? throw new InvalidInputException("cursor", cursor, $"the nextCursor of an earlier page of {list}");
    }

    /// <summary>Whether a cursor is one of this list with as many parts.</summary>
    public static bool HasParts(string list, int parts, string? cursor) =>
        cursor is { Length: > 0 } && Parts(list, parts, cursor) is not null;

    static string[]? Parts(string list, int parts, string cursor)
    {
        if (cursor.Length > Longest || !Base64Url.IsValid(cursor)) return null;
        var decoded = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(Separator);
        return decoded.Length == parts + 1 && decoded[0] == list ? decoded[1..] : null;
    }
}
