using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingest.Payloads;
using Parquet;
using Parquet.Schema;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Ingest.Imports;

/// <summary>Reads Parquet, wide or long, one row group at a time.</summary>
static class ReadRowsParquet
{
    // 20 bytes each: the memory one row group may take.
    const long MostCellsInRowGroup = 20_000_000;

    /// <summary>Rows in the order of the file. Holds the needed columns of one row group in memory.</summary>
    /// <param name="stream">Seekable: the description of a Parquet file is at its end.</param>
    /// <param name="model">The asset's model.</param>
    /// <param name="cancel">Stops between row groups and columns.</param>
    /// <exception cref="InvalidInputException">The file is no Parquet file, or its columns do not fit the model.</exception>
    /// <exception cref="TooLargeException">A row group is too large.</exception>
    public static IAsyncEnumerable<ImportRow> Read(Stream stream, AssetModel model, CancellationToken cancel) => ResolveLocalTimes.Of(ReadAll(stream, model, cancel), cancel);

    static async IAsyncEnumerable<ImportRow> ReadAll(Stream stream, AssetModel model, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (!stream.CanSeek) throw new ArgumentException("A Parquet file needs a seekable stream.", nameof(stream));
        await ReadRowsParquetFooter.Check(stream, cancel);
        await using var parquet = await Guard(() => ParquetReader.CreateAsync(stream, leaveStreamOpen: true, cancellationToken: cancel));
        var schema = await Guard(() => Task.FromResult(parquet.Schema));
        var columns = ReadRowsColumns.Of([.. schema.Fields.Select(f => f.Name)], model);
        // In text files that is a separator at the end of the line; here it is a column.
        if (columns.Unnamed >= 0) throw new InvalidInputException("column", "", columns.Allowed);
        var row = new Decoded();
        long number = 0;
        for (var i = 0; i < parquet.RowGroupCount; i++)
        {
            var group = await Guard(() => ReadGroup(parquet, i, columns, cancel));
            for (var r = 0; r < group.Count; r++)
            {
                number++;
                row.Clear();
                if (columns.IsLong) ReadLong(group, columns, r, row);
                else ReadWide(group, columns, r, row);
                yield return ImportRow.Of(number, row, group.Times[r], columns.IsLong, () => group.Shown(columns, r));
            }
        }
    }

    static void ReadWide(RowGroup group, ReadRowsColumns columns, int r, Decoded row)
    {
        for (var i = 0; i < columns.Values.Count; i++)
        {
            if (group.Numbers[i][r] is not { } value) continue;
            var (_, header, sensor) = columns.Values[i];
            var time = group.Times[r];
            if (time.Kind is TimeKind.Known or TimeKind.Twice) row.Add(sensor, time.Micros, value, default, Quality.Good, header, "unit");
            else row.Reject(columns.Refusal(time.Kind).Code, "time", group.TimeTexts?[r], columns.Refusal(time.Kind).Allowed);
        }
    }

    static void ReadLong(RowGroup group, ReadRowsColumns columns, int r, Decoded row)
    {
        if (group.Numbers[0][r] is not { } value) return;
        columns.AddLong(
            group.Times[r], group.TimeTexts?[r] ?? "", group.Sensors![r] ?? "", value, "", group.Units?[r] ?? "", group.Qualities?[r] ?? "", row);
    }

    sealed record RowGroup(int Count, ReadTime[] Times, string?[]? TimeTexts, double?[][] Numbers, string?[]? Sensors, string?[]? Units, string?[]? Qualities)
    {
        public DateTime?[]? Locals { get; init; }

        // A time of the hour that comes twice stays as the file has it: read again, it must not pass for the first pass.
        string TimeShown(int r) => Locals?[r] is { } local && Times[r].Kind != TimeKind.Known
            ? local.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture)
            : Times[r].Kind == TimeKind.Known ? Micros.ToTime(Times[r].Micros).ToString("O", CultureInfo.InvariantCulture) : "";

        // As a line of NDJSON, so that a rejected row can be read again; NaN and infinities become text.
        public string Shown(ReadRowsColumns columns, int r)
        {
            var cells = new Dictionary<string, object?> { ["time"] = TimeTexts?[r] ?? TimeShown(r) };
            if (columns.IsLong) (cells["sensor"], cells["value"], cells["unit"], cells["quality"]) = (Sensors![r], Numbers[0][r], Units?[r] ?? "", Qualities?[r] ?? "");
            else for (var i = 0; i < columns.Values.Count; i++) cells[columns.Values[i].Header] = Numbers[i][r];
            return JsonSerializer.Serialize(cells, Lenient);
        }

        static readonly JsonSerializerOptions Lenient = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
    }

    static async Task<RowGroup> ReadGroup(ParquetReader parquet, int index, ReadRowsColumns columns, CancellationToken cancel)
    {
        using var group = parquet.OpenRowGroupReader(index);
        var needed = 1 + (columns.IsLong ? 4 : columns.Values.Count);
        if (group.RowCount < 0 || group.RowCount > MostCellsInRowGroup / needed)
            throw new TooLargeException(FormattableString.Invariant($"Row group {index} with {needed} columns"), MostCellsInRowGroup / needed, "rows");
        var source = new Source(group, parquet.Schema, (int)group.RowCount, cancel);
        var (times, texts, locals) = await source.Times(columns.Time, columns);
        if (columns.IsLong)
        {
            var (sensor, value, unit, quality) = columns.Long;
            return new(
                source.Count, times, texts, [await source.Numbers(value)], await source.Texts(sensor),
                unit < 0 ? null : await source.Texts(unit), quality < 0 ? null : await source.Texts(quality))
            { Locals = locals };
        }
        var numbers = new double?[columns.Values.Count][];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = await source.Numbers(columns.Values[i].Column);
        return new(source.Count, times, texts, numbers, null, null, null) { Locals = locals };
    }

    sealed class Source(ParquetRowGroupReader group, ParquetSchema schema, int count, CancellationToken cancel)
    {
        public int Count => count;

        public async Task<(ReadTime[] Times, string?[]? Texts, DateTime?[]? Locals)> Times(int column, ReadRowsColumns columns)
        {
            var field = FieldOf(column);
            if (IsText(field))
            {
                var texts = await Texts(column);
                return (Array.ConvertAll(texts, t => t is null ? default : columns.TimeOf(Encoding.UTF8.GetBytes(t))), texts, null);
            }
            if (field.ClrType == typeof(DateTime))
            {
                var zone = field is DateTimeDataField { IsAdjustedToUTC: false, DateTimeFormat: DateTimeFormat.Timestamp } ? columns.Zone : TimeZoneInfo.Utc;
                var locals = await Values<DateTime>(field);
                return (Array.ConvertAll(locals, t => t is { } time ? SampleTime.FromLocal(time, zone) : default), null, locals);
            }
            if (field.ClrType == typeof(long))
                return (Array.ConvertAll(await Values<long>(field), t => t is { } number ? ReadRowsColumns.SampleTimeOf(number) : default), null, null);
            throw new InvalidInputException($"type of column {field.Name}", field.ClrType.Name, "timestamp, string or int64");
        }

        public async Task<string?[]> Texts(int column)
        {
            var field = FieldOf(column);
            if (!IsText(field)) throw new InvalidInputException($"type of column {field.Name}", field.ClrType.Name, "string");
            var texts = new string?[count];
            await group.ReadAsync(field, texts.AsMemory()!, null, cancel);
            return texts;
        }

        public Task<double?[]> Numbers(int column)
        {
            var field = FieldOf(column);
            return Type.GetTypeCode(field.ClrType) switch
            {
                TypeCode.Double => Values<double>(field),
                TypeCode.Single => Numbers<float>(field),
                TypeCode.Int64 => Numbers<long>(field),
                TypeCode.Int32 => Numbers<int>(field),
                TypeCode.Int16 => Numbers<short>(field),
                TypeCode.SByte => Numbers<sbyte>(field),
                TypeCode.UInt64 => Numbers<ulong>(field),
                TypeCode.UInt32 => Numbers<uint>(field),
                TypeCode.UInt16 => Numbers<ushort>(field),
                TypeCode.Byte => Numbers<byte>(field),
                TypeCode.Decimal => Numbers<decimal>(field),
                _ => throw new InvalidInputException($"type of column {field.Name}", field.ClrType.Name, "a number"),
            };
        }

        async Task<double?[]> Numbers<T>(DataField field) where T : struct, INumberBase<T> =>
            Array.ConvertAll(await Values<T>(field), v => v is { } value ? double.CreateChecked(value) : (double?)null);

        async Task<T?[]> Values<T>(DataField field) where T : struct
        {
            if (field.IsNullable)
            {
                var values = new T?[count];
                await group.ReadAsync(field, values.AsMemory(), null, cancel);
                return values;
            }
            var present = new T[count];
            await group.ReadAsync(field, present.AsMemory(), null, cancel);
            return Array.ConvertAll(present, v => (T?)v);
        }

        static bool IsText(DataField field) => field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>);

        DataField FieldOf(int column) => schema.Fields[column] is DataField { IsArray: false } field
            ? field
            : throw new InvalidInputException($"type of column {schema.Fields[column].Name}", "nested", "a plain column");
    }

    // The library meets damaged files with whatever exception its parsing ends in.
    static async Task<T> Guard<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is not (OperationCanceledException or InvalidInputException or TooLargeException or OutOfMemoryException))
        {
            throw new InvalidInputException("file", e.Message, "a Parquet file");
        }
    }
}
