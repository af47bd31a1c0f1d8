using System.Globalization;
using Ingest.Payloads;
using TwinModel.Assets;
using static Ingest.Tests.Given;
using static Ingest.Tests.ImportTests;

namespace Ingest.Tests;

/// <summary>The hour that occurs twice when daylight saving ends.</summary>
public class LocalTimeTests
{
    static readonly AssetModel Berlin = PumpLoop with { Csv = PumpLoop.Csv! with { TimeZone = "Europe/Berlin" } };

    static async Task<string> Passes(params string[] times)
    {
        var rows = await Csv("datetime;Pressure\n" + string.Concat(times.Select((t, i) => $"2026-10-25 {t};{i}\n")), Berlin);
        return string.Join(" ", rows.OrderBy(r => r.Number).Select(r =>
            r.Readings.Length == 0
                ? r.Rejections[0].Code
                : TwinModel.Telemetry.Micros.ToTime(r.Readings[0].SampledAt).ToString("HH:mm", CultureInfo.InvariantCulture)));
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

    // A change of the base offset (Morocco's Ramadan), half an hour, two hours, and a skipped day.
    [Theory]
    [InlineData("Africa/Casablanca", "2026-02-15T02:30:00", "Twice", "2026-02-15T01:30:00Z", 60)]
    [InlineData("Africa/Casablanca", "2026-02-15T01:59:59", "Known", "2026-02-15T00:59:59Z", 0)]
    [InlineData("Africa/Casablanca", "2026-02-15T03:00:00", "Known", "2026-02-15T03:00:00Z", 0)]
    [InlineData("Africa/Casablanca", "2026-03-22T02:30:00", "Missing", null, 0)]
    [InlineData("Australia/Lord_Howe", "2026-04-05T01:45:00", "Twice", "2026-04-04T14:45:00Z", 30)]
    [InlineData("Antarctica/Troll", "2026-10-25T01:30:00", "Twice", "2026-10-24T23:30:00Z", 120)]
    [InlineData("Europe/Berlin", "2026-03-29T02:30:00", "Missing", null, 0)]
    [InlineData("Pacific/Apia", "2011-12-30T12:00:00", "Missing", null, 0)]
    [InlineData("Pacific/Apia", "2011-12-31T00:00:00", "Known", "2011-12-30T10:00:00Z", 0)]
    public void A_local_time_is_known_missing_or_twice(string zone, string local, string kind, string? first, int minutes)
    {
        var time = SampleTime.FromLocal(DateTime.Parse(local, CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById(zone));
        Assert.Equal(new ReadTime(Enum.Parse<TimeKind>(kind), first is null ? 0 : Micros(first), minutes * 60_000_000L), time);
    }

    [Fact]
    public async Task In_a_long_file_each_sensor_has_its_own_order()
    {
        var rows = await Csv(
            "time,sensor,value\n2026-10-25 02:30:00,pressure,1\n2026-10-25 02:30:00,volume-flow,1\n2026-10-25 "
                + "02:30:00,pressure,2\n2026-10-25 02:30:00,volume-flow,2\n", Berlin);
        Assert.Equal(["00:30", "00:30", "01:30", "01:30"],
            rows.OrderBy(r => r.Number).Select(r => $"{TwinModel.Telemetry.Micros.ToTime(r.Readings[0].SampledAt):HH:mm}"));
    }

    [Fact]
    public async Task A_row_of_the_hour_that_comes_twice_keeps_its_line_when_rejected()
    {
        var row = Assert.Single(await Ndjson("""{"datetime":"2026-10-25 02:30:00","Pressure":1}""", Berlin));
        Assert.Equal(("ambiguous-time", 1), (Codes([row]), row.RejectedReadings));
        Assert.Equal("""{"datetime":"2026-10-25 02:30:00","Pressure":1}""", Raw(row));
    }
}
