using TwinModel.Twins;

namespace TwinState.Twins;

/// <summary>
/// Additions to a twin's history that have not been saved yet. Stored as bytes: with a thousand twins each holding a few seconds of
/// buckets, objects would survive long enough to be promoted by the garbage collector.
/// </summary>
sealed class UnsavedHistory
{
    // The buffer is reused for the next save, except after a catch-up, when it would be megabytes per twin.
    const int MostBytesKept = 16 * 1024;

    readonly MemoryStream bytes = new();
    readonly BinaryWriter writer;

    public UnsavedHistory() => writer = new(bytes);

    public int Buckets { get; private set; }

    public void Add(in RollupDelta delta)
    {
        writer.Write(delta.Sensor);
        writer.Write((byte)delta.Level);
        writer.Write(delta.Start);
        RollupBytes.Write(writer, delta.Bucket);
        Buckets++;
    }

    public void Clear()
    {
        bytes.SetLength(0);
        if (bytes.Capacity > MostBytesKept) bytes.Capacity = 0;
        Buckets = 0;
    }

    /// <summary>The additions in their stored form.</summary>
    public Dictionary<(RollupLevel Level, long BlockStart), RollupBlock> Blocks(Twin twin)
    {
        Dictionary<(RollupLevel, long), RollupBlock> blocks = [];
        using var reader = new BinaryReader(new MemoryStream(bytes.GetBuffer(), 0, (int)bytes.Length));
        for (var i = 0; i < Buckets; i++)
        {
            var (sensor, level, start) = (reader.ReadUInt16(), (RollupLevel)reader.ReadByte(), reader.ReadInt64());
            var key = (level, RollupBlock.Start(level, start));
            if (!blocks.TryGetValue(key, out var block)) blocks[key] = block = new();
            block.Add(new(sensor, level, start, RollupBytes.Read(reader, twin.Sensor(sensor)!.FixedPointBits)));
        }
        return blocks;
    }
}
