using System.Buffers.Binary;
using Parquet.Meta;
using ServiceDefaults;
using PhysicalType = Parquet.Meta.Type;

namespace Ingest.Imports;

/// <summary>
/// Checks the parts of a Parquet file that say how much follows before Parquet.Net believes them: a damaged footer or page header sends the
/// library into an endless loop when it reads past the end, and it allocates whatever size a page claims to have.
/// </summary>
static class CheckParquet
{
    const int LargestFooter = 16 << 20;
    const int TailLength = 8;

    // Of a page header; its statistics may hold long texts.
    const int FirstTry = 1 << 9, LargestHeader = 1 << 20;

    // Constant values compress well, but not without end; small pages may.
    const long BytesPerCompressedByte = 10_000, AnySize = 1 << 20;

    /// <exception cref="InvalidInputException">The footer is damaged or too large.</exception>
    public static async Task Footer(Stream stream, CancellationToken cancel)
    {
        var tail = new byte[TailLength];
        if (stream.Length < TailLength + 4) throw Damaged("too short");
        stream.Position = stream.Length - TailLength;
        await stream.ReadExactlyAsync(tail, cancel);
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!tail.AsSpan(4).SequenceEqual("PAR1"u8) || length <= 0 || length > Math.Min(LargestFooter, stream.Length - TailLength))
            throw Damaged("not ending in a footer");
        var footer = new byte[length];
        stream.Position = stream.Length - TailLength - length;
        await stream.ReadExactlyAsync(footer, cancel);
        stream.Position = 0;
        if (!IsStruct(footer)) throw Damaged("damaged in its footer");
    }

    static bool IsStruct(ReadOnlySpan<byte> rest) => ThriftNumbers.TryRead(ref rest, ThriftShape.Footer, []) && rest.IsEmpty;

    /// <summary>Walks the pages of a column.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="column">The column in its row group, as the footer describes it.</param>
    /// <param name="isNullable">Pages say which rows have a value.</param>
    /// <param name="rows">Of the row group.</param>
    /// <param name="most">Bytes that it may have.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <returns>Bytes of its pages once they are unpacked.</returns>
    /// <exception cref="InvalidInputException">A page header is damaged, or pages do not hold as many values as the row group has
    /// rows.</exception>
    /// <exception cref="TooLargeException">Unpacked, the pages have more bytes.</exception>
    public static async Task<long> Pages(
        Stream stream, ColumnMetaData? column, bool isNullable, long rows, long most, CancellationToken cancel)
    {
        if (column is null || column.NumValues != rows) throw Damaged("without a value for each row");
        var at = Math.Min(column.DataPageOffset, column.DictionaryPageOffset is > 0 and var dictionary ? dictionary : long.MaxValue);
        var (values, unpacked) = (0L, 0L);
        while (values < rows)
        {
            if (at < 4 || at >= stream.Length - TailLength) throw Damaged("damaged in its pages");
            var (header, length) = await Header(stream, at, cancel);
            var isPacked = column.Codec == CompressionCodec.SNAPPY && !header.IsPlain && header.Compressed > header.Levels;
            if (header.Levels < 0 || header.Levels > header.Compressed
                || (isPacked && await SnappyLength(stream, at + length + header.Levels, cancel) != header.Unpacked - header.Levels))
                throw Damaged("damaged in its pages");
            var page = at + length;
            at = page + header.Compressed;
            // Entries of a dictionary are not values; each has at least a byte.
            values += header.IsOfData ? header.Values : 0;
            unpacked += header.Unpacked;
            if (header.Compressed < 0 || header.Unpacked < 0 || header.Values < 0 || values > rows || at > stream.Length - TailLength
                || (header.IsOfData ? !CanHold(column.Type, header.Encoding) : header.Values > header.Unpacked)
                || header.Unpacked > AnySize + BytesPerCompressedByte * header.Compressed)
                throw Damaged("damaged in its pages");
            if (unpacked <= most && header.IsOfData && CheckDelta.Concerns(header.Encoding))
                unpacked += await Texts(stream, page, header, column.Codec, isNullable, cancel);
            if (unpacked > most) throw new TooLargeException("A column of a row group, unpacked,", most, "bytes");
        }
        return unpacked;
    }

    // Bytes of the texts in a delta-encoded page.
    static async Task<long> Texts(
        Stream stream, long at, PageNumbers header, CompressionCodec codec, bool isNullable, CancellationToken cancel)
    {
        var packed = new byte[header.Compressed - header.Levels];
        stream.Position = at + header.Levels;
        await stream.ReadExactlyAsync(packed, cancel);
        var page = UnpackPage.Of(
            packed, header.IsPlain ? CompressionCodec.UNCOMPRESSED : codec, (int)Math.Max(header.Unpacked - header.Levels, 0));
        var levels = 0;
        if (!header.IsSecond && isNullable)
        {
            if (page.Length < sizeof(int)) throw Damaged("damaged in its pages");
            levels = BinaryPrimitives.ReadInt32LittleEndian(page);
            if (levels < 0 || levels > page.Length - sizeof(int)) throw Damaged("damaged in its pages");
            levels += sizeof(int);
        }
        // Of a page without values, some writers leave out everything.
        if (levels == page.Length) return 0;
        return CheckDelta.IsWhole(page.AsSpan(levels), header.Encoding, header.Values, out var bytes)
            ? bytes
            : throw Damaged("damaged in its pages");
    }

    // The library decodes others as what they are not, and ends the process by reading where nothing is.
    static bool CanHold(PhysicalType type, Encoding encoding) => encoding switch
    {
        Encoding.PLAIN => true,
        Encoding.PLAIN_DICTIONARY or Encoding.RLE_DICTIONARY => type != PhysicalType.BOOLEAN,
        Encoding.RLE => type == PhysicalType.BOOLEAN,
        Encoding.DELTA_BINARY_PACKED => type is PhysicalType.INT32 or PhysicalType.INT64,
        Encoding.DELTA_LENGTH_BYTE_ARRAY => type == PhysicalType.BYTE_ARRAY,
        Encoding.DELTA_BYTE_ARRAY => type is PhysicalType.BYTE_ARRAY or PhysicalType.FIXED_LEN_BYTE_ARRAY,
        Encoding.BYTE_STREAM_SPLIT => type is not (PhysicalType.BOOLEAN or PhysicalType.BYTE_ARRAY or PhysicalType.INT96),
        _ => false,
    };

    /// <param name="IsOfData">Not a dictionary, nor anything else.</param>
    /// <param name="IsSecond">Of version 2: its levels are not compressed.</param>
    /// <param name="Encoding">Of the values.</param>
    /// <param name="Unpacked">Bytes.</param>
    /// <param name="Compressed">Bytes in the file.</param>
    /// <param name="Values">Of data or a dictionary.</param>
    /// <param name="Levels">Bytes before those that are compressed.</param>
    /// <param name="IsPlain">It is not compressed, though the column is.</param>
    readonly record struct PageNumbers(
        bool IsOfData, bool IsSecond, Encoding Encoding, long Unpacked, long Compressed, long Values, long Levels, bool IsPlain);

    // The library allocates what the first bytes of Snappy say.
    static async Task<long> SnappyLength(Stream stream, long at, CancellationToken cancel)
    {
        var bytes = new byte[(int)Math.Clamp(stream.Length - at, 0, 5)];
        stream.Position = at;
        await stream.ReadExactlyAsync(bytes, cancel);
        var value = 0L;
        for (var i = 0; i < bytes.Length; i++)
        {
            value |= (long)(bytes[i] & 127) << (7 * i);
            if (bytes[i] < 128) return value;
        }
        return -1;
    }

    static async Task<(PageNumbers Header, int Length)> Header(Stream stream, long at, CancellationToken cancel)
    {
        for (var size = FirstTry; size <= LargestHeader; size <<= 2)
        {
            var bytes = new byte[Math.Min(size, stream.Length - at)];
            stream.Position = at;
            await stream.ReadExactlyAsync(bytes, cancel);
            if (Read(bytes) is { } header) return header;
            if (bytes.Length < size) break;
        }
        throw Damaged("damaged in its pages");
    }

    static (PageNumbers Header, int Length)? Read(ReadOnlySpan<byte> bytes)
    {
        // PageHeader: 1 type, 2 and 3 its sizes; 5, 7 and 8 the header of a data page, a dictionary, a data page of version 2. Their first
        // field is the number of values, the second the encoding; in version 2, 4 is the encoding, 5 and 6 are the lengths of levels, and 7
        // says whether it is compressed.
        Span<long> numbers = stackalloc long[2 * ThriftNumbers.Fields];
        var rest = bytes;
        if (!ThriftNumbers.TryRead(ref rest, ThriftShape.PageHeader, numbers)) return null;
        var type = (PageType)numbers[1];
        var inner = numbers[ThriftNumbers.Fields..];
        var isSecond = type == PageType.DATA_PAGE_V2;
        return (new(
            isSecond || type == PageType.DATA_PAGE, isSecond, (Encoding)(isSecond ? inner[4] : inner[2]), numbers[2], numbers[3], inner[1],
            isSecond ? Math.Max(inner[5], 0) + Math.Max(inner[6], 0) : 0, isSecond && inner[7] == ThriftNumbers.False),
            bytes.Length - rest.Length);
    }

    static InvalidInputException Damaged(string how) => new("file", how, "a Parquet file");
}
