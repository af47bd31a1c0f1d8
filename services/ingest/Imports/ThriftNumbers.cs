namespace Ingest.Imports;

/// <summary>
/// Reads the whole numbers of a structure in Thrift's compact protocol and checks everything else in it. Every step consumes a byte, so it
/// ends.
/// </summary>
static class ThriftNumbers
{
    /// <summary>Fields whose numbers are kept; those of the structures directly in it follow, from this index on.</summary>
    public const int Fields = 16;

    /// <summary>Stands for a boolean that is false; 0 for one that is absent.</summary>
    public const long False = -1;

    const int DeepestNesting = 32;

    /// <summary>Takes a structure.</summary>
    /// <param name="rest">Begins with the structure; afterwards with what follows it.</param>
    /// <param name="shape">What it has to be.</param>
    /// <param name="numbers">Receives the numbers by field: twice <see cref="Fields"/>, or none.</param>
    /// <returns>False if it is cut off or something else.</returns>
    public static bool TryRead(ref ReadOnlySpan<byte> rest, ThriftShape shape, scoped Span<long> numbers)
    {
        numbers.Clear();
        return Structure(ref rest, shape, 0, numbers, numbers.IsEmpty ? -1 : 0);
    }

    static bool Structure(ref ReadOnlySpan<byte> rest, ThriftShape? shape, int depth, scoped Span<long> numbers, int from)
    {
        var number = 0L;
        while (TryByte(ref rest, out var header))
        {
            if (header == 0) return true;
            number += header >> 4;
            if (header >> 4 == 0)
            {
                if (!TryVarint(ref rest, out var given)) return false;
                number = Signed(given);
            }
            var type = header & 15;
            var field = shape?.Of(number);
            // A boolean field carries its value in the header.
            if (type is 1 or 2)
            {
                if (field is { Type: not 1 }) return false;
                if (from >= 0 && number is >= 0 and < Fields) numbers[from + (int)number] = type == 1 ? 1 : False;
                continue;
            }
            if (field is { } known && known.Type != type) return false;
            if (type is 4 or 5 or 6)
            {
                if (!TryVarint(ref rest, out var value)) return false;
                if (from >= 0 && number is >= 0 and < Fields) numbers[from + (int)number] = Signed(value);
            }
            else if (!Skip(ref rest, type, field, depth, numbers, from == 0 ? Fields : -1))
            {
                return false;
            }
        }
        return false;
    }

    static bool Skip(
        ref ReadOnlySpan<byte> rest, int type, ThriftShape.Field? field, int depth, scoped Span<long> numbers, int from)
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
            case ThriftShape.List when depth < DeepestNesting:
                if (!TryByte(ref rest, out var header)) return false;
                var count = (ulong)header >> 4;
                if (count == 15 && !TryVarint(ref rest, out count)) return false;
                var element = header & 15;
                if (count > 0 && field is { } list && list.Element != element) return false;
                for (; count > 0; count--)
                    if (!Skip(ref rest, element, field, depth + 1, numbers, -1)) return false;
                return true;
            case ThriftShape.Structure when depth < DeepestNesting:
                return Structure(ref rest, field?.Shape, depth + 1, numbers, from);
            // Parquet has no maps and sets.
            default:
                return false;
        }
    }

    /// <summary>The number that Thrift, like Parquet's delta encodings, writes with its sign in the last bit.</summary>
    public static long Signed(ulong zigzag) => (long)(zigzag >> 1) ^ -(long)(zigzag & 1);

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

    /// <summary>Reads a number of variable length.</summary>
    public static bool TryVarint(ref ReadOnlySpan<byte> rest, out ulong value)
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
