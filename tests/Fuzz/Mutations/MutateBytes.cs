using System.Buffers.Binary;

namespace Fuzz.Mutations;

/// <summary>Mutations for any format.</summary>
static class MutateBytes
{
    const int MostRepeated = 1 << 16;

    static readonly byte[] Notable = [0, 1, 0x0A, 0x0D, 0x20, 0x22, 0x2C, 0x5B, 0x5C, 0x5D, 0x7B, 0x7D, 0x7F, 0x80, 0xC0, 0xFE, 0xFF];

    static readonly ulong[] Extremes =
    [
        0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000,
        0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFF,
        // The numbers that are infinite and not a number, as float and double.
        0x7F80_0000, 0x7FC0_0000, 0x7FF0_0000_0000_0000, 0x7FF8_0000_0000_0000,
    ];

    // Cut off, too long, surrogates, beyond Unicode, and U+0000, U+FEFF, U+FFFD.
    static readonly byte[][] Utf8 =
    [
        [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
        [0x80], [0], [0xEF, 0xBB, 0xBF], [0xEF, 0xBF, 0xBD], [0xF0, 0x9F, 0x98, 0x80],
    ];

    public static readonly Mutation[] All =
    [
        (bytes, dice, _) => Changed(bytes, dice, b => (byte)(b ^ (1 << dice.Below(8)))),
        (bytes, dice, _) => Changed(bytes, dice, _ => dice.Of(Notable)),
        (bytes, dice, _) => Changed(bytes, dice, _ => (byte)dice.Next()),
        // Shorter.
        (bytes, dice, _) => bytes[..dice.Below(bytes.Length)],
        (bytes, dice, _) => Range(bytes, dice) is var (from, count) ? bytes.With(from, count, []) : bytes,
        // Longer.
        (bytes, dice, _) => bytes.With(dice.Below(bytes.Length + 1), 0, dice.Bytes(1 + dice.Small(64))),
        (bytes, dice, _) => bytes.With(dice.Below(bytes.Length + 1), 0, dice.Of(Utf8)),
        (bytes, dice, _) => Range(bytes, dice) is var (from, count) ? bytes.With(from, 0, bytes.AsSpan(from, count)) : bytes,
        Repeated,
        Spliced,
        Number,
        (bytes, dice, _) => Range(bytes, dice) is var (from, count) ? bytes.With(from, count, Reversed(bytes.AsSpan(from, count))) : bytes,
    ];

    public static ulong Extreme(Dice dice) => dice.Of(Extremes) + (dice.OneIn(4) ? dice.Next() % 3 - 1 : 0);

    static byte[] Changed(byte[] bytes, Dice dice, Func<byte, byte> change)
    {
        if (bytes.Length == 0) return bytes;
        byte[] changed = [.. bytes];
        ref var one = ref changed[dice.Below(bytes.Length)];
        one = change(one);
        return changed;
    }

    static (int From, int Count) Range(byte[] bytes, Dice dice)
    {
        var from = dice.Below(bytes.Length);
        return (from, Math.Min(bytes.Length - from, 1 + dice.Small(bytes.Length)));
    }

    static byte[] Reversed(ReadOnlySpan<byte> bytes)
    {
        var reversed = bytes.ToArray();
        Array.Reverse(reversed);
        return reversed;
    }

    static byte[] Repeated(byte[] bytes, Dice dice, IReadOnlyList<byte[]> examples)
    {
        if (bytes.Length == 0) return bytes;
        var (from, count) = Range(bytes, dice);
        // Seldom many, as they take long to read.
        var times = Math.Min(dice.OneIn(50) ? dice.Below(MostRepeated) : dice.Small(200), MostRepeated / count);
        var repeated = new byte[times * count];
        for (var i = 0; i < times; i++) bytes.AsSpan(from, count).CopyTo(repeated.AsSpan(i * count));
        return bytes.With(from, 0, repeated);
    }

    static byte[] Spliced(byte[] bytes, Dice dice, IReadOnlyList<byte[]> examples)
    {
        var other = dice.Of(examples);
        return [.. bytes.AsSpan(0, dice.Below(bytes.Length + 1)), .. other.AsSpan(dice.Below(other.Length + 1))];
    }

    static byte[] Number(byte[] bytes, Dice dice, IReadOnlyList<byte[]> examples)
    {
        var size = 1 << dice.Below(4);
        if (bytes.Length < size) return bytes;
        var number = new byte[8];
        if (dice.OneIn(2)) BinaryPrimitives.WriteUInt64LittleEndian(number, Extreme(dice));
        else BinaryPrimitives.WriteUInt64BigEndian(number, Extreme(dice) << (64 - 8 * size));
        return bytes.With(dice.Below(bytes.Length - size + 1), size, number.AsSpan(0, size));
    }
}
