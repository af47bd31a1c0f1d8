using System.Text;
using Contracts.Events;
using Ingest.Imports;
using Ingest.Payloads;
using Ingest.Recording;
using Microsoft.AspNetCore.WebUtilities;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;
using static Ingest.Tests.Given;
using static Ingest.Tests.ImportTests;

namespace Ingest.Tests;

/// <summary>Files as found in practice, read with settings from the model or the request.</summary>
public class ImportSettingsTests
{
    // Without a CSV mapping.
    internal static readonly AssetModel Plain = Press with { Csv = null };

    internal static AssetModel With(AssetModel model, string query) => ImportFormats.WithSettings(model, QueryHelpers.ParseQuery(query));

    static IEnumerable<double> Values(IEnumerable<ImportRow> rows) => rows.SelectMany(r => r.Readings).Select(r => r.Value);

    static IEnumerable<long> Times(IEnumerable<ImportRow> rows) => rows.SelectMany(r => r.Readings).Select(r => r.SampledAt);

    [Fact]
    public async Task Decimal_commas_and_grouped_digits_are_read_when_declared()
    {
        const string text = "Zeit;Öltemperatur [°C];Öldruck [bar]\n01.11.2026 10:00:00;61,5;101,25\n01.11.2026 10:00:01;61,6;1.101,5\n";
        Assert.Equal([61.5, 101.25, 61.6, 1101.5], Values(await Csv(text, With(Press, "decimal=,&thousands=."))));
        Assert.Equal("not-a-number,not-a-number,not-a-number,not-a-number", Codes(await Csv(text, Press)));
    }

    [Theory]
    [InlineData(',', '.', "1.234.567,5", 1234567.5)]
    [InlineData(',', '.', "-1234567,5e1", -12345675.0)]
    [InlineData(',', '.', "+,5", 0.5)]
    [InlineData('.', ',', "1,234.5", 1234.5)]
    [InlineData('.', '\'', "1'234", 1234.0)]
    [InlineData('.', '\'', "1\u2019234", 1234.0)]
    [InlineData(',', ' ', "1 234,5", 1234.5)]
    [InlineData(',', ' ', "1\u00a0234,5", 1234.5)]
    [InlineData(',', ' ', "1\u202f234\u202f567", 1234567.0)]
    [InlineData(',', '.', "61.5", null)]
    [InlineData(',', '.', "1.23,5", null)]
    [InlineData(',', '.', "1234.567", null)]
    [InlineData(',', '.', "1.234.56", null)]
    [InlineData(',', '.', ".234", null)]
    [InlineData(',', '.', "1..234", null)]
    [InlineData(',', '.', "1,234.5", null)]
    [InlineData(',', '.', "1,2,3", null)]
    [InlineData(',', null, "61.5", null)]
    [InlineData(',', '.', "", null)]
    [InlineData('.', ',', "12,34", null)]
    public void Groups_have_three_digits(char point, char? mark, string text, double? value)
    {
        var isNumber = new CsvMapping { Decimal = point, Thousands = mark }.TryNumber(Encoding.UTF8.GetBytes(text), out var read);
        Assert.Equal(value, isNumber ? read : null);
    }

    [Theory]
    [InlineData("decimal=;", "decimal")]
    [InlineData("decimal=,&thousands=,", "thousands")]
    [InlineData("separator=,&decimal=,", "decimal")]
    [InlineData("separator=.&thousands=.&decimal=,", "thousands")]
    [InlineData("separator=;;", "separator")]
    [InlineData("separator=a", "separator")]
    [InlineData("comment=//", "comment")]
    [InlineData("comment=;&separator=;", "comment")]
    [InlineData("time=a&time=b&time=c", "time")]
    [InlineData("time=a&time=A", "time")]
    [InlineData("time=", "time")]
    [InlineData("time=date&time=time&time-format=epoch-s", "time-format")]
    [InlineData("time-format=HH:mm:ss", "time-format")]
    [InlineData("time-format=dd.MM.yyyy hh:mm", "time-format")]
    [InlineData("time-format=%25", "time-format")]
    [InlineData("time-format=epoch-min", "time-format")]
    [InlineData("time-zone=Mars", "time-zone")]
    [InlineData("units-row=yes", "units-row")]
    [InlineData("decimal=.&decimal=,", "decimal")]
    [InlineData("timezone=UTC", "timezone")]
    public void Settings_that_cannot_be_are_refused_by_name(string query, string field) =>
        Assert.Equal(field, Assert.Throws<InvalidInputException>(() => With(Plain, query)).Field);

    [Fact]
    public async Task Marks_of_no_value_are_readings_without_one()
    {
        const string text = "time,oil-temperature,oil-pressure\n2026-11-01T15:30:00Z,NA,101\n2026-11-01T15:30:01Z,NaN,101\n"
            + "2026-11-01T15:30:02Z,null,101\n2026-11-01T15:30:03Z,,101\n";
        var rows = await Csv(text, With(Plain, "missing=NA&missing=NaN&missing=null"));
        Assert.Equal((3, 7, ""), (rows.Sum(r => r.Missing), rows.Sum(r => r.Readings.Length), Codes(rows)));
        Assert.Equal(4, (await Csv(text, With(Plain, "missing=NA&missing=NaN&missing=null&missing="))).Sum(r => r.Missing));
        Assert.Equal("not-a-number,not-finite,not-a-number", Codes(await Csv(text, Plain)));
        var lines = await Ndjson(
            "{\"time\":1793547000,\"oil-temperature\":\"NA\",\"oil-pressure\":null}\n", With(Plain, "missing=NA&missing="));
        Assert.Equal((2, 0), (lines[0].Missing, lines[0].RejectedReadings));
        var isLong = await Csv(
            "time,sensor,value\n2026-11-01T15:30:00Z,oil-temperature,NA\n2026-11-01T15:30:00Z,oil-pressure,\n", With(Plain, "missing=NA"));
        Assert.Equal([1, 0], isLong.Select(r => r.Missing));
        // The form in which a replayed rejection contains it.
        var again = await Ndjson("{\"time\":1793547000,\"sensor\":\"oil-temperature\",\"value\":null,\"quality\":\"bad\"}\n", Plain);
        Assert.Equal((1, Quality.Bad), (again[0].Missing, again[0].Readings[0].Quality));
    }

    [Fact]
    public async Task Lines_of_comments_are_passed_over_wherever_they_are()
    {
        var rows = await Csv(
            "# exported by logger\n# serial 4711\n\ntime,oil-temperature\n2026-11-01T20:20:00Z,61.5\n# pause\n2026-11-01T20:20:01Z,x\n",
            With(Plain, "comment=%23"));
        Assert.Equal([61.5], Values(rows));
        Assert.Equal([5, 7], rows.Select(r => r.Number));
        Assert.Equal("time,oil-temperature\n2026-11-01T20:20:01Z,x", Raw(rows[1]));
    }

    [Theory]
    [InlineData("time=date&time=time", "date,time,oil-temperature\n2026-11-01,17:00:00,61.5\n")]
    [InlineData("time=Date&time=Time&time-format=dd/MM/yyyy hh:mm:ss tt", "DATE,oil-temperature,TIME\n01/11/2026,61.5,05:00:00 pm\n")]
    [InlineData("time-format=M/d/yyyy h:mm tt", "time,oil-temperature\n11/1/2026 5:00 PM,61.5\n")]
    [InlineData("time-format=epoch-s", "time,oil-temperature\n1793552400,61.5\n")]
    [InlineData("time-format=epoch-ms", "time,oil-temperature\n1793552400000,61.5\n")]
    [InlineData("time-format=epoch-us", "time,oil-temperature\n1793552400000000,61.5\n")]
    [InlineData("time-format=epoch-ns", "time,oil-temperature\n1793552400000000000,61.5\n")]
    [InlineData("time-zone=America/New_York", "time,oil-temperature\n2026-11-01 12:00:00,61.5\n")]
    [InlineData("decimal=,&separator=;", "time;oil-temperature\n1793552400,000;61,5\n")]
    [InlineData("", "time,oil-temperature\n20261101T170000Z,61.5\n")]
    [InlineData("", "time,oil-temperature\n\"2026-11-01 17:00:00,000\",61.5\n")]
    [InlineData("", ",oil-temperature\n2026-11-01 17:00:00,61.5\n")]
    [InlineData("", "sep=|\ntime|oil-temperature\n2026-11-01 17:00:00|61.5\n")]
    public async Task Times_are_written_in_many_ways(string query, string text)
    {
        var row = Assert.Single(await Csv(text, With(Plain, query)));
        Assert.Equal([new(1, Micros("2026-11-01T17:00:00Z"), 61.5)], row.Readings);
    }

    [Fact]
    public async Task A_time_in_two_columns_that_cannot_be_read_is_named_with_both()
    {
        var row = Assert.Single(await Csv("date,time,oil-temperature\n2026-11-01,25:00,61.5\n", With(Plain, "time=date&time=time")));
        Assert.Contains("'date time' is '2026-11-01 25:00'", Assert.Single(row.Rejections).Detail);
    }

    [Fact]
    public async Task Epochs_in_a_declared_unit_may_be_of_any_size()
    {
        Assert.Equal([1_500_000], Times(await Csv("time,oil-temperature\n1500,1\n", With(Plain, "time-format=epoch-ms"))));
        Assert.Equal("invalid-time",
            Codes(await Csv("time,oil-temperature\n99999999999999999999999999999,1\n", With(Plain, "time-format=epoch-ms"))));
    }

    [Fact]
    public async Task A_row_of_units_tells_the_units_of_its_columns()
    {
        var rows = await Csv(
            "time,oil-temperature,oil-pressure\n,[°F],psi\n2026-11-01T17:00:00Z,212,1450\n2026-11-01T17:00:01Z,x,\n",
            With(Plain, "units-row=true"));
        Assert.Equal([100, 99.974], Values(rows).Select(v => Math.Round(v, 3)));
        Assert.Equal("time,oil-temperature,oil-pressure\n,[°F],psi\n2026-11-01T17:00:01Z,x,", Raw(rows[1]));
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => Csv("time,oil-pressure\ns,K\n", With(Plain, "units-row=true")));
        Assert.Equal("unit of column oil-pressure", error.Field);
        Assert.Contains("bar", error.Allowed);
    }

    [Theory]
    [InlineData("Oil Temperature [°F]", 212, 100)]
    [InlineData("OIL_TEMPERATURE", 100, 100)]
    [InlineData("Oil-Pressure (psi)", 1450, 99.974)]
    [InlineData("oil pressure (bar)", 5, 5)]
    [InlineData("ÖLTEMPERATUR [°F]", 212, 100)]
    [InlineData("Öltemperatur [°C]", 100, 100)]
    public async Task Headers_may_be_in_any_case_and_have_units_in_brackets(string header, double value, double read)
    {
        var rows = await Csv(FormattableString.Invariant($"Time;{header}\n2026-11-01T17:00:00Z;{value}\n"), Press);
        Assert.Equal(read, Math.Round(Assert.Single(rows[0].Readings).Value, 3));
        var lines = await Ndjson(FormattableString.Invariant($"{{\"Time\":1793552400,\"{header}\":{value}}}\n"), Press);
        Assert.Equal(read, Math.Round(Assert.Single(lines[0].Readings).Value, 3));
    }

    [Fact]
    public async Task A_unit_in_brackets_that_measures_something_else_is_refused() =>
        Assert.Equal("unit of column Oil Temperature [bar]",
            (await Assert.ThrowsAsync<InvalidInputException>(
                () => Csv("time,Oil Temperature [bar]\n2026-11-01T17:00:00Z,1\n", Plain))).Field);

    [Fact]
    public async Task Brackets_that_hold_no_unit_belong_to_the_name() =>
        Assert.Equal(["Oil Temperature (inlet)"],
            (await Csv("time,oil-pressure,Oil Temperature (inlet)\n2026-11-01T17:00:00Z,1,2\n", Plain))[0].Columns.Unknown);

    [Fact]
    public async Task A_rejected_row_is_read_again_with_the_settings_of_its_import()
    {
        var settings = QueryHelpers.ParseQuery("decimal=,&missing=NA&preview=false");
        var row = Assert.Single(
            await Csv("time;oil-temperature;oil-pressure\n2026-11-01T17:00:00Z;x;1,5\n", ImportFormats.WithSettings(Plain, settings)));
        var source = Payload.ImportSource("csv", "press-1", ImportFormats.Settings(settings));
        Assert.Equal("import:csv:press-1?decimal=%2C&missing=NA", source);
        var again = new Decoded();
        await ImportFormats.Decode(
            new ReadingsRejected(Guid.NewGuid(), "press-1", source, row.Raw!, "", 1, [], DateTimeOffset.UnixEpoch), Plain, again,
            TestContext.Current.CancellationToken);
        Assert.Equal((1.5, 1), (Assert.Single(again.Readings).Value, again.RejectedReadings));
    }

    [Fact]
    public async Task Quoted_headers_stay_quoted_in_rejected_rows() =>
        Assert.StartsWith(
            "time,oil-temperature,\"a,b\"\n", Raw((await Csv("time,oil-temperature,\"a,b\"\n2026-11-01T17:00:00Z,x,1\n", Plain))[0]));

    [Fact]
    public async Task The_hour_that_comes_twice_and_the_one_left_out_are_told_by_a_zone_of_the_request()
    {
        var rows = await Csv("time,oil-temperature\n2026-10-25 02:30,1\n2026-03-29 02:30,2\n", With(Plain, "time-zone=Europe/Berlin"));
        Assert.Equal("missing-local-time,ambiguous-time", Codes(rows));
    }

    [Theory]
    [InlineData("csv-german-decimal-comma.csv", true, "decimal=,&thousands=.", 4)]
    [InlineData("csv-missing-marks-NA-NaN-null.csv", false, "missing=NA&missing=NaN&missing=null", 6)]
    [InlineData("csv-comment-lines-before-header.csv", false, "comment=%23", 1)]
    [InlineData("csv-date-and-time-in-two-columns.csv", false, "time=date&time=time", 1)]
    [InlineData("csv-time-comma-fraction.csv", false, "", 1)]
    [InlineData("csv-units-psi-hPa.csv", false, "", 2)]
    public async Task The_files_of_the_report_are_read(string name, bool isPress, string query, int readings)
    {
        var file = Path.GetFullPath(Path.Combine(Root(), "../shared/cases/payloads", name));
        Assert.SkipWhen(!File.Exists(file), $"absent: {file}");
        var rows = await Csv(
            await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), With(isPress ? Press : Plain, query));
        Assert.Equal((readings, 0), (rows.Sum(r => r.Readings.Length), rows.Sum(r => r.RejectedReadings)));
    }
}
