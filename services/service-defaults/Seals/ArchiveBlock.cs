using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Contracts.Telemetry.V1;
using Google.Protobuf;
using TwinModel.Telemetry;

namespace ServiceDefaults.Seals;

/// <summary>
/// Consecutive events of readings of one stream, packed: lossless to the byte, so that their hashes stay the same. What the batches have in
/// common (which sensors, how many samples) is stored once, and the numbers in them become columns, as do positions, times, ids and the
/// numbers in headers. The last 32 bytes are the SHA-256 of the others. A block is written once and never changes: another layout gets
/// another first byte.
/// </summary>
public static class ArchiveBlock
{
    const byte Layout = 1;

    // In the place of a shape: a batch that is not made of the usual parts is kept as it is; and in the place of an id: it is the one that
    // follows from the version.
    const int AsItIs = 0, Derived = 1;

    // Some ids begin with a time, others end with one.
    const int IdTimeBytes = 6;

    static readonly long[] PowersOfTen = [.. Enumerable.Range(0, 19).Select(
        i => long.Parse("1" + new string('0', i), CultureInfo.InvariantCulture))];

    /// <summary>Packs events of one stream with consecutive versions, each with bytes.</summary>
    public static byte[] Pack(IReadOnlyList<LoggedEvent> events)
    {
        var to = new ColumnWriter();
        to.Byte(Layout);
        to.Numbers([.. events.Select(e => e.Position)]);
        to.Numbers([.. events.Select(e => e.RecordedAt)]);
        to.Number(events[0].Version);
        var (texts, loose) = (new Dictionaries(), new ArrayBufferWriter<byte>());
        List<long> ids = [], idTimes = [], idEnds = [], kinds = [], templates = [], inHeaders = [];
        Span<byte> id = stackalloc byte[16];
        foreach (var e in events)
        {
            var isDerived = e.Id == EventIds.Of(e.Stream, e.Version);
            ids.Add(isDerived ? Derived : AsItIs);
            if (!isDerived)
            {
                e.Id.TryWriteBytes(id, bigEndian: true, out _);
                idTimes.Add(Number(id[..IdTimeBytes]));
                idEnds.Add(Number(id[^IdTimeBytes..]));
                loose.Write(id[IdTimeBytes..^IdTimeBytes]);
            }
            kinds.Add(texts.Kinds.Of(string.Join('\0', e.Type, e.Tenant, e.Data)));
            templates.Add(texts.Templates.Of(e.Headers is null ? "" : HeaderText.Take(e.Headers, e.RecordedAt, inHeaders, loose)));
        }
        var batches = events.Select(e => BatchParts.Of(e.Bytes!)).ToList();
        var scales = batches.SelectMany(b => b?.Sensors ?? []).Where(s => s.Mantissas is not null).GroupBy(s => s.Sensor)
            .ToDictionary(s => s.Key, s => s.Max(c => c.Scale));
        List<long> shapes = [], firsts = [], spans = [];
        SortedDictionary<uint, (List<long> Scales, List<long> Values)> sensors = [];
        foreach (var sensor in scales.Keys) sensors.Add(sensor, ([], []));
        foreach (var (batch, bytes) in batches.Zip(events.Select(e => e.Bytes!)))
        {
            if (batch is null || !batch.Fits(scales))
            {
                shapes.Add(AsItIs);
                Varint.Write(loose, (ulong)bytes.Length);
                loose.Write(bytes);
                continue;
            }
            shapes.Add(1 + texts.Shapes.Of(Convert.ToHexString(batch.Shape)));
            firsts.Add(batch.First);
            spans.Add(unchecked(batch.Last - batch.First));
            foreach (var times in batch.Times) loose.Write(times);
            foreach (var column in batch.Sensors)
            {
                if (column.Mantissas is null)
                {
                    Varint.Write(loose, (ulong)column.Other!.Length);
                    loose.Write(column.Other);
                    continue;
                }
                sensors[column.Sensor].Scales.Add(column.Scale);
                var factor = PowersOfTen[scales[column.Sensor] - column.Scale];
                sensors[column.Sensor].Values.AddRange(column.Mantissas.Select(m => m * factor));
            }
        }
        to.Bytes(texts.ToBytes(events[0].Stream));
        foreach (var column in new[] { ids, idTimes, idEnds, kinds, templates, inHeaders, shapes, firsts, spans }) to.Numbers(column);
        to.Bytes(loose.WrittenSpan);
        to.Number(sensors.Count);
        foreach (var (sensor, (ofSensor, values)) in sensors)
        {
            to.Number(sensor);
            to.Number(scales[sensor]);
            to.Numbers(ofSensor);
            to.Numbers(values);
        }
        return [.. to.Written, .. SHA256.HashData(to.Written)];
    }

    /// <summary>The events of a block.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static LoggedEvent[] Unpack(ReadOnlySpan<byte> block)
    {
        var from = Open(block);
        var (positions, recordedAt, firstVersion) = (from.Numbers(), from.Numbers(), from.Number());
        var texts = new Dictionaries();
        var stream = texts.Read(from.Bytes());
        var (ids, idTimes, idEnds) = (from.Numbers(), new Queue<long>(from.Numbers()), new Queue<long>(from.Numbers()));
        var (kinds, templates) = (from.Numbers(), from.Numbers());
        var inHeaders = new Queue<long>(from.Numbers());
        var (shapes, firsts, spans) = (from.Numbers(), new Queue<long>(from.Numbers()), new Queue<long>(from.Numbers()));
        ReadOnlySpan<byte> loose = from.Bytes();
        Dictionary<uint, SensorValues> sensors = [];
        for (var left = from.Number(); left > 0; left--)
            sensors.Add((uint)from.Number(), new((int)from.Number(), from.Numbers(), from.Numbers()));

        // Of all events first the ids and headers, then the batches: the order in which they were written.
        var events = new LoggedEvent[positions.Length];
        Span<byte> id = stackalloc byte[16];
        for (var i = 0; i < events.Length; i++)
        {
            if (ids[i] == AsItIs)
            {
                Number(idTimes.Dequeue(), id[..IdTimeBytes]);
                Number(idEnds.Dequeue(), id[^IdTimeBytes..]);
                loose[..(16 - (2 * IdTimeBytes))].CopyTo(id[IdTimeBytes..]);
                loose = loose[(16 - (2 * IdTimeBytes))..];
            }
            var kind = texts.Kinds[kinds[i]].Split('\0');
            var template = texts.Templates[templates[i]];
            events[i] = new(
                positions[i], firstVersion + i, recordedAt[i],
                ids[i] == Derived ? EventIds.Of(stream, firstVersion + i) : new Guid(id, bigEndian: true), stream, kind[0], kind[1],
                template.Length == 0 ? null : HeaderText.Put(template, recordedAt[i], inHeaders, ref loose), kind[2], null);
        }
        var parsed = texts.Shapes.All.Select(s => TelemetryBatch.Parser.ParseFrom(Convert.FromHexString(s))).ToList();
        for (var i = 0; i < events.Length; i++)
        {
            byte[] bytes;
            if (shapes[i] == AsItIs)
            {
                var length = (int)Varint.Read(ref loose);
                bytes = loose[..length].ToArray();
                loose = loose[length..];
            }
            else
            {
                var first = firsts.Dequeue();
                bytes = BatchParts.Join(parsed[(int)shapes[i] - 1], first, unchecked(first + spans.Dequeue()), ref loose, sensors);
            }
            events[i] = events[i] with { Bytes = bytes };
        }
        return events;
    }

    /// <summary>The positions of a block and when they were recorded, microseconds, without unpacking the rest.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static (long[] Positions, long[] RecordedAt) Times(ReadOnlySpan<byte> block)
    {
        var from = Open(block);
        return (from.Numbers(), from.Numbers());
    }

    /// <summary>Number of readings in a batch; 0 if it is none.</summary>
    public static int ReadingsIn(byte[] bytes)
    {
        try
        {
            var batch = TelemetryBatch.Parser.ParseFrom(bytes);
            return batch.Sensors.Sum(s => s.TimeColumn < batch.Times.Count ? (int)batch.Times[(int)s.TimeColumn].Count : 0);
        }
        catch (InvalidProtocolBufferException)
        {
            return 0;
        }
    }

    static ColumnReader Open(ReadOnlySpan<byte> block)
    {
        if (block.Length <= SHA256.HashSizeInBytes
            || !SHA256.HashData(block[..^SHA256.HashSizeInBytes]).AsSpan().SequenceEqual(block[^SHA256.HashSizeInBytes..]))
            throw new InvalidDataException("its bytes do not have the hash that they were written with");
        var from = new ColumnReader(block[..^SHA256.HashSizeInBytes]);
        return from.Byte() == Layout ? from : throw new InvalidDataException("it was written by a newer version of this program");
    }

    static long Number(ReadOnlySpan<byte> bytes)
    {
        long value = 0;
        foreach (var b in bytes) value = (value << 8) | b;
        return value;
    }

    static void Number(long value, Span<byte> to)
    {
        for (var i = to.Length - 1; i >= 0; i--, value >>= 8) to[i] = (byte)value;
    }

    /// <summary>The values of a sensor, with the decimals that all of them have and those that each column was written with.</summary>
    sealed class SensorValues(int scale, long[] scales, long[] values)
    {
        int column, value;

        public uint Take(int count, ArrayBufferWriter<byte> deltas)
        {
            var factor = PowersOfTen[scale - scales[column]];
            long previous = 0;
            for (var i = 0; i < count; i++)
            {
                var mantissa = values[value++] / factor;
                Varint.WriteSigned(deltas, mantissa - previous);
                previous = mantissa;
            }
            return (uint)scales[column++];
        }
    }

    sealed record SensorPart(uint Sensor, int Scale, long[]? Mantissas, byte[]? Other);

    /// <summary>An encoded batch, taken apart. What makes batches alike is in <c>Shape</c>: the same message without its numbers.</summary>
    sealed record BatchParts(byte[] Shape, long First, long Last, List<byte[]> Times, List<SensorPart> Sensors)
    {
        /// <summary>Null if it could not be put together again to the same bytes.</summary>
        public static BatchParts? Of(byte[] bytes)
        {
            try
            {
                var batch = TelemetryBatch.Parser.ParseFrom(bytes);
                var shape = batch.Clone();
                (shape.FirstSampleMicros, shape.LastSampleMicros) = (0, 0);
                List<byte[]> times = [];
                foreach (var time in shape.Times)
                {
                    if (Numbers(time.Deltas.Span, time.Count) is null) return null;
                    times.Add(time.Deltas.ToByteArray());
                    time.Deltas = ByteString.Empty;
                }
                List<SensorPart> sensors = [];
                foreach (var column in shape.Sensors)
                {
                    if (TakeValues(column, batch.Times[(int)column.TimeColumn].Count) is not { } part) return null;
                    sensors.Add(part);
                }
                BatchParts parts = new(shape.ToByteArray(), batch.FirstSampleMicros, batch.LastSampleMicros, times, sensors);
                return parts.Joined().AsSpan().SequenceEqual(bytes) ? parts : null;
            }
            catch (Exception e) when (e is InvalidProtocolBufferException or FormatException or ArgumentOutOfRangeException)
            {
                return null;
            }
        }

        static SensorPart? TakeValues(SensorColumn column, uint count)
        {
            switch (column.ValuesCase)
            {
                case SensorColumn.ValuesOneofCase.Decimal:
                    if (Numbers(column.Decimal.Deltas.Span, count) is not { } mantissas || column.Decimal.Scale >= PowersOfTen.Length)
                        return null;
                    for (var i = 1; i < mantissas.Length; i++) mantissas[i] += mantissas[i - 1];
                    var scale = (int)column.Decimal.Scale;
                    (column.Decimal.Scale, column.Decimal.Deltas) = (0, ByteString.Empty);
                    return new(column.Sensor, scale, mantissas, null);
                case SensorColumn.ValuesOneofCase.Xor:
                    SensorPart xor = new(column.Sensor, 0, null, column.Xor.ToByteArray());
                    column.Xor = ByteString.Empty;
                    return xor;
                case SensorColumn.ValuesOneofCase.Raw:
                    SensorPart raw = new(column.Sensor, 0, null, column.Raw.ToByteArray());
                    column.Raw = ByteString.Empty;
                    return raw;
                default:
                    return null;
            }
        }

        // Null if the bytes are not exactly so many numbers.
        static long[]? Numbers(ReadOnlySpan<byte> from, uint count)
        {
            if (count > from.Length) return null;
            var numbers = new long[count];
            for (var i = 0; i < numbers.Length; i++) numbers[i] = Varint.ReadSigned(ref from);
            return from.IsEmpty ? numbers : null;
        }

        /// <summary>True if its values can be written with the decimals that the sensors have in the block.</summary>
        public bool Fits(Dictionary<uint, int> scales) => Sensors.Where(s => s.Mantissas is not null).All(s =>
        {
            var largest = long.MaxValue / PowersOfTen[scales[s.Sensor] - s.Scale];
            return s.Mantissas!.All(m => m < largest && m > -largest);
        });

        byte[] Joined()
        {
            var loose = new ArrayBufferWriter<byte>();
            foreach (var time in Times) loose.Write(time);
            foreach (var other in Sensors.Where(s => s.Other is not null).Select(s => s.Other!))
            {
                Varint.Write(loose, (ulong)other.Length);
                loose.Write(other);
            }
            // A sensor may have several columns.
            var values = new Dictionary<uint, SensorValues>();
            foreach (var columns in Sensors.Where(s => s.Mantissas is not null).GroupBy(s => s.Sensor))
            {
                var scale = columns.Max(c => c.Scale);
                if (!Fits(new() { [columns.Key] = scale }, columns)) return [];
                values.Add(columns.Key, new(
                    scale, [.. columns.Select(c => (long)c.Scale)],
                    [.. columns.SelectMany(c => c.Mantissas!.Select(m => m * PowersOfTen[scale - c.Scale]))]));
            }
            ReadOnlySpan<byte> from = loose.WrittenSpan;
            return Join(TelemetryBatch.Parser.ParseFrom(Shape), First, Last, ref from, values);
        }

        static bool Fits(Dictionary<uint, int> scales, IEnumerable<SensorPart> columns) =>
            new BatchParts([], 0, 0, [], [.. columns]).Fits(scales);

        /// <summary>The bytes of a batch.</summary>
        /// <param name="shape">Its shape, which is filled.</param>
        /// <param name="first">First sample time.</param>
        /// <param name="last">Last sample time.</param>
        /// <param name="loose">Bytes that are in no column of numbers; those of this batch are taken.</param>
        /// <param name="sensors">The values; those of this batch are taken.</param>
        public static byte[] Join(
            TelemetryBatch shape, long first, long last, ref ReadOnlySpan<byte> loose, Dictionary<uint, SensorValues> sensors)
        {
            (shape.FirstSampleMicros, shape.LastSampleMicros) = (first, last);
            foreach (var time in shape.Times)
            {
                var left = loose;
                for (var i = 0; i < time.Count; i++) Varint.Read(ref left);
                time.Deltas = ByteString.CopyFrom(loose[..^left.Length]);
                loose = left;
            }
            var deltas = new ArrayBufferWriter<byte>();
            foreach (var column in shape.Sensors)
            {
                if (column.ValuesCase == SensorColumn.ValuesOneofCase.Decimal)
                {
                    deltas.ResetWrittenCount();
                    column.Decimal.Scale = sensors[column.Sensor].Take((int)shape.Times[(int)column.TimeColumn].Count, deltas);
                    column.Decimal.Deltas = ByteString.CopyFrom(deltas.WrittenSpan);
                    continue;
                }
                var length = (int)Varint.Read(ref loose);
                var other = ByteString.CopyFrom(loose[..length]);
                if (column.ValuesCase == SensorColumn.ValuesOneofCase.Xor) column.Xor = other;
                else column.Raw = other;
                loose = loose[length..];
            }
            return shape.ToByteArray();
        }
    }

    /// <summary>Texts that repeat, by number.</summary>
    sealed class Dictionaries
    {
        public Numbered Kinds { get; } = new();

        public Numbered Templates { get; } = new();

        public Numbered Shapes { get; } = new();

        public byte[] ToBytes(string stream)
        {
            using var memory = new MemoryStream();
            using (var writer = new BinaryWriter(memory, Encoding.UTF8))
            {
                writer.Write(stream);
                foreach (var texts in new[] { Kinds, Templates, Shapes })
                {
                    writer.Write(texts.All.Count);
                    foreach (var text in texts.All) writer.Write(text);
                }
            }
            return memory.ToArray();
        }

        public string Read(byte[] bytes)
        {
            using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
            var stream = reader.ReadString();
            foreach (var texts in new[] { Kinds, Templates, Shapes })
                for (var left = reader.ReadInt32(); left > 0; left--) texts.Of(reader.ReadString());
            return stream;
        }
    }

    sealed class Numbered
    {
        readonly Dictionary<string, int> numbers = [];

        public List<string> All { get; } = [];

        public string this[long number] => All[(int)number];

        public int Of(string text)
        {
            if (numbers.TryGetValue(text, out var number)) return number;
            numbers.Add(text, All.Count);
            All.Add(text);
            return All.Count - 1;
        }
    }
}
