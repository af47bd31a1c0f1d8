using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;

namespace ServiceDefaults;

/// <summary>Reads long texts line by line; one line and a read buffer are in memory.</summary>
public static class ReadLines
{
    /// <summary>
    /// The lines that are not empty, without white space around them, and their numbers from 1. A text is valid until the next one is read.
    /// </summary>
    /// <exception cref="TooLargeException">A line has more bytes than <paramref name="longest"/>.</exception>
    public static async IAsyncEnumerable<(long Number, ReadOnlyMemory<byte> Text)> Of(
        Stream stream, int longest, [EnumeratorCancellation] CancellationToken cancel)
    {
        var pipe = PipeReader.Create(stream, new(bufferSize: 1 << 16, leaveOpen: true));
        var number = 0L;
        while (true)
        {
            var read = await pipe.ReadAsync(cancel);
            var buffer = read.Buffer;
            while (TryLine(ref buffer, read.IsCompleted, out var line))
            {
                number++;
                if (line.Length > longest) throw TooLong(number, longest);
                var text = Trimmed(line, number);
                if (!text.IsEmpty) yield return (number, text);
            }
            if (buffer.Length > longest) throw TooLong(number + 1, longest);
            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted) yield break;
        }
    }

    static bool TryLine(ref ReadOnlySequence<byte> buffer, bool isLast, out ReadOnlySequence<byte> line)
    {
        line = buffer;
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }
        if (!isLast || buffer.IsEmpty) return false;
        buffer = buffer.Slice(buffer.End);
        return true;
    }

    static ReadOnlyMemory<byte> Trimmed(ReadOnlySequence<byte> line, long number)
    {
        ReadOnlyMemory<byte> text = line.IsSingleSegment ? line.First : line.ToArray();
        if (number == 1 && text.Span.StartsWith("\uFEFF"u8)) text = text[3..];
        return text[Ascii.Trim(text.Span)];
    }

    static TooLargeException TooLong(long number, int longest) => new(FormattableString.Invariant($"Line {number}"), longest, "bytes");
}
