using System.Buffers;

namespace Query.Api;

/// <summary>Texts in cells of CSV files (RFC 4180). Numbers and times need nothing of this.</summary>
static class Csv
{
    static readonly SearchValues<char> Quoted = SearchValues.Create(",;\t\"\r\n");

    // Spreadsheets take what begins like this for a formula and compute it, which can send data elsewhere or start a program; in the wide
    // forms too.
    static readonly SearchValues<char> Formula = SearchValues.Create("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20");

    /// <summary>A text that stays a text in a spreadsheet: an apostrophe goes before what would be a formula.</summary>
    public static string Text(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var safe = Formula.Contains(text[0]) ? "'" + text : text;
        return safe.AsSpan().ContainsAny(Quoted) ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
