using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Contracts.Telemetry.V1;
using Google.Protobuf;

namespace TwinModel.Telemetry;

/// <summary>
/// Converts readings of one asset to and from the bytes of a <c>readings_recorded</c> event (pollux.telemetry.v1.TelemetryBatch).
/// Lossless: times to the microsecond, values to the bit. Cost is linear in readings; a batch is encoded once and decoded often.
/// </summary>
public static class TelemetryCodec
{
    const int LargestScale = 9;
    const double LargestMantissa = 1L << 53;

    static readonly double[] PowersOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
    static readonly uint[] TimeUnits = [1_000_000, 100_000, 10_000, 1_000, 100, 10];

    /// <summary>Encodes readings given in any order; decoding returns them ordered by sensor, then sample time.</summary>
    /// <exception cref="ArgumentException">No readings.</exception>
    public static byte[] Encode(ReadOnlySpan<Reading> readings, int duplicates = 0)
    {
        if (readings.IsEmpty) throw new ArgumentException("A telemetry batch must hold at least one reading.", nameof(readings));
        if (IsSorted(readings)) return EncodeSorted(readings, duplicates);
        var sorted = readings.ToArray();
        Array.Sort(sorted, Order);
        return EncodeSorted(sorted, duplicates);
    }

    static int Order(Reading a, Reading b) => a.Sensor != b.Sensor ? a.Sensor.CompareTo(b.Sensor) : a.SampledAt.CompareTo(b.SampledAt);

    static bool IsSorted(ReadOnlySpan<Reading> readings)
    {
        for (var i = 1; i < readings.Length; i++)
            if (Order(readings[i - 1], readings[i]) > 0) return false;
        return true;
    }

    static byte[] EncodeSorted(ReadOnlySpan<Reading> sorted, int duplicates)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (ref readonly var reading in sorted)
        {
            first = Math.Min(first, reading.SampledAt);
            last = Math.Max(last, reading.SampledAt);
        }
        var batch = new TelemetryBatch { FirstSampleMicros = first, LastSampleMicros = last, Duplicates = (uint)duplicates };
        var scratch = new ArrayBufferWriter<byte>(256);
        List<(int From, int Count)> columns = [];
        for (var from = 0; from < sorted.Length;)
        {
            var to = from + 1;
            while (to < sorted.Length && sorted[to].Sensor == sorted[from].Sensor) to++;
            var run = sorted[from..to];
            var time = FindTimes(sorted, columns, run);
            if (time < 0)
            {
                time = columns.Count;
                columns.Add((from, run.Length));
                batch.Times.Add(EncodeTimes(run, first, scratch));
            }
            var column = new SensorColumn { Sensor = run[0].Sensor, TimeColumn = (uint)time };
            EncodeValues(run, column, scratch);
            EncodeQualities(run, column, scratch);
            batch.Sensors.Add(column);
            from = to;
        }
        return batch.ToByteArray();
    }

    static int FindTimes(ReadOnlySpan<Reading> sorted, List<(int From, int Count)> columns, ReadOnlySpan<Reading> run)
    {
        for (var c = 0; c < columns.Count; c++)
        {
            var (from, count) = columns[c];
            if (count != run.Length) continue;
            var same = true;
            for (var i = 0; i < count && same; i++) same = sorted[from + i].SampledAt == run[i].SampledAt;
            if (same) return c;
        }
        return -1;
    }

    static TimeColumn EncodeTimes(ReadOnlySpan<Reading> run, long origin, ArrayBufferWriter<byte> scratch)
    {
        var unit = 1L;
        foreach (var candidate in TimeUnits)
        {
            var exact = true;
            foreach (ref readonly var reading in run) exact &= (reading.SampledAt - origin) % candidate == 0;
            if (!exact) continue;
            unit = candidate;
            break;
        }
        scratch.ResetWrittenCount();
        long previous = 0, previousDelta = 0;
        for (var i = 0; i < run.Length; i++)
        {
            var time = (run[i].SampledAt - origin) / unit;
            var delta = time - previous;
            Varint.WriteSigned(scratch, i < 2 ? delta : delta - previousDelta);
            (previous, previousDelta) = (time, delta);
        }
        return new TimeColumn
        {
            UnitMicros = unit == 1 ? 0 : (uint)unit,
            Count = (uint)run.Length,
            Deltas = ByteString.CopyFrom(scratch.WrittenSpan),
        };
    }

    static void EncodeValues(ReadOnlySpan<Reading> run, SensorColumn column, ArrayBufferWriter<byte> scratch)
    {
        if (TryDecimalScale(run, out var scale))
        {
            scratch.ResetWrittenCount();
            long previous = 0;
            foreach (ref readonly var reading in run)
            {
                var mantissa = (long)Math.Round(reading.Value * PowersOfTen[scale]);
                Varint.WriteSigned(scratch, mantissa - previous);
                previous = mantissa;
            }
            if (scratch.WrittenCount + 2 < run.Length * sizeof(double))
            {
                column.Decimal = new DecimalValues { Scale = (uint)scale, Deltas = ByteString.CopyFrom(scratch.WrittenSpan) };
                return;
            }
        }
        scratch.ResetWrittenCount();
        WriteXor(run, scratch);
        if (scratch.WrittenCount < run.Length * sizeof(double))
        {
            column.Xor = ByteString.CopyFrom(scratch.WrittenSpan);
            return;
        }
        var raw = new byte[run.Length * sizeof(double)];
        for (var i = 0; i < run.Length; i++) BinaryPrimitives.WriteDoubleLittleEndian(raw.AsSpan(i * sizeof(double)), run[i].Value);
        column.Raw = UnsafeByteOperations.UnsafeWrap(raw);
    }

    // Dividing two integers below 2^53 by a power of ten up to 10^22 is correctly rounded, so checking value == mantissa / 10^scale is
    // conclusive.
    static bool TryDecimalScale(ReadOnlySpan<Reading> run, out int scale)
    {
        scale = 0;
        foreach (ref readonly var reading in run)
        {
            var bits = BitConverter.DoubleToInt64Bits(reading.Value);
            while (true)
            {
                var mantissa = Math.Round(reading.Value * PowersOfTen[scale]);
                if (Math.Abs(mantissa) < LargestMantissa && BitConverter.DoubleToInt64Bits((long)mantissa / PowersOfTen[scale]) == bits)
                    break;
                if (++scale > LargestScale) return false;
            }
        }
        foreach (ref readonly var reading in run)
        {
            var mantissa = Math.Round(reading.Value * PowersOfTen[scale]);
            if (Math.Abs(mantissa) >= LargestMantissa
                || BitConverter.DoubleToInt64Bits((long)mantissa / PowersOfTen[scale]) != BitConverter.DoubleToInt64Bits(
                    reading.Value)) return false;
        }
        return true;
    }

    static void WriteXor(ReadOnlySpan<Reading> run, ArrayBufferWriter<byte> scratch)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        ulong previous = 0;
        foreach (ref readonly var reading in run)
        {
            var bits = BitConverter.DoubleToUInt64Bits(reading.Value);
            var changed = bits ^ previous;
            previous = bits;
            var leading = changed == 0 ? 8 : BitOperations.LeadingZeroCount(changed) / 8;
            var trailing = changed == 0 ? 0 : BitOperations.TrailingZeroCount(changed) / 8;
            var significant = 8 - leading - trailing;
            var span = scratch.GetSpan(9);
            span[0] = (byte)(leading << 4 | significant);
            BinaryPrimitives.WriteUInt64BigEndian(word, changed);
            word.Slice(leading & 7, significant).CopyTo(span[1..]);
            scratch.Advance(1 + significant);
        }
    }

    static void EncodeQualities(ReadOnlySpan<Reading> run, SensorColumn column, ArrayBufferWriter<byte> scratch)
    {
        scratch.ResetWrittenCount();
        var allGood = true;
        for (var i = 0; i < run.Length;)
        {
            var quality = run[i].Quality;
            var length = 1;
            while (i + length < run.Length && run[i + length].Quality == quality) length++;
            Varint.Write(scratch, (ulong)length);
            Varint.Write(scratch, (ulong)quality);
            allGood &= quality == Quality.Good;
            i += length;
        }
        if (!allGood) column.QualityRuns = ByteString.CopyFrom(scratch.WrittenSpan);
    }

    /// <summary>Smallest and largest sample time of an encoded batch without decoding its columns.</summary>
    /// <exception cref="FormatException">Not a telemetry batch.</exception>
    public static (long First, long Last) SampleRange(ReadOnlySpan<byte> encoded)
    {
        // Two sfixed64 fields with tags 0x09 and 0x11; proto3 omits zeros, which happens only with a reading of 1970-01-01T00:00:00Z.
        if (encoded.Length >= 18 && encoded[0] == 0x09 && encoded[9] == 0x11)
            return (BinaryPrimitives.ReadInt64LittleEndian(encoded[1..]), BinaryPrimitives.ReadInt64LittleEndian(encoded[10..]));
        var batch = Parse(encoded);
        return (batch.FirstSampleMicros, batch.LastSampleMicros);
    }

    /// <summary>Appends the readings of a batch to <paramref name="to"/>, ordered by sensor, then sample time.</summary>
    /// <param name="encoded">Bytes made by <see cref="Encode"/>.</param>
    /// <param name="to">Receives the readings.</param>
    /// <param name="onlySensor">If given, other sensors' columns are skipped without decoding.</param>
    /// <returns>Readings that were dropped as duplicates while the batch was built.</returns>
    /// <exception cref="FormatException">Not a telemetry batch, or a damaged one.</exception>
    public static int Decode(ReadOnlySpan<byte> encoded, List<Reading> to, ushort? onlySensor = null)
    {
        var batch = Parse(encoded);
        if (batch.Duplicates > int.MaxValue) throw new FormatException($"{batch.Duplicates} duplicates of a telemetry batch are too many.");
        var times = new long[batch.Times.Count][];
        foreach (var column in batch.Sensors)
        {
            if (onlySensor is { } wanted && column.Sensor != wanted) continue;
            if (column.TimeColumn >= times.Length || column.Sensor > ushort.MaxValue)
                throw new FormatException(
                    $"Sensor column {column.Sensor} of a telemetry batch points to time column {column.TimeColumn} of {times.Length}.");
            var time = times[column.TimeColumn] ??= DecodeTimes(batch.Times[(int)column.TimeColumn], batch.FirstSampleMicros);
            var start = to.Count;
            CollectionsMarshal.SetCount(to, start + time.Length);
            var target = CollectionsMarshal.AsSpan(to)[start..];
            DecodeColumn(column, time, target);
        }
        return (int)batch.Duplicates;
    }

    static TelemetryBatch Parse(ReadOnlySpan<byte> encoded)
    {
        try
        {
            return TelemetryBatch.Parser.ParseFrom(encoded);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new FormatException("The bytes are not a telemetry batch.", e);
        }
    }

    static long[] DecodeTimes(TimeColumn column, long origin)
    {
        var from = column.Deltas.Span;
        if (column.Count > from.Length) throw new FormatException("A time column of a telemetry batch is cut off.");
        var unit = column.UnitMicros == 0 ? 1L : column.UnitMicros;
        var times = new long[column.Count];
        long time = 0, delta = 0;
        for (var i = 0; i < times.Length; i++)
        {
            var step = Varint.ReadSigned(ref from);
            delta = i < 2 ? step : delta + step;
            time += delta;
            times[i] = origin + time * unit;
        }
        return times;
    }

    static void DecodeColumn(SensorColumn column, long[] times, Span<Reading> target)
    {
        var sensor = (ushort)column.Sensor;
        switch (column.ValuesCase)
        {
            case SensorColumn.ValuesOneofCase.Decimal:
                var deltas = column.Decimal.Deltas.Span;
                if (column.Decimal.Scale > LargestScale)
                    throw new FormatException($"Scale {column.Decimal.Scale} of a telemetry batch is above {LargestScale}.");
                var divisor = PowersOfTen[column.Decimal.Scale];
                long mantissa = 0;
                for (var i = 0; i < target.Length; i++)
                {
                    mantissa += Varint.ReadSigned(ref deltas);
                    target[i] = new Reading(sensor, times[i], mantissa / divisor);
                }
                break;
            case SensorColumn.ValuesOneofCase.Xor:
                ReadXor(column.Xor.Span, sensor, times, target);
                break;
            case SensorColumn.ValuesOneofCase.Raw:
                var raw = column.Raw.Span;
                if (raw.Length != target.Length * sizeof(double))
                    throw new FormatException("A raw value column of a telemetry batch has the wrong length.");
                for (var i = 0; i < target.Length; i++)
                    target[i] = new Reading(sensor, times[i], BinaryPrimitives.ReadDoubleLittleEndian(raw[(i * sizeof(double))..]));
                break;
            default:
                throw new FormatException($"Sensor column {sensor} of a telemetry batch has no values.");
        }
        if (column.QualityRuns.Length == 0) return;
        var runs = column.QualityRuns.Span;
        for (var i = 0; i < target.Length;)
        {
            var length = Varint.Read(ref runs);
            var quality = Varint.Read(ref runs);
            if (quality is < (ulong)Quality.Good or > (ulong)Quality.Bad)
                throw new FormatException($"Quality {quality} of a telemetry batch is not one of 1 to 3.");
            if (length == 0 || length > (ulong)(target.Length - i))
                throw new FormatException("Quality runs of a telemetry batch do not add up.");
            for (var end = i + (int)length; i < end; i++) target[i] = target[i] with { Quality = (Quality)quality };
        }
    }

    static void ReadXor(ReadOnlySpan<byte> from, ushort sensor, long[] times, Span<Reading> target)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        ulong bits = 0;
        for (var i = 0; i < target.Length; i++)
        {
            if (from.IsEmpty) throw new FormatException("An XOR value column of a telemetry batch is cut off.");
            int leading = from[0] >> 4, significant = from[0] & 15;
            if (leading + significant > 8 || from.Length < 1 + significant)
                throw new FormatException("An XOR value column of a telemetry batch is damaged.");
            word.Clear();
            from.Slice(1, significant).CopyTo(word[(leading & 7)..]);
            bits ^= BinaryPrimitives.ReadUInt64BigEndian(word);
            from = from[(1 + significant)..];
            target[i] = new Reading(sensor, times[i], BitConverter.UInt64BitsToDouble(bits));
        }
    }
}
