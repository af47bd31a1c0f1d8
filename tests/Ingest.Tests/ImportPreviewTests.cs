using System.Text;
using Ingest.Imports;
using Ingest.Recording;
using TwinModel.Assets;
using static Ingest.Tests.Given;
using static Ingest.Tests.ImportSettingsTests;
using static Ingest.Tests.ImportTests;

namespace Ingest.Tests;

/// <summary>A dry run reports how a file would be read, and which settings would read more of it.</summary>
public class ImportPreviewTests
{
    static Task<ImportPreview> Preview(string text, AssetModel model, string type = "text/csv") =>
        PreviewImport.Of(
            new MemoryStream(Encoding.UTF8.GetBytes(text)), ImportFormats.Of(type), model,
            new TimeWindow(0, Micros("2027-01-01T00:00:00Z")), TestContext.Current.CancellationToken);

    [Fact]
    public async Task The_first_rows_are_shown_as_they_would_be_read()
    {
        var preview = await Preview(
            "time,Oil Temperature [°F],oil-pressure,Flow\n2026-11-01T17:00:00Z,212,x,1\n2026-11-01T17:00:01Z,212,9999,1\n"
                + string.Concat(Enumerable.Repeat("2026-11-01T17:00:02Z,212,1,1\n", 50)), Plain);
        Assert.Equal((52, 102, 2, 0), (preview.Rows, preview.Readings, preview.Rejected, preview.Missing));
        Assert.Equal(20, preview.First.Count);
        var first = preview.First[0];
        Assert.Equal((2, "oil-temperature", 100, "degC", "good"),
            (first.Row, first.Sensor, Math.Round(first.Value!.Value, 9), first.Unit, first.Quality));
        Assert.StartsWith("not-a-number: 'oil-pressure' is 'x'", preview.First[1].Reason);
        Assert.StartsWith("physically-impossible", preview.First[3].Reason);
        Assert.Equal(["Flow"], preview.UnknownColumns);
        Assert.Empty(preview.Notes);
        Assert.Null(preview.Proposal);
    }

    [Fact]
    public async Task Of_a_long_cell_only_what_is_shown_is_read_however_many_settings_are_tried()
    {
        var text = $"date,time,oil-temperature\n2026-11-01,17:00:{new string('{', 200_000)},61.5\n";
        await Preview(text, Plain);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var preview = await Preview(text, Plain);
        // Several hundred settings are tried, so this is less than what each of them would need to make a text of the cell.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400L * 2 * text.Length);
        Assert.Equal(1, preview.Rejected);
        Assert.All(preview.First, reading => Assert.True(reading.Reason!.Length < 1000));
    }

    [Fact]
    public async Task Of_a_file_with_too_many_columns_only_another_layout_is_tried()
    {
        var text = $"Datum{string.Concat(Enumerable.Repeat(";Uhrz", 13_000))}\n1;2\n";
        await Preview(text, Plain);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var preview = await Preview(text, Plain);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
        Assert.Contains("columns", preview.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Zeit;Öltemperatur [°C]\n01.11.2026 10:00:00;61,5\n01.11.2026 10:00:01;61,6\n", true, "decimal=%2C", 2)]
    [InlineData("Zeit;Öldruck [bar]\n01.11.2026 10:00:00;1.101,5\n", true, "decimal=%2C&thousands=.", 1)]
    [InlineData("time;oil-temperature\n25.11.2026 10:00:00;61,5\n", false, "decimal=%2C&time-format=d.M.yyyy%20H%3Amm%3Ass", 1)]
    [InlineData("time,oil-temperature\n11/25/2026 5:00 PM,61.5\n", false, "time-format=M%2Fd%2Fyyyy%20h%3Amm%20tt", 1)]
    [InlineData("time,oil-temperature\n2026-11-01T10:00:00Z,NA\n2026-11-01T10:00:01Z,-\n2026-11-01T10:00:02Z,1\n", false,
        "missing=NA&missing=-", 3)]
    [InlineData("# logger\ntime,oil-temperature\n2026-11-01T10:00:00Z,61.5\n", false, "comment=%23", 1)]
    [InlineData("date,time,oil-temperature\n2026-11-01,17:00:00,61.5\n", false, "time=date&time=time", 1)]
    [InlineData("Datum;Uhrzeit;oil-temperature\n25.11.2026;17:00:00;61,5\n", false,
        "decimal=%2C&time=Datum&time=Uhrzeit&time-format=d.M.yyyy%20H%3Amm%3Ass", 1)]
    [InlineData("timestamp,oil-temperature\n2026-11-01T17:00:00Z,61.5\n", false, "time=timestamp", 1)]
    [InlineData("time,oil-temperature\ns,degF\n2026-11-01T17:00:00Z,212\n", false, "units-row=true", 1)]
    public async Task Settings_that_read_more_are_proposed(string text, bool isPress, string query, int readings)
    {
        var proposal = (await Preview(text, isPress ? Press : Plain)).Proposal;
        Assert.NotNull(proposal);
        Assert.Equal((query, readings, 0), (proposal.Query, proposal.Readings, proposal.Rejected));
        Assert.NotEmpty(proposal.First);
        Assert.Equal(readings, (await Preview(text, With(isPress ? Press : Plain, proposal.Query))).Readings);
    }

    [Fact]
    public async Task What_settings_cannot_mend_has_no_proposal()
    {
        var preview = await Preview("time,flow\n2026-11-01T17:00:00Z,1\n", Plain);
        Assert.Contains("'column' is 'flow'", preview.Error);
        Assert.Null(preview.Proposal);
    }

    [Fact]
    public async Task Dates_that_can_be_read_in_two_ways_and_times_without_an_offset_are_noted()
    {
        var preview = await Preview("time,oil-temperature\n05/11/2026 10:00:00,61.5\n", Plain);
        Assert.Contains(preview.Notes, n => n.Contains("M/d/yyyy H:mm:ss", StringComparison.Ordinal));
        Assert.Contains((await Preview("time,oil-temperature\n2026-11-05 10:00:00,61.5\n", Plain)).Notes,
            n => n.Contains("time-zone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_lines_have_previews_too()
    {
        var proposal = (await Preview(
            "{\"time\":\"2026-11-01T10:00:00Z\",\"oil-temperature\":\"61,5\"}\n", Plain, "application/x-ndjson")).Proposal;
        Assert.Equal("decimal=%2C", proposal?.Query);
    }

    [Fact]
    public async Task Only_the_beginning_of_a_large_file_is_read()
    {
        var preview = await Preview(
            "time,oil-temperature\n" + string.Concat(Enumerable.Repeat("2026-11-01T17:00:02Z,21\n", 20_000)), Plain);
        Assert.Equal((200, 0), (preview.Rows, preview.Rejected));
    }
}
