using System.Buffers;
using System.IO.Compression;
using TwinModel.Telemetry;

namespace ServiceDefaults.Seals;

/// <summary>
/// Writes columns of numbers and of bytes. A column of numbers keeps the differences of the order that has the least entropy, from their
/// smallest, and the bytes of equal weight side by side; what is left is compressed by Brotli.
/// </summary>
sealed class ColumnWriter
{
    const int Quality = 9, WindowBits = 22, MostDifferences = 2;

    readonly ArrayBufferWriter<byte> to = new(1 << 16);

    public ReadOnlySpan<byte> Written => to.WrittenSpan;

    public void Byte(byte value)
    {
        to.GetSpan(1)[0] = value;
        to.Advance(1);
    }

    public void Number(long value) => Varint.WriteSigned(to, value);

    public void Numbers(IReadOnlyList<long> values)
    {
        Varint.Write(to, (ulong)values.Count);
        if (values.Count == 0) return;
        long[] left = [.. values];
        var (best, bestBits, order) = (left, Bits(left), 0);
        for (var d = 1; d <= Math.Min(MostDifferences, values.Count - 1); d++)
        {
            left = [.. left.Zip(left.Skip(1), (a, b) => unchecked(b - a))];
            if (Bits(left) is var bits && bits < bestBits) (best, bestBits, order) = (left, bits, d);
        }
        Byte((byte)order);
        for (var i = 0; i < order; i++) Number(i == 0 ? values[0] : unchecked(values[1] - values[0]));
        var smallest = best.Min();
        Number(smallest);
        var planes = PlanesOf(best);
        Byte((byte)planes);
        Bytes(Plane(best, smallest, planes));
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Varint.Write(to, (ulong)bytes.Length);
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        var isSmaller = BrotliEncoder.TryCompress(bytes, packed, out var length, Quality, WindowBits) && length < bytes.Length;
        // 0: as they are.
        Varint.Write(to, isSmaller ? (ulong)length : 0);
        to.Write(isSmaller ? packed.AsSpan(0, length) : bytes);
    }

    static int PlanesOf(long[] values)
    {
        var range = unchecked((ulong)values.Max() - (ulong)values.Min());
        return (64 - System.Numerics.BitOperations.LeadingZeroCount(range) + 7) / 8;
    }

    static byte[] Plane(long[] values, long smallest, int planes)
    {
        var bytes = new byte[values.Length * planes];
        for (var i = 0; i < values.Length; i++)
        {
            var value = unchecked((ulong)values[i] - (ulong)smallest);
            for (var plane = 0; plane < planes; plane++) bytes[(plane * values.Length) + i] = (byte)(value >> (8 * plane));
        }
        return bytes;
    }

    // Entropy of the bytes of each weight.
    static double Bits(long[] values)
    {
        if (values.Length == 0) return 0;
        var planes = PlanesOf(values);
        var bytes = Plane(values, values.Min(), planes);
        var bits = 0.0;
        Span<int> counts = stackalloc int[256];
        for (var plane = 0; plane < planes; plane++)
        {
            counts.Clear();
            foreach (var b in bytes.AsSpan(plane * values.Length, values.Length)) counts[b]++;
            foreach (var count in counts)
                if (count > 0) bits -= count * Math.Log2((double)count / values.Length);
        }
        return bits;
    }
}

/// <summary>Reads what <see cref="ColumnWriter"/> wrote.</summary>
ref struct ColumnReader(ReadOnlySpan<byte> bytes)
{
    ReadOnlySpan<byte> from = bytes;

    public byte Byte()
    {
        var value = from[0];
        from = from[1..];
        return value;
    }

    public long Number() => Varint.ReadSigned(ref from);

    public long[] Numbers()
    {
        var values = new long[(int)Varint.Read(ref from)];
        if (values.Length == 0) return values;
        var order = Byte();
        for (var i = 0; i < order; i++) values[i] = Number();
        var smallest = Number();
        int planes = Byte(), count = values.Length - order;
        var bytes = Bytes();
        for (var i = 0; i < count; i++)
        {
            ulong value = 0;
            for (var plane = 0; plane < planes; plane++) value |= (ulong)bytes[(plane * count) + i] << (8 * plane);
            values[order + i] = unchecked((long)(value + (ulong)smallest));
        }
        // Place d has the first difference of order d, from where those of that order are added up.
        for (var d = order - 1; d >= 0; d--)
            for (var i = d + 1; i < values.Length; i++) values[i] = unchecked(values[i - 1] + values[i]);
        return values;
    }

    public byte[] Bytes()
    {
        var bytes = new byte[(int)Varint.Read(ref from)];
        var packed = (int)Varint.Read(ref from);
        if (packed == 0) from[..bytes.Length].CopyTo(bytes);
        else if (!BrotliDecoder.TryDecompress(from[..packed], bytes, out var length) || length != bytes.Length)
            throw new FormatException("A column cannot be decompressed.");
        from = from[(packed == 0 ? bytes.Length : packed)..];
        return bytes;
    }
}
