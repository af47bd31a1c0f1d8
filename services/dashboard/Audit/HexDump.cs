using System.Globalization;
using System.Text;

namespace Dashboard.Audit;

/// <summary>Shows bytes as text if they are text, else as hex, sixteen to a line. Pure.</summary>
static class HexDump
{
    const int MostBytes = 4096;
    const int MostCharacters = 20_000;
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text; null if the bytes are not readable text.</summary>
    public static string? TextOf(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var text = Strict.GetString(bytes);
            if (text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'))) return null;
            return text.Length <= MostCharacters ? text : $"{text[..MostCharacters]}\n… {text.Length - MostCharacters} more characters";
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var shown = bytes[..Math.Min(bytes.Length, MostBytes)];
        for (var at = 0; at < shown.Length; at += 16)
        {
            var line = shown[at..Math.Min(at + 16, shown.Length)];
            text.Append(CultureInfo.InvariantCulture, $"{at:x4}  ");
            for (var i = 0; i < 16; i++)
                text.Append(i < line.Length ? line[i].ToString("x2", CultureInfo.InvariantCulture) : "  ").Append(i == 7 ? "  " : " ");
            text.Append(' ');
            foreach (var b in line) text.Append(b is >= 32 and < 127 ? (char)b : '.');
            text.Append('\n');
        }
        if (bytes.Length > MostBytes) text.Append(CultureInfo.InvariantCulture, $"… {bytes.Length - MostBytes} more bytes");
        return text.ToString();
    }
}
