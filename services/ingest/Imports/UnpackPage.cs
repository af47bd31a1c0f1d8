using System.IO.Compression;
using K4os.Compression.LZ4;
using Parquet.Meta;
using Snappier;
using ZstdSharp;

namespace Ingest.Imports;

/// <summary>Unpacks a page of a Parquet file, to be looked at before Parquet.Net does it again.</summary>
static class UnpackPage
{
    /// <param name="packed">The bytes that are compressed: without the levels of a page of version 2.</param>
    /// <param name="codec">Of the column.</param>
    /// <param name="length">Bytes that the page says it has.</param>
    /// <returns>As many bytes as there are; fewer in a damaged page.</returns>
    public static byte[] Of(byte[] packed, CompressionCodec codec, int length)
    {
        var page = new byte[length];
        var count = codec switch
        {
            CompressionCodec.UNCOMPRESSED => Plain(packed, page),
            CompressionCodec.SNAPPY => Snappy.Decompress(packed, page),
            CompressionCodec.ZSTD => Zstandard(packed, page),
            CompressionCodec.LZ4_RAW => LZ4Codec.Decode(packed, page),
            CompressionCodec.GZIP => Read(new GZipStream(new MemoryStream(packed), CompressionMode.Decompress), page),
            CompressionCodec.BROTLI => Read(new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress), page),
            _ => throw new NotSupportedException(),
        };
        return page[..Math.Max(count, 0)];
    }

    static int Plain(byte[] packed, byte[] page)
    {
        var count = Math.Min(packed.Length, page.Length);
        packed.AsSpan(0, count).CopyTo(page);
        return count;
    }

    static int Zstandard(byte[] packed, byte[] page)
    {
        using var decompressor = new Decompressor();
        return decompressor.Unwrap(packed, page);
    }

    static int Read(Stream stream, byte[] page)
    {
        using var _ = stream;
        return stream.ReadAtLeast(page, page.Length, throwOnEndOfStream: false);
    }
}
