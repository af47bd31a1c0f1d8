using System.Buffers;

namespace TwinModel.Telemetry;

/// <summary>Base-128 varints with zigzag for signed numbers, as protobuf writes them.</summary>
public static class Varint
{
    /// <summary>Appends a number.</summary>
    public static void Write(ArrayBufferWriter<byte> to, ulong value)
    {
        var span = to.GetSpan(10);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        span[length++] = (byte)value;
        to.Advance(length);
    }

    /// <summary>Appends a signed number.</summary>
    public static void WriteSigned(ArrayBufferWriter<byte> to, long value) => Write(to, (ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Takes a number.</summary>
    /// <exception cref="FormatException">It is cut off.</exception>
    public static ulong Read(ref ReadOnlySpan<byte> from)
    {
        ulong value = 0;
        for (var i = 0; i < 10; i++)
        {
            if (i == from.Length) break;
            var b = from[i];
            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                from = from[(i + 1)..];
                return value;
            }
        }
        throw new FormatException("A varint in a telemetry batch is cut off or longer than 10 bytes.");
    }

    /// <summary>Takes a signed number.</summary>
    /// <exception cref="FormatException">It is cut off.</exception>
    public static long ReadSigned(ref ReadOnlySpan<byte> from)
    {
        var raw = Read(ref from);
        return (long)(raw >> 1) ^ -(long)(raw & 1);
    }
}
