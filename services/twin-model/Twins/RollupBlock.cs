using TwinModel.Assets;

namespace TwinModel.Twins;

/// <summary>
/// The stored form of history: the buckets of all sensors of an asset in one time span. Equal content gives equal bytes.
/// A block of seconds spans a minute, a block of minutes an hour, a block of hours a day.
/// </summary>
public sealed class RollupBlock
{
    static readonly long[] SpanMicros = [60_000_000, 3_600_000_000, 86_400_000_000];

    readonly SortedDictionary<ushort, SortedDictionary<byte, Rollup>> sensors = [];

    /// <summary>Start of the block that contains a bucket, microseconds.</summary>
    public static long Start(RollupLevel level, long bucketStart)
    {
        var span = SpanMicros[(int)level];
        return bucketStart - (bucketStart % span + span) % span;
    }

    /// <summary>Length of a block, microseconds.</summary>
    public static long Span(RollupLevel level) => SpanMicros[(int)level];

    /// <summary>Merges an addition into its bucket.</summary>
    public void Add(in RollupDelta delta)
    {
        if (!sensors.TryGetValue(delta.Sensor, out var buckets)) sensors[delta.Sensor] = buckets = [];
        var index = (byte)((delta.Start - Start(delta.Level, delta.Start)) / Rollup.WidthMicros[(int)delta.Level]);
        buckets[index] = buckets.GetValueOrDefault(index).Merge(delta.Bucket);
    }

    /// <summary>Merges another block into this one and returns this one.</summary>
    public RollupBlock Merge(RollupBlock other)
    {
        foreach (var (sensor, additions) in other.sensors)
        {
            if (!sensors.TryGetValue(sensor, out var buckets)) sensors[sensor] = buckets = [];
            foreach (var (index, bucket) in additions) buckets[index] = buckets.GetValueOrDefault(index).Merge(bucket);
        }
        return this;
    }

    /// <summary>The stored form.</summary>
    public byte[] ToBytes()
    {
        using var memory = new MemoryStream(1024);
        using var writer = new BinaryWriter(memory);
        foreach (var (sensor, buckets) in sensors)
        {
            writer.Write(sensor);
            var lengthAt = memory.Position;
            writer.Write(0);
            foreach (var (index, bucket) in buckets)
            {
                writer.Write(index);
                RollupBytes.Write(writer, bucket);
            }
            var end = memory.Position;
            memory.Position = lengthAt;
            writer.Write((int)(end - lengthAt - sizeof(int)));
            memory.Position = end;
        }
        return memory.ToArray();
    }

    /// <summary>The block written by <see cref="ToBytes"/>; sensors that are no longer in the model are left out.</summary>
    public static RollupBlock FromBytes(byte[] bytes, AssetModel model)
    {
        var block = new RollupBlock();
        foreach (var sensor in model.Sensors)
        {
            var buckets = new SortedDictionary<byte, Rollup>();
            foreach (var (index, bucket) in Read(bytes, sensor)) buckets[index] = bucket;
            if (buckets.Count > 0) block.sensors[sensor.Number] = buckets;
        }
        return block;
    }

    /// <summary>One sensor's buckets of a stored block with their starts, oldest first; other sensors' bytes are skipped.</summary>
    /// <param name="bytes">Made by <see cref="ToBytes"/>.</param>
    /// <param name="sensor">The sensor.</param>
    /// <param name="level">The block's level.</param>
    /// <param name="blockStart">The block's start, microseconds.</param>
    public static IEnumerable<(long Start, Rollup Bucket)> Read(byte[] bytes, Sensor sensor, RollupLevel level, long blockStart) =>
        Read(bytes, sensor).Select(b => (blockStart + b.Index * Rollup.WidthMicros[(int)level], b.Bucket));

    static IEnumerable<(byte Index, Rollup Bucket)> Read(byte[] bytes, Sensor sensor)
    {
        var fixedPointBits = Rollup.FixedPointBits(sensor);
        using var reader = new BinaryReader(new MemoryStream(bytes));
        var stream = reader.BaseStream;
        while (stream.Position < bytes.Length)
        {
            var number = reader.ReadUInt16();
            var length = reader.ReadInt32();
            var end = stream.Position + length;
            if (number != sensor.Number)
            {
                stream.Position = end;
                continue;
            }
            while (stream.Position < end) yield return (reader.ReadByte(), RollupBytes.Read(reader, fixedPointBits));
            yield break;
        }
    }
}
