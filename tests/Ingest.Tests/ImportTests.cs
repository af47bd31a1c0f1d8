using System.Text;
using FsCheck.Xunit;
using Ingest.Imports;
using Parquet;
using Parquet.Schema;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;
using static Ingest.Tests.Given;

namespace Ingest.Tests;

/// <summary>JSON lines and Parquet, what all formats share, and how other tests read rows. CSV: <see cref="ImportCsvTests"/>.</summary>
public class ImportTests
{
    const long At = 1_772_366_400_123_456;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal static async Task<List<ImportRow>> Csv(string text, AssetModel? model = null) =>
        await ReadRowsCsv.Read(new Trickle(Encoding.UTF8.GetBytes(text)), model ?? Extruder, Cancel).ToListAsync(Cancel);

    internal static async Task<List<ImportRow>> Ndjson(string text, AssetModel? model = null) =>
        await ReadRowsNdjson.Read(new Trickle(Encoding.UTF8.GetBytes(text)), model ?? Extruder, Cancel).ToListAsync(Cancel);

    internal static string Raw(ImportRow row) => Encoding.UTF8.GetString(row.Raw!);

    internal static string Codes(IEnumerable<ImportRow> rows) => string.Join(",", rows.SelectMany(r => r.Rejections).Select(r => r.Code));

    // Two rows with the same local time, 2026-10-25 02:30, as DuckDB writes them.
    [Fact]
    public async Task A_parquet_file_may_have_the_hour_twice_too()
    {
        var rows = await Parquet(new MemoryStream(Convert.FromBase64String(LocalTwice)), Press);
        Assert.Equal([Micros("2026-10-25T00:30:00Z"), Micros("2026-10-25T01:30:00Z")],
            rows.SelectMany(r => r.Readings).Select(r => r.SampledAt));
    }

    const string LocalTwice =
        "UEFSMRUAFSwVMCwVBBUAFQYVBgAAFlQCAAAABAEAum/9oF4GAAC6b/2gXgYAFQAVLBUwLBUEFQAVBhUGAAAWVAIAAAAEAWZmZmZmJklAZmZmZm"
            + "YmTkAVAhk8NQAYDWR1Y2tkYl9zY2hlbWEVBAAVBCUCGAR0aW1lJRRMjBIcLAAAAAAAFQolAhgPb2lsLXRlbXBlcmF0dXJlABYEGRwZLCYAHBUE"
            + "GRUAGRgEdGltZRUCFgQWThZSJgg8GAgAum/9oF4GABgIALpv/aBeBgAWACgIALpv/aBeBgAYCAC6b/2gXgYAEREAAAAmABwVChkVABkYD29pbC"
            + "10ZW1wZXJhdHVyZRUCFgQWThZSJlo8GAhmZmZmZiZOQBgIZmZmZmYmSUAWACgIZmZmZmYmTkAYCGZmZmZmJklAEREAAAAWnAEWBCYIFqQBACgo"
            + "RHVja0RCIHZlcnNpb24gdjEuNS42IChidWlsZCAwNjljYzlmOWI1KRksHAAAHAAAACUBAABQQVIx";

    internal static readonly AssetModel Press = ReadAssetModel.FromText(
        """
        schema: pollux/asset-model/1
        id: press
        name: Press
        version: 1
        components:
          - { id: press, kind: press, name: Press }
        sensors:
          - { id: oil-temperature, number: 1, component: press, quantity: temperature, unit: degC, physical: [-50, 500], plausible: [-40, 400], interval: 1s }
          - { id: oil-pressure, number: 2, component: press, quantity: pressure, unit: bar, physical: [-1, 5000], plausible: [-1, 4000], interval: 1s }
        connections:
          - { topic: "pollux/{asset}/senml", payload: senml }
        imports:
          csv: { separator: ";", time: Zeit, time-format: "dd.MM.yyyy HH:mm:ss", time-zone: Europe/Berlin, columns: { "Öltemperatur [°C]": oil-temperature, "Öldruck [bar]": oil-pressure }, ignore: [Bemerkung] }
        """, "press.asset.yaml");

    [Fact]
    public async Task A_parquet_column_without_a_name_is_refused_as_it_is_no_separator() =>
        Assert.Equal("column",
            (await Assert.ThrowsAsync<InvalidInputException>(
                () => Parquet([("time", ["2026-11-01T12:00:00Z"])], Press, ("oil-pressure", new double[]
                {
                    1,
                }), ("", new double[] { 2 })))).Field);

    [Fact]
    public async Task A_line_of_more_than_a_mebibyte_fails_the_import()
    {
        await Assert.ThrowsAsync<TooLargeException>(() => Csv("time,melt-temperature\n2026-03-01T12:00:00Z," + new string('1', 3 << 20)));
        await Assert.ThrowsAsync<TooLargeException>(() => Csv(new string('x', 3 << 20)));
        await Assert.ThrowsAsync<TooLargeException>(() => Csv(new string('x', 3 << 20), PumpLoop));
        await Assert.ThrowsAsync<TooLargeException>(() => Ndjson("{\"time\":0,\"melt-temperature\":" + new string('1', 3 << 20)));
    }

    [Fact]
    public async Task A_byte_order_mark_is_passed_over()
    {
        Assert.Single(Assert.Single(await Csv("\uFEFFtime,melt-temperature\r\n2026-03-01T12:00:00Z,1\r\n")).Readings);
        Assert.Single(Assert.Single(await Ndjson("\uFEFF{\"time\":1772366400,\"melt-temperature\":1}\r\n")).Readings);
    }

    [Fact]
    public async Task Json_lines_may_be_wide_or_long()
    {
        var rows = await Ndjson(
            """
            {"melt-temperature":201.5,"melt-pressure":null,"time":"2026-03-01T12:00:00.123456Z"}

            {"time":1772366400.123456,"sensor":"melt-temperature","value":475,"unit":"K","quality":"uncertain"}
            {"time":1772366400123456,"melt-flow":5}
            """);
        Assert.Equal([new(6, At, 201.5)], rows[0].Readings);
        Assert.Equal((6, At, Quality.Uncertain), (rows[1].Readings[0].Sensor, rows[1].Readings[0].SampledAt, rows[1].Readings[0].Quality));
        Assert.Equal([new(8, At, 5)], rows[2].Readings);
        Assert.Equal([1, 3, 4], rows.Select(r => r.Number));
    }

    [Fact]
    public async Task Bad_json_lines_are_rejected_one_by_one()
    {
        var rows = await Ndjson(
            """
            {"time":1772366400,"melt-temperature":1}
            {"time":1772366400,"melt-temperature":"hot","melt-pressure":2}
            {"time":1772366400,"melt-temperature":1
            [1]
            {"time":true,"melt-temperature":1,"melt-pressure":2}
            {"time":1772366400,"melt":1}
            {"time":1772366400,"sensor":"melt-temperature","value":"x"}
            {"time":1772366400,"melt-temperature":1e999}
            {"time":1772366400,"melt-temperature":1,"melt-temperature":2}
            {"time":1772366400,"melt\ud800":1}
            """);
        Assert.Equal("not-a-number,malformed-json,malformed-json,invalid-time,invalid-time,unknown-sensor,not-a-number,not-finite,"
            + "malformed-json,malformed-json", Codes(rows));
        Assert.Equal(2, Assert.Single(rows[1].Readings).Value);
        Assert.Equal("[1]", Raw(rows[3]));
    }

    [Theory]
    [InlineData("""{"time":1772366400,"melt":1}""", "melt")]
    [InlineData("""{"time":1772366400,"sensor":"melt-flow","value":1,"colour":"red"}""", "colour")]
    public async Task An_unknown_name_in_the_first_json_line_fails_the_import_at_once(string text, string named) =>
        Assert.Contains($"'{named}'", (await Assert.ThrowsAsync<InvalidInputException>(() => Ndjson(text))).Message);

    [Fact]
    public async Task Parquet_is_read_row_group_by_row_group()
    {
        var time = new DateTimeDataField("time", DateTimeFormat.Timestamp, true, DateTimeTimeUnit.Micros);
        var melt = new DataField<double?>("melt-temperature");
        var pressure = new DataField<float>("melt-pressure");
        var flow = new DataField<int>("melt-flow");
        using var file = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(
            new ParquetSchema(time, melt, pressure, flow), file, cancellationToken: Cancel))
        {
            for (var i = 0; i < 2; i++)
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync<DateTime>(time, new[]
                {
                    TwinModel.Telemetry.Micros.ToTime(At).UtcDateTime, TwinModel.Telemetry.Micros.ToTime(At + 1).UtcDateTime,
                }, cancellationToken: Cancel);
                await group.WriteAsync<double>(melt, new double?[] { 201.5 + i, null }, cancellationToken: Cancel);
                await group.WriteAsync<float>(pressure, new[] { 90f, float.NaN }, cancellationToken: Cancel);
                await group.WriteAsync<int>(flow, new[] { -1, 2 }, cancellationToken: Cancel);
            }
        }
        var rows = await Parquet(file);
        Assert.Equal([1, 2, 3, 4], rows.Select(r => r.Number));
        Assert.Equal([new(6, At, 202.5), new(7, At, 90), new(8, At, -1)], rows[2].Readings);
        Assert.Equal([new(8, At + 1, 2)], rows[1].Readings);
        Assert.Equal("not-finite", rows[1].Rejections[0].Code);
        Assert.Contains("\"melt-pressure\":\"NaN\"", Raw(rows[1]));
    }

    [Fact]
    public async Task Parquet_may_be_long_with_times_as_text()
    {
        var rows = await Parquet(
            [("time", new[]
            {
                "2026-03-01T12:00:00.123456Z", "noon", "1772366400",
            }), ("sensor", new[] { "melt-temperature", "melt-flow", "melt" }), ("unit", new[] { "K", "", "" })],
            ("value", new double[] { 475, 1, 1 }));
        Assert.Equal(201.85, rows[0].Readings[0].Value, 9);
        Assert.Equal("invalid-time,unknown-sensor", Codes(rows));
    }

    [Theory]
    [InlineData(1_772_366_400_123_456, 1_772_366_400_123_456)]
    [InlineData(1_772_366_400_123, 1_772_366_400_123_000)]
    public async Task Parquet_times_may_be_whole_numbers(long time, long micros)
    {
        var rows = await Parquet([], ("time", new[] { time }), ("melt-flow", new[] { 5.0 }));
        Assert.Equal([new(8, micros, 5)], rows[0].Readings);
    }

    [Fact]
    public async Task Parquet_columns_may_be_named_by_the_models_mapping() =>
        Assert.Equal([new(4, At, 0.5)], (await Parquet([("datetime", new[]
        {
            "2026-03-01 12:00:00.123456",
        })], PumpLoop, ("Pressure", new[] { 0.5 }), ("anomaly", new[] { 0.0 })))[0].Readings);

    [Fact]
    public async Task Parquet_with_an_unknown_column_or_type_fails_at_once()
    {
        Assert.Contains("'melt'", (await Assert.ThrowsAsync<InvalidInputException>(() => Parquet([], ("time", new[] { At }), ("melt", new[]
        {
            1.0,
        })))).Message);
        Assert.Contains("time", (await Assert.ThrowsAsync<InvalidInputException>(() => Parquet([], ("time", new[]
        {
            1.5,
        }), ("melt-flow", new[] { 1.0 })))).Message);
    }

    [Fact]
    public async Task A_damaged_parquet_file_is_invalid_input()
    {
        using var file = new MemoryStream();
        await Write(file, [], ("time", new[] { At, At + 1 }), ("melt-flow", new[] { 1.0, 2.0 }));
        var whole = file.ToArray();
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = whole.ToArray();
            damaged[i] ^= 0xFF;
            if (await Record.ExceptionAsync(() => Parquet(new MemoryStream(damaged))) is { } error)
                Assert.True(error is InvalidInputException or TooLargeException, $"byte {i}: {error}");
            Assert.IsType<InvalidInputException>(await Record.ExceptionAsync(() => Parquet(new MemoryStream(whole[..i]))));
        }
    }

    [Property(MaxTest = 500)]
    public async Task Random_bytes_end_in_rows_or_invalid_input(byte[] bytes, bool hasHeader)
    {
        byte[] csv = hasHeader ? [.. "time,melt-temperature\n"u8, .. bytes] : bytes;
        foreach (var read in new Func<IAsyncEnumerable<ImportRow>>[]
        {
            () => ReadRowsCsv.Read(new MemoryStream(csv), Extruder, default),
            () => ReadRowsNdjson.Read(new MemoryStream(bytes), Extruder, default),
            () => ReadRowsParquet.Read(new MemoryStream(bytes), Extruder, default),
        })
        {
            if (await Record.ExceptionAsync(async () => await read().CountAsync()) is { } error)
                Assert.IsType<InvalidInputException>(error);
        }
    }

    internal static async Task<List<ImportRow>> Parquet(MemoryStream file, AssetModel? model = null)
    {
        file.Position = 0;
        return await ReadRowsParquet.Read(file, model ?? Extruder, Cancel).ToListAsync(Cancel);
    }

    internal static Task<List<ImportRow>> Parquet((string, string[])[] texts, params (string, Array)[] numbers) =>
        Parquet(texts, Extruder, numbers);

    internal static async Task<List<ImportRow>> Parquet((string, string[])[] texts, AssetModel model, params (string, Array)[] numbers)
    {
        using var file = new MemoryStream();
        await Write(file, texts, numbers);
        return await Parquet(file, model);
    }

    static async Task Write(MemoryStream file, (string Name, string[] Values)[] texts, params (string Name, Array Values)[] numbers)
    {
        List<DataField> textFields = [.. texts.Select(t => new DataField<string>(t.Name))];
        List<DataField> numberFields = [.. numbers.Select(n => new DataField(n.Name, n.Values.GetType().GetElementType()!, false))];
        await using var writer = await ParquetWriter.CreateAsync(
            new ParquetSchema([.. textFields, .. numberFields]), file, cancellationToken: Cancel);
        using var group = writer.CreateRowGroup();
        for (var i = 0; i < texts.Length; i++) await group.WriteAsync(textFields[i], texts[i].Values);
        for (var i = 0; i < numbers.Length; i++)
        {
            if (numbers[i].Values is long[] longs) await group.WriteAsync<long>(numberFields[i], longs, cancellationToken: Cancel);
            else await group.WriteAsync<double>(numberFields[i], (double[])numbers[i].Values, cancellationToken: Cancel);
        }
    }

    /// <summary>Returns a few kilobytes at a time and cannot seek, like a request body.</summary>
    sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 4099)]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 4099)], cancel);
    }
}
