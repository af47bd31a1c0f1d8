using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Ingest.Payloads;
using Parquet;
using Parquet.Schema;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Ingest.Imports;

/// <summary>Reads wide or long Parquet, one row group at a time.</summary>
static class ReadRowsParquet
{
    const long MostBytesInRowGroup = 400_000_000;

    /// <summary>Rows in file order. Holds the required columns of one row group in memory.</summary>
    /// <param name="stream">Must be seekable: a Parquet file has its footer at the end.</param>
    /// <param name="model">The asset's model.</param>
    /// <param name="cancel">Checked between row groups and columns.</param>
    /// <param name="explained">Rows whose rejections get reasons.</param>
    /// <exception cref="InvalidInputException">The file is not a Parquet file, or its columns do not fit the model.</exception>
    /// <exception cref="TooLargeException">A row group is too large.</exception>
    public static IAsyncEnumerable<ImportRow> Read(
        Stream stream, AssetModel model, CancellationToken cancel, int explained = int.MaxValue) =>
        ResolveLocalTimes.Of(ReadAll(stream, model, explained, cancel), cancel);

    static async IAsyncEnumerable<ImportRow> ReadAll(
        Stream stream, AssetModel model, int explained, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (!stream.CanSeek) throw new ArgumentException("A Parquet file needs a seekable stream.", nameof(stream));
        await using var parquet = await Open(stream, cancel);
        var columns = ReadRowsColumns.Of(await Headers(parquet), model);
        // In a text file this would be a trailing separator; here it is a column.
        if (columns.Unnamed >= 0) throw new InvalidInputException("column", "", columns.Allowed);
        var row = new Decoded();
        long number = 0;
        for (var i = 0; i < parquet.RowGroupCount; i++)
        {
            var group = await Guard(() => ReadGroup(stream, parquet, i, columns, cancel));
            for (var r = 0; r < group.Count; r++)
            {
                number++;
                row.Clear();
                row.IsExplained = explained-- > 0;
                if (columns.IsLong) ReadLong(group, columns, r, row);
                else ReadWide(group, columns, r, row);
                yield return ImportRow.Of(number, row, group.Times.At[r], columns, columns.IsLong, () => group.Shown(columns, r));
            }
        }
    }

    /// <summary>The names of the file's columns.</summary>
    /// <exception cref="InvalidInputException">The file is not a Parquet file.</exception>
    public static async Task<IReadOnlyList<string>> Headers(Stream stream, CancellationToken cancel)
    {
        await using var parquet = await Open(stream, cancel);
        return await Headers(parquet);
    }

    static Task<IReadOnlyList<string>> Headers(ParquetReader parquet) =>
        Guard(() => Task.FromResult<IReadOnlyList<string>>([.. parquet.Schema.Fields.Select(f => f.Name)]));

    static async Task<ParquetReader> Open(Stream stream, CancellationToken cancel)
    {
        await CheckParquet.Footer(stream, cancel);
        return await Guard(() => ParquetReader.CreateAsync(stream, leaveStreamOpen: true, cancellationToken: cancel));
    }

    static void ReadWide(RowGroup group, ReadRowsColumns columns, int r, Decoded row)
    {
        var time = group.Times.At[r];
        for (var i = 0; i < columns.Values.Count; i++)
        {
            var (column, (numbers, texts)) = (columns.Values[i], group.Values[i]);
            var isNull = numbers is null ? string.IsNullOrWhiteSpace(texts![r]) : numbers[r] is null;
            if (isNull && !columns.IsMissing("")) continue;
            if (time.Kind is not (TimeKind.Known or TimeKind.Twice))
                row.Reject(columns.Refusal(time.Kind).Code, "time", group.Times.Texts?[r], columns.Refusal(time.Kind).Allowed);
            else if (numbers?[r] is { } value) row.Add(column.Sensor, time.Micros, value, column.Unit, Quality.Good, column.Header, "unit");
            else columns.AddWide(column, time, Encoding.UTF8.GetBytes(texts?[r] ?? ""), row);
        }
    }

    static void ReadLong(RowGroup group, ReadRowsColumns columns, int r, Decoded row)
    {
        var (numbers, texts) = group.Values[0];
        columns.AddLong(
            group.Times.At[r], group.Times.Texts?[r] ?? "", group.Sensors![r] ?? "", numbers?[r], texts?[r]?.Trim() ?? "",
            group.Units?[r] ?? "", group.Qualities?[r] ?? "", row);
    }

    /// <summary>Times of the rows, with the original text, or the local time if the column has no zone.</summary>
    sealed record TimeCells(ReadTime[] At, string?[]? Texts, DateTime?[]? Locals);

    /// <summary>Values of a column: numbers, or text still to be parsed.</summary>
    sealed record ValueCells(double?[]? Numbers, string?[]? Texts)
    {
        // JSON has no NaN or infinities; they become text.
        public object? Shown(int r) =>
            Numbers is null
                ? Texts![r]
                : Numbers[r] is { } number && !double.IsFinite(number) ? number.ToString(CultureInfo.InvariantCulture) : Numbers[r];
    }

    sealed record RowGroup(int Count, TimeCells Times, ValueCells[] Values, string?[]? Sensors, string?[]? Units, string?[]? Qualities)
    {
        // An ambiguous local time stays local: converted to UTC, it would be read again as the first pass.
        string TimeShown(int r) => Times.Locals?[r] is { } local && Times.At[r].Kind != TimeKind.Known
            ? local.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture)
            : Times.At[r].Kind == TimeKind.Known ? Micros.ToTime(Times.At[r].Micros).ToString("O", CultureInfo.InvariantCulture) : "";

        // As a line of NDJSON, so that a rejected row can be read again.
        public byte[] Shown(ReadRowsColumns columns, int r)
        {
            var cells = new Dictionary<string, object?> { ["time"] = Times.Texts?[r] ?? TimeShown(r) };
            if (columns.IsLong)
                (cells["sensor"], cells["value"], cells["unit"], cells["quality"]) = (
                    Sensors![r], Values[0].Shown(r), Units?[r] ?? "", Qualities?[r] ?? "");
            else for (var i = 0; i < columns.Values.Count; i++) cells[columns.Values[i].Header] = Values[i].Shown(r);
            return JsonSerializer.SerializeToUtf8Bytes(cells);
        }
    }

    static async Task<RowGroup> ReadGroup(
        Stream stream, ParquetReader parquet, int index, ReadRowsColumns columns, CancellationToken cancel)
    {
        using var group = parquet.OpenRowGroupReader(index);
        var source = new Source(group, parquet.Schema, (int)Math.Min(int.MaxValue, group.RowCount), columns, cancel);
        int[] needed = columns.IsLong
            ? [columns.Time, columns.Long.Sensor, columns.Long.Value, columns.Long.Unit, columns.Long.Quality]
            : [columns.Time, columns.TimeOfDay, .. columns.Values.Select(v => v.Index)];
        var mostRows = MostBytesInRowGroup / needed.Where(c => c >= 0).Sum(source.BytesPerCell);
        if (group.RowCount < 0 || group.RowCount > mostRows)
            throw new TooLargeException(
                FormattableString.Invariant($"Row group {index} with {needed.Count(c => c >= 0)} columns"), mostRows, "rows");
        var unpacked = 0L;
        foreach (var column in needed.Where(c => c >= 0))
            unpacked += await source.CheckPages(stream, column, MostBytesInRowGroup - unpacked);
        var times = await source.Times();
        if (columns.IsLong)
        {
            var (sensor, value, unit, quality) = columns.Long;
            return new(source.Count, times, [await source.Values(value)], await source.Texts(sensor),
                unit < 0 ? null : await source.Texts(unit), quality < 0 ? null : await source.Texts(quality));
        }
        var values = new ValueCells[columns.Values.Count];
        for (var i = 0; i < values.Length; i++) values[i] = await source.Values(columns.Values[i].Index);
        return new(source.Count, times, values, null, null, null);
    }

    sealed class Source(ParquetRowGroupReader group, ParquetSchema schema, int count, ReadRowsColumns columns, CancellationToken cancel)
    {
        public int Count => count;

        public int BytesPerCell(int column) => IsText(FieldOf(column)) ? 100 : 20;

        public Task<long> CheckPages(Stream stream, int column, long most) => CheckParquet.Pages(
            stream, group.GetMetadata(FieldOf(column))?.MetaData, FieldOf(column).IsNullable, group.RowCount, most, cancel);

        public async Task<TimeCells> Times()
        {
            var field = FieldOf(columns.Time);
            if (columns.TimeOfDay >= 0)
            {
                var (dates, clocks) = (await Texts(columns.Time), await Texts(columns.TimeOfDay));
                string?[] both = [.. dates.Zip(clocks, (date, clock) => $"{date?.Trim()} {clock?.Trim()}")];
                return new(Array.ConvertAll(both, t => columns.TimeOf(Encoding.UTF8.GetBytes(t!))), both, null);
            }
            if (IsText(field))
            {
                var texts = await Texts(columns.Time);
                return new(Array.ConvertAll(texts, t => t is null ? default : columns.TimeOf(Encoding.UTF8.GetBytes(t))), texts, null);
            }
            if (UnitOfTimestamp(field) is { } micros)
            {
                // Read as raw integers: the library cannot read DELTA_BINARY_PACKED as timestamps.
                var numbers = await Values<long>(field);
                if (IsUtc(field))
                    return new(Array.ConvertAll(
                        numbers, n => n is { } exact && SampleTime.TryFromSeconds(exact * micros / 1_000_000m, out var at)
                            ? new ReadTime(TimeKind.Known, at)
                            : default), null, null);
                var locals = Array.ConvertAll(numbers, n => n is { } exact ? Local(exact * micros) : null);
                return new(Array.ConvertAll(locals, t => t is { } local ? SampleTime.FromLocal(local, columns.Zone) : default), null,
                    locals);
            }
            if (field.ClrType == typeof(DateTime))
            {
                // DATE is a local day; INT96 is UTC.
                var zone = field.SchemaElement?.Type == Parquet.Meta.Type.INT32 ? columns.Zone : TimeZoneInfo.Utc;
                var days = await Values<DateTime>(field);
                return new(Array.ConvertAll(days, t => t is { } time ? SampleTime.FromLocal(time, zone) : default), null, days);
            }
            if (field.ClrType == typeof(long))
                return new(Array.ConvertAll(await Values<long>(field), t => t is { } number ? columns.TimeOf((decimal)number) : default),
                    null, null);
            throw new InvalidInputException($"type of column {field.Name}", TypeOf(field), "TIMESTAMP, DATE, INT64 or a string");
        }

        public async Task<string?[]> Texts(int column)
        {
            var field = FieldOf(column);
            if (!IsText(field)) throw new InvalidInputException($"type of column {field.Name}", TypeOf(field), "a string");
            var texts = new string?[count];
            await group.ReadAsync(field, texts.AsMemory()!, null, cancel);
            return texts;
        }

        public async Task<ValueCells> Values(int column)
        {
            var field = FieldOf(column);
            if (IsText(field)) return new(null, await Texts(column));
            if (UnitOfTimestamp(field) is not null) throw NoNumber(field);
            return new(await (Type.GetTypeCode(field.ClrType) switch
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
                _ => throw NoNumber(field),
            }), null);
        }

        async Task<double?[]> Numbers<T>(DataField field) where T : struct, INumberBase<T> =>
            Array.ConvertAll(await Values<T>(field), v => v is { } value ? double.CreateChecked(value) : (double?)null);

        async Task<T?[]> Values<T>(DataField field) where T : struct
        {
            if (field.IsNullable)
            {
                var values = new T?[count];
                await group.ReadAsync(As<T?>(field), values.AsMemory(), null, cancel);
                return values;
            }
            var present = new T[count];
            await group.ReadAsync(As<T>(field), present.AsMemory(), null, cancel);
            return Array.ConvertAll(present, v => (T?)v);
        }

        static DataField As<T>(DataField field)
        {
            if (field.ClrType == (Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T))) return field;
            var other = new DataField<T>(field.Name);
            // Attaching the field to a schema sets its path in the file.
            _ = new ParquetSchema(other);
            return other;
        }

        static InvalidInputException NoNumber(DataField field) =>
            new($"type of column {field.Name}", TypeOf(field), "a number, or a string with numbers");

        static bool IsText(DataField field) => field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>);

        // Microseconds per unit of the timestamp; null for any other type.
        static decimal? UnitOfTimestamp(DataField field) => field.SchemaElement switch
        {
            { LogicalType.TIMESTAMP.Unit: { } unit } => unit.MILLIS is not null ? 1000m : unit.MICROS is not null ? 1m : 0.001m,
            { ConvertedType: Parquet.Meta.ConvertedType.TIMESTAMP_MILLIS } => 1000m,
            { ConvertedType: Parquet.Meta.ConvertedType.TIMESTAMP_MICROS } => 1m,
            _ => null,
        };

        // Timestamps without a logical type (older files) are UTC.
        static bool IsUtc(DataField field) => field.SchemaElement?.LogicalType?.TIMESTAMP is not { IsAdjustedToUTC: false };

        static DateTime? Local(decimal micros) =>
            micros is > -6e16m and < 2.5e17m ? DateTime.UnixEpoch.AddTicks((long)(micros * TimeSpan.TicksPerMicrosecond)) : null;

        // The type's name in Parquet.
        static string TypeOf(DataField field) => field.SchemaElement switch
        {
            null => "unknown",
            { ConvertedType: { } converted } element => $"{element.Type} ({converted})",
            { LogicalType.TIMESTAMP: not null } element => $"{element.Type} (TIMESTAMP)",
            var element => $"{element.Type}",
        };

        DataField FieldOf(int column) => schema.Fields[column] is DataField { IsArray: false } field
            ? field
            : throw new InvalidInputException($"type of column {schema.Fields[column].Name}", "nested", "a plain column");
    }

    // On damaged files, Parquet.Net throws whatever its parser runs into, with messages that mean nothing to the sender.
    static async Task<T> Guard<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (NotSupportedException)
        {
            throw new InvalidInputException(
                "file", "in an unsupported encoding or compression",
                "a Parquet file with PLAIN, dictionary or DELTA encodings and SNAPPY, GZIP, ZSTD, LZ4_RAW, BROTLI or no compression");
        }
        catch (Exception e) when (e is not (OperationCanceledException or InvalidInputException or TooLargeException))
        {
            throw new InvalidInputException("file", "damaged, or not a Parquet file", "a Parquet file");
        }
    }
}
