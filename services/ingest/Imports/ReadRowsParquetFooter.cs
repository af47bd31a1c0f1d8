using System.Buffers.Binary;
using ServiceDefaults;

namespace Ingest.Imports;

/// <summary>
/// Checks that a Parquet footer is intact before Parquet.Net reads it: a damaged one that makes the library read past the end sends it into
/// an endless loop. Walks Thrift's compact protocol; every step consumes a byte, so the check terminates.
/// </summary>
static class ReadRowsParquetFooter
{
    const int LargestFooter = 16 << 20;
    const int DeepestNesting = 32;
    const int TailLength = 8;

    /// <exception cref="InvalidInputException">The footer is damaged or too large.</exception>
    public static async Task Check(Stream stream, CancellationToken cancel)
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
        ReadOnlySpan<byte> rest = footer;
        if (!SkipStruct(ref rest, 0) || !rest.IsEmpty) throw Damaged("damaged in its footer");
    }

    static InvalidInputException Damaged(string how) => new("file", how, "a Parquet file");

    static bool SkipStruct(ref ReadOnlySpan<byte> rest, int depth)
    {
        while (TryByte(ref rest, out var header))
        {
            if (header == 0) return true;
            if (header >> 4 == 0 && !TryVarint(ref rest, out _)) return false;
            // A boolean field carries its value in the header.
            if ((header & 15) is not (1 or 2) && !Skip(ref rest, header & 15, depth)) return false;
        }
        return false;
    }

    static bool Skip(ref ReadOnlySpan<byte> rest, int type, int depth)
    {
        switch (type)
        {
            case 1 or 2 or 3:
                return SkipBytes(ref rest, 1);
            case 4 or 5 or 6:
                return TryVarint(ref rest, out _);
            case 7:
                return SkipBytes(ref rest, 8);
            case 8:
                return TryVarint(ref rest, out var length) && SkipBytes(ref rest, length);
            case 9 or 10 when depth < DeepestNesting:
                if (!TryByte(ref rest, out var header)) return false;
                var count = (ulong)header >> 4;
                if (count == 15 && !TryVarint(ref rest, out count)) return false;
                for (; count > 0; count--)
                    if (!Skip(ref rest, header & 15, depth + 1)) return false;
                return true;
            case 12 when depth < DeepestNesting:
                return SkipStruct(ref rest, depth + 1);
            // Parquet's footer contains no maps.
            default:
                return false;
        }
    }

    static bool SkipBytes(ref ReadOnlySpan<byte> rest, ulong count)
    {
        if (count > (ulong)rest.Length) return false;
        rest = rest[(int)count..];
        return true;
    }

    static bool TryByte(ref ReadOnlySpan<byte> rest, out byte value)
    {
        value = rest.IsEmpty ? (byte)0 : rest[0];
        return SkipBytes(ref rest, 1);
    }

    static bool TryVarint(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && TryByte(ref rest, out var part); shift += 7)
        {
            value |= (ulong)(part & 127) << shift;
            if (part < 128) return true;
        }
        return false;
    }
}
