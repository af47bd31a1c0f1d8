using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Contracts.Events;
using ServiceDefaults;

namespace Ingest.Imports;

/// <summary>
/// Converts imported text to UTF-8; invalid bytes are rejected, never replaced.
/// </summary>
static class TextEncoding
{
    public const string Allowed =
        "UTF-8 (without a charset), or one of the charsets utf-8, us-ascii, iso-8859-1, iso-8859-15, windows-1252, utf-16, utf-16le, "
            + "utf-16be in Content-Type";

    /// <summary>The body as UTF-8.</summary>
    /// <param name="body">The request body.</param>
    /// <param name="charset">From the Content-Type; null when it has none.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="UnsupportedMediaException">The charset is not supported.</exception>
    public static async Task<Stream> ToUtf8(Stream body, string? charset, CancellationToken cancel)
    {
        var declared = EncodingOf(charset);
        var pipe = PipeReader.Create(body, new(leaveOpen: true));
        var start = await pipe.ReadAtLeastAsync(2, cancel);
        var mark = BuffersExtensions.ToArray(start.Buffer.Slice(0, Math.Min(2, start.Buffer.Length)));
        pipe.AdvanceTo(start.Buffer.Start);
        // A byte order mark is more reliable than a header; neither of these two is valid UTF-8.
        var encoding = mark is [0xFF, 0xFE] ? Strict("utf-16le") : mark is [0xFE, 0xFF] ? Strict("utf-16be") : declared;
        return encoding is null ? pipe.AsStream() : Encoding.CreateTranscodingStream(pipe.AsStream(), encoding, Encoding.UTF8);
    }

    /// <summary>The rejection of a line that is not UTF-8.</summary>
    public static RejectionReason Refusal(ReadOnlySpan<byte> line)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(line[at..], out _, out var length) == OperationStatus.Done) at += length;
        return new("invalid-utf-8",
            FormattableString.Invariant($"'line' is not UTF-8: byte {at + 1} is 0x{line[at]:X2}; allowed: {Allowed}."));
    }

    static Encoding? EncodingOf(string? charset) => charset?.ToLowerInvariant() switch
    {
        null or "utf-8" or "utf8" or "us-ascii" => null,
        "iso-8859-1" or "iso-8859-15" or "windows-1252" or "utf-16" or "utf-16le" or "utf-16be" => Strict(charset),
        _ => throw new UnsupportedMediaException("charset", charset, Allowed),
    };

    static Encoding Strict(string name)
    {
        var known = name.ToLowerInvariant() switch
        {
            "utf-16" or "utf-16le" => Encoding.Unicode,
            "utf-16be" => Encoding.BigEndianUnicode,
            "iso-8859-1" => Encoding.Latin1,
            _ => CodePagesEncodingProvider.Instance.GetEncoding(name)!,
        };
        var strict = (Encoding)known.Clone();
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        return strict;
    }
}
