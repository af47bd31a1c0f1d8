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
}
