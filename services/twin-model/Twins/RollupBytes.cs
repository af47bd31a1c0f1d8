namespace TwinModel.Twins;

/// <summary>Converts buckets to and from bytes; the encoding is unique, so equal histories have equal bytes.</summary>
public static class RollupBytes
{
    /// <summary>Writes one bucket.</summary>
    public static void Write(BinaryWriter to, in Rollup bucket)
    {
        to.Write7BitEncodedInt64(bucket.Count);
        if (bucket.Count == 0) return;
        to.Write(bucket.FirstAt);
        to.Write(bucket.First);
        if (bucket.Count == 1) return;
        to.Write(bucket.LastAt);
        to.Write(bucket.Last);
        to.Write(bucket.Min);
        to.Write(bucket.Max);
        to.Write((ulong)(bucket.Sum >> 64));
        to.Write((ulong)bucket.Sum);
    }

    /// <summary>Reads one bucket of a sensor whose sums have <paramref name="fixedPointBits"/>.</summary>
    public static Rollup Read(BinaryReader from, int fixedPointBits)
    {
        var count = from.Read7BitEncodedInt64();
        if (count == 0) return default;
        var (firstAt, first) = (from.ReadInt64(), from.ReadDouble());
        if (count == 1) return Rollup.Of(firstAt, first, fixedPointBits);
        return new()
        {
            Count = count,
            FirstAt = firstAt,
            First = first,
            LastAt = from.ReadInt64(),
            Last = from.ReadDouble(),
            Min = from.ReadDouble(),
            Max = from.ReadDouble(),
            Sum = new Int128(from.ReadUInt64(), from.ReadUInt64()),
        };
    }
}
