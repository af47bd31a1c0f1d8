using Ingest.Imports;
using Parquet.Meta;

namespace Ingest.Tests;

/// <summary>Pages of differences that are small in the file and large in memory.</summary>
public class CheckDeltaTests
{
    // 4 mini blocks of 32 numbers.
    static byte[] Numbers(long count, long first, long step, int block = 128) =>
        [.. Varint((ulong)block), .. Varint(4), .. Varint((ulong)count), .. Varint((ulong)first << 1),
            .. Enumerable.Range(0, (int)((count + 126) / 128)).SelectMany(_ => (byte[])[.. Varint((ulong)step << 1), 0, 0, 0, 0])];

    static IEnumerable<byte> Varint(ulong value)
    {
        for (; value > 127; value >>= 7) yield return (byte)(value | 128);
        yield return (byte)value;
    }

    [Theory]
    [InlineData(128, true)]
    [InlineData(1024, true)]
    [InlineData(1 << 20, false)]
    [InlineData(0, false)]
    [InlineData(36, false)]
    public void Blocks_have_the_sizes_of_the_format(int block, bool isWhole) =>
        Assert.Equal(isWhole, CheckDelta.IsWhole(Numbers(100, 5, 1, block), Encoding.DELTA_BINARY_PACKED, 100, out _));

    [Fact]
    public void A_page_holds_no_more_numbers_than_it_says() =>
        Assert.False(CheckDelta.IsWhole(Numbers(101, 5, 1), Encoding.DELTA_BINARY_PACKED, 100, out _));

    [Fact]
    public void Texts_that_repeat_the_one_before_count_with_what_they_repeat()
    {
        // 1000 texts: the first has 10 bytes of its own, each other repeats one byte more.
        byte[] lengths = [.. Numbers(1000, 0, 1), .. Numbers(1000, 10, 0), .. new byte[10_000]];
        Assert.True(CheckDelta.IsWhole(lengths, Encoding.DELTA_BYTE_ARRAY, 1000, out var bytes));
        Assert.Equal(999 * 1000 / 2 + 10_000, bytes);
    }

    [Fact]
    public void Lengths_are_read_from_their_bits()
    {
        // 7, then 7 + 1 + 5, the 5 in 4 bits.
        byte[] lengths = [.. Varint(128), .. Varint(4), 2, 14, 2, 4, 0, 0, 0, 5, .. new byte[15], .. new byte[20]];
        Assert.True(CheckDelta.IsWhole(lengths, Encoding.DELTA_LENGTH_BYTE_ARRAY, 2, out var bytes));
        Assert.Equal(20, bytes);
    }

    [Fact]
    public void More_text_than_there_is_is_refused() =>
        Assert.False(CheckDelta.IsWhole(
            [.. Numbers(10, 10, 0), .. new byte[99]], Encoding.DELTA_LENGTH_BYTE_ARRAY, 10, out _));

    [Fact]
    public void Negative_lengths_are_refused() =>
        Assert.False(CheckDelta.IsWhole([128, 1, 4, 1, 1], Encoding.DELTA_LENGTH_BYTE_ARRAY, 1, out _));
}
