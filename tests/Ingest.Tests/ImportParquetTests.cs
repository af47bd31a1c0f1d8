using Ingest.Imports;
using Parquet;
using Parquet.Schema;
using ServiceDefaults;
using TwinModel.Telemetry;
using static Ingest.Tests.Given;
using static Ingest.Tests.ImportSettingsTests;
using static Ingest.Tests.ImportTests;

namespace Ingest.Tests;

/// <summary>Parquet files as other programs write them.</summary>
public class ImportParquetTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // Written by DuckDB as Parquet version 2, with delta-encoded times (DELTA_BINARY_PACKED).
    [Theory]
    [InlineData("parquet-v2-timestamp-us-delta.parquet", 4)]
    [InlineData("parquet-v2-timestamptz-delta.parquet", 4)]
    [InlineData("parquet-text-values-long.parquet", 1)]
    public async Task The_files_of_the_report_are_read(string name, int readings)
    {
        var file = Path.GetFullPath(Path.Combine(Root(), "../shared/cases/payloads", name));
        Assert.SkipWhen(!File.Exists(file), $"absent: {file}");
        var rows = await ImportTests.Parquet(new MemoryStream(await File.ReadAllBytesAsync(file, Cancel)), Plain);
        Assert.Equal((readings, ""), (rows.Sum(r => r.Readings.Length), Codes(rows)));
    }

    static async Task<MemoryStream> TimesFile(DateTimeTimeUnit unit, bool isUtc, string name, params DateTime[] times)
    {
        var (time, flow) = (new DateTimeDataField(name, DateTimeFormat.Timestamp, isUtc, unit), new DataField<double>("melt-flow"));
        var file = new MemoryStream();
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(time, flow), file, cancellationToken: Cancel);
        using var group = writer.CreateRowGroup();
        await group.WriteAsync<DateTime>(time, times, cancellationToken: Cancel);
        await group.WriteAsync<double>(flow, Array.ConvertAll(times, _ => 5.0), cancellationToken: Cancel);
        return file;
    }

    [Theory]
    [InlineData(DateTimeTimeUnit.Millis, true, 0)]
    [InlineData(DateTimeTimeUnit.Micros, true, 456)]
    [InlineData(DateTimeTimeUnit.Nanos, true, 456)]
    [InlineData(DateTimeTimeUnit.Micros, false, 456)]
    [InlineData(DateTimeTimeUnit.Nanos, false, 456)]
    public async Task Timestamps_may_have_any_unit(DateTimeTimeUnit unit, bool isUtc, int micros)
    {
        var at = new DateTime(2026, 7, 1, 12, 0, 0, 123, isUtc ? DateTimeKind.Utc : DateTimeKind.Unspecified).AddMicroseconds(micros);
        var rows = await ImportTests.Parquet(await TimesFile(unit, isUtc, "time", at), With(Extruder, "time-zone=Europe/Berlin"));
        // Timestamps without a zone are local time.
        var expected = Micros(isUtc ? "2026-07-01T12:00:00.123Z" : "2026-07-01T10:00:00.123Z") + micros;
        Assert.Equal([new(8, expected, 5)], rows.SelectMany(r => r.Readings));
    }

    [Fact]
    public async Task An_index_that_pandas_wrote_is_the_time() =>
        Assert.Equal(Micros("2026-07-01T12:00:00Z"),
            (await ImportTests.Parquet(
                await TimesFile(DateTimeTimeUnit.Nanos, true, "__index_level_0__",
                    new DateTime(2026, 7, 1, 12, 0, 0, DateTimeKind.Utc))))[0].Readings[0].SampledAt);

    [Fact]
    public async Task Text_columns_are_read_with_the_same_settings_as_csv()
    {
        var rows = await ImportTests.Parquet(
            [("date", ["2026-11-01", "2026-11-01", "2026-11-01"]), ("time", ["17:00:00", "17:00:01", "17:00:02"]),
                ("Oil Temperature [°F]", ["1.212,0", "NA", "x"])],
            With(Plain, "time=date&time=time&decimal=,&thousands=.&missing=NA"), ("oil-pressure", new double[] { 1, 2, 3 }));
        Assert.Equal(2, rows[0].Readings.Length);
        Assert.Equal((2, Quality.Bad), (rows[1].Readings.Length, rows[1].Readings[0].Quality));
        Assert.Equal(Micros("2026-11-01T17:00:00Z"), rows[0].Readings[0].SampledAt);
        Assert.Equal(655.556, rows[0].Readings[0].Value, 3);
        Assert.Equal([0, 1, 0], rows.Select(r => r.Missing));
        Assert.Equal("not-a-number", Codes(rows));
        Assert.Equal("""{"time":"2026-11-01 17:00:02","Oil Temperature [\u00B0F]":"x","oil-pressure":3}""", Raw(rows[2]));
    }

    [Fact]
    public async Task Text_values_of_a_long_file_are_converted_too()
    {
        var rows = await ImportTests.Parquet(
            [("time", ["2026-11-01T17:00:00Z"]), ("sensor", ["oil-pressure"]), ("value", ["1 450,5"]), ("unit", ["psi"])],
            With(Plain, "decimal=,&thousands= "));
        Assert.Equal(1450.5 * 0.0689475729, Assert.Single(rows[0].Readings).Value, 4);
    }

    [Fact]
    public async Task Types_are_named_as_parquet_names_them()
    {
        var (time, flag) = (new DataField<DateTime>("time"), new DataField<bool>("melt-flow"));
        using var file = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(time, flag), file, cancellationToken: Cancel))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<DateTime>(time, new[] { DateTime.UnixEpoch }, cancellationToken: Cancel);
            await group.WriteAsync<bool>(flag, new[] { true }, cancellationToken: Cancel);
        }
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => ImportTests.Parquet(file, Extruder));
        Assert.Equal("'type of column melt-flow' is 'BOOLEAN'; allowed: a number, or a string with numbers.", error.Message);
        var number = await Assert.ThrowsAsync<InvalidInputException>(() => ImportTests.Parquet([], ("time", new[]
        {
            1.5,
        }), ("melt-flow", new[] { 1.0 })));
        Assert.Equal("'type of column time' is 'DOUBLE'; allowed: TIMESTAMP, DATE, INT64 or a string.", number.Message);
        var text = await Assert.ThrowsAsync<InvalidInputException>(
            () => ImportTests.Parquet([("time", ["2026-11-01T17:00:00Z"])], ("sensor", new double[] { 1 }), ("value", new double[] { 1 })));
        Assert.Equal("'type of column sensor' is 'DOUBLE'; allowed: a string.", text.Message);
    }

    const string Delta =
        "UEFSMRUAFToVPiwVCBUKFQYVBgAAHXACAAAACAGAEAgEgJDWmqTkrwaAiXoAAAAAAAAAABUAFUwVMCwVCBUSFQYVBgAAJhgCAAAACAEATgEAKI"
        + "AAgE5OT09AQEBAFQQZPDUAGA1kdWNrZGJfc2NoZW1hFQQAFQQlAhgEdGltZSUUTIwSHCwAAAAAABUKJQIYD29pbC10ZW1wZXJhdHVyZQAWCBkc"
        + "GSwmABwVBBkVChkYBHRpbWUVAhYIFlwWYCYIPBgIwIrYIZFfBgAYCADEqiGRXwYAFgAoCMCK2CGRXwYAGAgAxKohkV8GABERAAAAJgAcFQoZFR"
        + "IZGA9vaWwtdGVtcGVyYXR1cmUVAhYIFm4WUiZoPBgIAAAAAACAT0AYCAAAAAAAAE5AFgAoCAAAAAAAgE9AGAgAAAAAAABOQBERAAAAFsoBFggm"
        + "CBayAQAoKER1Y2tEQiB2ZXJzaW9uIHYxLjUuNiAoYnVpbGQgMDY5Y2M5ZjliNSkZLBwAABwAAAAlAQAAUEFSMQ==";

    [Fact]
    public async Task Times_packed_as_differences_are_read() =>
        Assert.Equal([0, 1, 2, 3],
            (await ImportTests.Parquet(new MemoryStream(Convert.FromBase64String(Delta)), Plain))
                .Select(r => (r.Readings[0].SampledAt - Micros("2026-11-06T01:00:00Z")) / 1_000_000));

    [Fact]
    public async Task Damaged_differences_are_invalid_input()
    {
        var whole = Convert.FromBase64String(Delta);
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = whole.ToArray();
            damaged[i] ^= 0xFF;
            if (await Record.ExceptionAsync(() => ImportTests.Parquet(new MemoryStream(damaged), Plain)) is { } error)
                Assert.True(error is InvalidInputException or TooLargeException, $"byte {i}: {error}");
        }
    }

    [Fact]
    public async Task Unknown_columns_of_any_type_are_named_and_passed_over()
    {
        var rows = await ImportTests.Parquet(
            [("time", ["2026-11-01T17:00:00Z"]), ("operator", ["Ada"])], Plain, ("oil-pressure", new double[] { 1 }));
        Assert.Equal(["operator"], rows[0].Columns.Unknown);
        Assert.Single(rows[0].Readings);
    }
}
