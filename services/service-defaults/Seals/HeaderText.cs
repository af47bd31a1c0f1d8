using System.Buffers;
using System.Globalization;
using System.Text;

namespace ServiceDefaults.Seals;

/// <summary>
/// Headers of events differ in trace ids and times of reception: these are taken out of the text, so that the templates that are left
/// repeat. JSON never holds the control characters that mark their places.
/// </summary>
static class HeaderText
{
    const char Time = '\u0001', Hex = '\u0002';

    // A trace id has 32 digits, a span id 16. A time, in microseconds, 16.
    const int FewestDigits = 16, MostDigits = 64;

    /// <param name="headers">The text.</param>
    /// <param name="recordedAt">Time of the append: times in headers are a little earlier.</param>
    /// <param name="times">Gets times.</param>
    /// <param name="bytes">Gets what hexadecimal digits stand for.</param>
    /// <returns>The template.</returns>
    public static string Take(string headers, long recordedAt, List<long> times, ArrayBufferWriter<byte> bytes)
    {
        var template = new StringBuilder(headers.Length);
        for (var i = 0; i < headers.Length;)
        {
            var end = i;
            while (end < headers.Length && end - i < MostDigits && char.IsAsciiHexDigitLower(headers[end])) end++;
            var digits = headers.AsSpan(i, (end - i) & ~1);
            if (digits.Length < FewestDigits)
            {
                end = Math.Max(end, i + 1);
                template.Append(headers, i, end - i);
                i = end;
                continue;
            }
            if (i > 0 && headers[i - 1] == '@' && digits.Length == FewestDigits && digits[0] != '0'
                && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var time))
            {
                template.Append(Time);
                times.Add(recordedAt - time);
            }
            else
            {
                template.Append(Hex).Append((char)(digits.Length / 2));
                bytes.Write(Convert.FromHexString(digits));
            }
            i += digits.Length;
        }
        return template.ToString();
    }

    /// <summary>The text again; takes what it needs.</summary>
    public static string Put(string template, long recordedAt, Queue<long> times, ref ReadOnlySpan<byte> bytes)
    {
        var headers = new StringBuilder(template.Length + 128);
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] == Time) headers.Append(CultureInfo.InvariantCulture, $"{recordedAt - times.Dequeue()}");
            else if (template[i] == Hex)
            {
                var length = template[++i];
                headers.Append(Convert.ToHexStringLower(bytes[..length]));
                bytes = bytes[length..];
            }
            else headers.Append(template[i]);
        }
        return headers.ToString();
    }
}
