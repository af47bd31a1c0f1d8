using System.Text;

namespace ServiceDefaults;

/// <summary>Text from outside in messages about it: whoever sends a megabyte does not get it back, nor into the log.</summary>
public static class ShownText
{
    /// <summary>Characters of a value or a name.</summary>
    public const int Longest = 100;

    /// <summary>The text, or its beginning with an ellipsis. Never half of a character of two (a surrogate pair).</summary>
    public static string Of(ReadOnlySpan<char> text, int longest = Longest)
    {
        if (text.Length <= longest) return text.ToString();
        return $"{text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)]}…";
    }

    /// <summary>The same of UTF-8, of which no more than what is shown is decoded.</summary>
    // Each UTF-16 character is of at most three bytes, and the last one may be cut in half.
    public static string OfUtf8(ReadOnlySpan<byte> text) => Of(Encoding.UTF8.GetString(text[..Math.Min(text.Length, 3 * (Longest + 2))]));
}
