using System.Globalization;
using TwinModel.Assets;
using static Ingest.Tests.Given;
using static Ingest.Tests.ImportTests;

namespace Ingest.Tests;

/// <summary>The hour that comes twice when daylight saving ends.</summary>
public class LocalTimeTests
{
    static readonly AssetModel Berlin = PumpLoop with { Csv = PumpLoop.Csv! with { TimeZone = "Europe/Berlin" } };

    static async Task<string> Passes(params string[] times)
    {
        var rows = await Csv("datetime;Pressure\n" + string.Concat(times.Select((t, i) => $"2026-10-25 {t};{i}\n")), Berlin);
        return string.Join(" ", rows.OrderBy(r => r.Number).Select(r =>
            r.Readings.Length == 0 ? r.Rejections[0].Code : TwinModel.Telemetry.Micros.ToTime(r.Readings[0].SampledAt).ToString("HH:mm", CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("01:59 02:00 02:30 02:59 02:00 02:30 02:59 03:00", "23:59 00:00 00:30 00:59 01:00 01:30 01:59 02:00")]
    [InlineData("02:00 02:30 02:00 02:30", "00:00 00:30 01:00 01:30")]
    [InlineData("02:30 02:30", "00:30 01:30")]
    [InlineData("01:30 02:30", "23:30 00:30")]
    [InlineData("02:30 03:30", "01:30 02:30")]
    [InlineData("02:30", "ambiguous-time")]
    [InlineData("01:30 02:30 03:30", "23:30 ambiguous-time 02:30")]
    [InlineData("02:30 02:10 02:20 02:05", "00:30 01:10 01:20 ambiguous-time")]
    public async Task The_hour_that_comes_twice_is_told_by_the_order_of_rows(string times, string passes) =>
        Assert.Equal(passes, await Passes([.. times.Split(' ').Select(t => t + ":00")]));

    [Fact]
    public async Task In_a_long_file_each_sensor_has_its_own_order()
    {
        var rows = await Csv(
            "time,sensor,value\n2026-10-25 02:30:00,pressure,1\n2026-10-25 02:30:00,volume-flow,1\n2026-10-25 02:30:00,pressure,2\n2026-10-25 02:30:00,volume-flow,2\n", Berlin);
        Assert.Equal(["00:30", "00:30", "01:30", "01:30"], rows.OrderBy(r => r.Number).Select(r => $"{TwinModel.Telemetry.Micros.ToTime(r.Readings[0].SampledAt):HH:mm}"));
    }

    [Fact]
    public async Task A_row_of_the_hour_that_comes_twice_keeps_its_line_when_rejected()
    {
        var row = Assert.Single(await Ndjson("""{"datetime":"2026-10-25 02:30:00","Pressure":1}""", Berlin));
        Assert.Equal(("ambiguous-time", 1), (Codes([row]), row.RejectedReadings));
        Assert.Equal("""{"datetime":"2026-10-25 02:30:00","Pressure":1}""", Raw(row));
    }
}
