using Parquet.Meta;

namespace Ingest.Imports;

/// <summary>
/// Checks the numbers in a delta-encoded page that Parquet.Net allocates by: the size of its blocks, and the lengths of texts, each of
/// which may repeat the whole text before it.
/// </summary>
/// <remarks>The encodings: https://github.com/apache/parquet-format/blob/master/Encodings.md.</remarks>
static class CheckDelta
{
    // Writers use 128 to 1024.
    const int LargestBlock = 1 << 16;
    const int Widest = 64;

    /// <summary>Whether the encoding holds such numbers.</summary>
    public static bool Concerns(Encoding encoding) =>
        encoding is Encoding.DELTA_BINARY_PACKED or Encoding.DELTA_LENGTH_BYTE_ARRAY or Encoding.DELTA_BYTE_ARRAY;

    /// <param name="values">The page, unpacked, after its levels.</param>
    /// <param name="encoding">One of the three.</param>
    /// <param name="mostValues">In the page.</param>
    /// <param name="bytes">Of its texts, with what each repeats; 0 for numbers.</param>
    /// <returns>Whether the page is what it says.</returns>
    public static bool IsWhole(ReadOnlySpan<byte> values, Encoding encoding, long mostValues, out long bytes)
    {
        bytes = 0;
        if (encoding == Encoding.DELTA_BINARY_PACKED) return TryHeader(ref values, mostValues, out _);
        if (encoding == Encoding.DELTA_BYTE_ARRAY && !TryLengths(ref values, mostValues, ref bytes)) return false;
        var repeated = bytes;
        return TryLengths(ref values, mostValues, ref bytes) && bytes - repeated <= values.Length;
    }

    readonly record struct Header(int MiniBlocks, int PerMiniBlock, long Count, long First);

    static bool TryHeader(ref ReadOnlySpan<byte> rest, long mostValues, out Header header)
    {
        header = default;
        if (!ThriftNumbers.TryVarint(ref rest, out var block) || !ThriftNumbers.TryVarint(ref rest, out var miniBlocks)
            || !ThriftNumbers.TryVarint(ref rest, out var count) || !ThriftNumbers.TryVarint(ref rest, out var first)
            || block is 0 or > LargestBlock || miniBlocks == 0 || block % miniBlocks != 0 || block / miniBlocks % 8 != 0
            || count > (ulong)mostValues)
            return false;
        header = new((int)miniBlocks, (int)(block / miniBlocks), (long)count, ThriftNumbers.Signed(first));
        return true;
    }

    // Adds up non-negative numbers.
    static bool TryLengths(ref ReadOnlySpan<byte> rest, long mostValues, ref long sum)
    {
        if (!TryHeader(ref rest, mostValues, out var header)) return false;
        if (header.Count == 0) return true;
        var (length, left) = (header.First, header.Count - 1);
        if (length is < 0 or > int.MaxValue) return false;
        sum += length;
        while (left > 0)
        {
            if (!ThriftNumbers.TryVarint(ref rest, out var least) || rest.Length < header.MiniBlocks) return false;
            var widths = rest[..header.MiniBlocks];
            rest = rest[header.MiniBlocks..];
            for (var m = 0; m < widths.Length && left > 0; m++)
            {
                var size = header.PerMiniBlock / 8 * widths[m];
                if (widths[m] > Widest || rest.Length < size) return false;
                for (var i = 0; i < header.PerMiniBlock && left > 0; i++, left--)
                {
                    length = unchecked(length + ThriftNumbers.Signed(least) + Bits(rest, i * widths[m], widths[m]));
                    if (length is < 0 or > int.MaxValue) return false;
                    sum += length;
                }
                rest = rest[size..];
            }
        }
        return true;
    }

    static long Bits(ReadOnlySpan<byte> packed, int from, int width)
    {
        var value = 0UL;
        for (var i = 0; i < width; i++)
            value |= ((ulong)packed[(from + i) >> 3] >> ((from + i) & 7) & 1) << i;
        return (long)value;
    }
}
