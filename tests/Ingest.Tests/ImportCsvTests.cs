using Ingest.Imports;
using ServiceDefaults;
using TwinModel.Telemetry;
using static Ingest.Tests.Given;
using static Ingest.Tests.ImportTests;

namespace Ingest.Tests;

/// <summary>CSV: columns, times, units, and what is wrong with a line.</summary>
public class ImportCsvTests
{
    const long At = 1_772_366_400_123_456;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Csv_columns_are_sensor_ids_when_the_model_has_no_mapping()
    {
        var rows = await Csv("time,melt-temperature,melt-pressure\n2026-03-01T12:00:00.123456Z,201.5,90\n2026-03-01T13:00:01+01:00,202,\n");
        Assert.Equal([new(6, At, 201.5), new(7, At, 90)], rows[0].Readings);
        Assert.Equal([new(6, 1_772_366_401_000_000, 202)], rows[1].Readings);
        Assert.Equal([2, 3], rows.Select(r => r.Number));
        Assert.Null(rows[0].Raw);
    }

    [Fact]
    public async Task Csv_follows_the_models_mapping()
    {
        var row = Assert.Single(
            await Csv("datetime;Pressure;Volume Flow RateRMS;anomaly\n2020-02-08 13:30:47;0.38;122.664;1.0\n", PumpLoop));
        Assert.Equal([new(4, 1_581_168_647_000_000, 0.38), new(8, 1_581_168_647_000_000, 122.664)], row.Readings);
        Assert.Equal(0, row.RejectedReadings);
    }

    [Fact]
    public async Task Csv_of_a_mapped_model_may_use_sensor_ids_commas_and_finer_times() =>
        Assert.Equal([new(4, At, 0.38)], Assert.Single(await Csv("time,pressure\n2026-03-01 12:00:00.123456,0.38\n", PumpLoop)).Readings);

    [Fact]
    public async Task Csv_times_without_an_offset_are_local_to_the_mappings_zone()
    {
        var berlin = PumpLoop with { Csv = PumpLoop.Csv! with { TimeZone = "Europe/Berlin" } };
        var rows = await Csv("datetime;Pressure\n2020-07-08 13:30:47;1\n2020-02-08 13:30:47;2\n2020-03-29 02:30:00;3\n", berlin);
        Assert.Equal([Micros("2020-07-08T11:30:47Z"), Micros("2020-02-08T12:30:47Z")],
            rows.SelectMany(r => r.Readings).Select(r => r.SampledAt));
        Assert.Equal("missing-local-time", Codes(rows));
    }

    [Fact]
    public async Task A_separator_at_the_end_of_every_line_is_no_column()
    {
        var rows = await Csv(
            "Zeit;Öltemperatur [°C];Öldruck [bar];\n01.11.2026 13:00:00;61.5;101;\n01.11.2026 13:00:01;61.5;101;7\n", Press);
        Assert.Equal([new(1, Micros("2026-11-01T12:00:00Z"), 61.5), new(2, Micros("2026-11-01T12:00:00Z"), 101)], rows[0].Readings);
        Assert.Equal("unknown-column", Codes(rows));
    }

    [Fact]
    public async Task Units_of_rows_are_converted()
    {
        var rows = await Csv(
            "time,sensor,value,unit\n2026-11-01T19:00:02Z,oil-pressure,1450,psi\n2026-11-01T19:00:04Z,oil-pressure,10000,hPa\n", Press);
        Assert.Equal(99.97398, rows[0].Readings[0].Value, 5);
        Assert.Equal(10, rows[1].Readings[0].Value, 12);
    }

    [Fact]
    public async Task Csv_may_be_long_with_units_and_qualities()
    {
        var rows = await Csv(
            "time,sensor,value,unit,quality\n1772366400.123456,melt-temperature,475,K,good\n1772366400123456,melt-pressure,90,,BAD\n"
                + "2026-03-01,melt-flow,,,\n"
            + "2026-03-01,melt,1,,\n2026-03-01,melt-flow,x,,\n2026-03-01,melt-flow,1,bar,\nnoon,melt-flow,1,,\n2026-03-01,melt-flow,1,,"
            + "fine\n");
        Assert.Equal(201.85, rows[0].Readings[0].Value, 9);
        Assert.Equal(At, rows[0].Readings[0].SampledAt);
        Assert.Equal([new(7, At, 90, Quality.Bad)], rows[1].Readings);
        Assert.Empty(rows[2].Readings);
        Assert.Equal("unknown-sensor,not-a-number,unit-mismatch,invalid-time,unknown-quality", Codes(rows));
    }

    [Fact]
    public async Task A_bad_cell_rejects_its_reading_only_and_keeps_the_line()
    {
        var row = Assert.Single(await Csv("time,melt-temperature,melt-pressure,melt-flow\n2026-03-01T12:00:00Z,hot,90,NaN\n"));
        Assert.Equal(90, Assert.Single(row.Readings).Value);
        Assert.Equal(["not-a-number", "not-finite"], row.Rejections.Select(r => r.Code));
        Assert.Contains("'melt-temperature' is 'hot'", row.Rejections[0].Detail);
        Assert.Equal("time,melt-temperature,melt-pressure,melt-flow\n2026-03-01T12:00:00Z,hot,90,NaN", Raw(row));
    }

    [Fact]
    public async Task A_bad_time_rejects_every_reading_of_the_line()
    {
        var row = Assert.Single(await Csv("time,melt-temperature,melt-pressure,melt-flow\nnoon,1,2,\n"));
        Assert.Empty(row.Readings);
        Assert.Equal(2, row.RejectedReadings);
    }

    [Fact]
    public async Task A_line_that_is_cut_off_is_rejected()
    {
        var rows = await Csv("time,melt-temperature,melt-pressure\n2026-03-01T12:00:00Z,1\n\n2026-03-01T12:00:00Z,1,2,3");
        Assert.Equal("wrong-columns,wrong-columns", Codes(rows));
    }

    [Fact]
    public async Task An_unclosed_quote_spoils_its_own_line_only()
    {
        var rows = await Csv("time,melt-temperature\n2026-03-01T12:00:00Z,\"1\n2026-03-01T12:00:01Z,\"2\"\n");
        Assert.Equal(2, rows.Count);
        Assert.Equal(2, Assert.Single(rows[1].Readings).Value);
    }

    [Theory]
    [InlineData("time,melt-temperatur,melt-pressur\n", "melt-temperatur")]
    [InlineData("melt-temperature,melt-pressure\n", "time")]
    [InlineData("time,melt-temperature,melt-temperature\n", "melt-temperature")]
    [InlineData("time,sensor,value,sensor\n", "sensor")]
    [InlineData("", "header")]
    public async Task A_header_that_does_not_fit_fails_the_import_at_once(string text, string named)
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => Csv(text));
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public async Task A_file_without_any_known_column_is_refused_with_those_allowed()
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => Csv("datetime;Flow\n2020-02-08 13:30:47;2\n", PumpLoop));
        Assert.Contains("'Flow'", error.Message);
        Assert.Contains("datetime, Accelerometer1RMS", error.Allowed);
        Assert.Contains("anomaly, changepoint", error.Allowed);
    }

    [Fact]
    public async Task Columns_that_the_model_does_not_know_are_named()
    {
        var row = Assert.Single(await Csv("datetime;Pressure;Flow;anomaly;\n2020-02-08 13:30:47;1;2;0;\n", PumpLoop));
        Assert.Equal(["Flow"], row.Columns.Unknown);
        Assert.Single(row.Readings);
        Assert.Equal(["(column 1, unnamed)"], (await Csv(",time,melt-flow\n0,2026-03-01T12:00:00Z,5\n"))[0].Columns.Unknown);
    }

    [Fact]
    public async Task More_columns_than_allowed_fail_the_import() =>
        await Assert.ThrowsAsync<TooLargeException>(() => Csv("time" + string.Concat(Enumerable.Repeat(",melt-temperature", 5000)) + "\n"));

    [Fact]
    public async Task A_real_recording_of_the_pump_loop_is_read_without_a_rejection()
    {
        var file = Path.GetFullPath(Path.Combine(Root(), "../shared/data/skab/dev/anomaly-free/anomaly-free.csv"));
        Assert.SkipWhen(!File.Exists(file), $"absent: the SKAB recording {file}");
        await using var stream = File.OpenRead(file);
        var rows = await ReadRowsCsv.Read(stream, PumpLoop, Cancel).ToListAsync(Cancel);
        Assert.Equal(File.ReadLines(file).Count() - 1, rows.Count);
        Assert.All(rows, r => Assert.Equal((8, 0), (r.Readings.Length, r.RejectedReadings)));
        Assert.Equal(new(1, Micros("2020-02-08T13:30:47Z"), 0.202394), rows[0].Readings[0]);
    }
}
