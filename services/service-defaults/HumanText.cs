using System.Globalization;
using System.Text;

namespace ServiceDefaults;

/// <summary>Text that people wrote and that people will read: limited in length and without invisible characters.</summary>
public static class HumanText
{
    /// <summary>One line, e.g. a name; null if not given.</summary>
    /// <exception cref="InvalidInputException">Blank, too long, or with invisible characters.</exception>
    public static string? Line(string name, string? text, int longest) => text is null ? null
        : text.Length <= longest && !string.IsNullOrWhiteSpace(text) && text.EnumerateRunes().All(IsVisible) ? text
        : throw new InvalidInputException(name, text, $"1 to {longest} characters, not only blanks, without control characters");

    /// <summary>Text that may have several lines; null if not given.</summary>
    /// <exception cref="InvalidInputException">Blank, too long, or with invisible characters.</exception>
    public static string? Lines(string name, string? text, int longest) => string.IsNullOrEmpty(text) ? null
        : text.Length <= longest && !string.IsNullOrWhiteSpace(text)
            && text.EnumerateRunes().All(r => r.Value is '\n' or '\r' or '\t' || IsVisible(r)) ? text
        : throw new InvalidInputException(
            name, text, $"at most {longest} characters, not only blanks, without control characters except tabs and line ends");

    // Overrides of the writing direction (U+202A to U+202E, U+2066 to U+2069) can disguise a text as another one.
    static bool IsVisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not (
            UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        && rune.Value is not ((>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069) or (>= 0xfdd0 and <= 0xfdef))
            && (rune.Value & 0xfffe) != 0xfffe;
}
