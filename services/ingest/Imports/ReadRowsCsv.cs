using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using Ingest.Payloads;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Ingest.Imports;

/// <summary>Reads CSV, wide or long, in the model's mapping or with sensor ids as headers.</summary>
static class ReadRowsCsv
{
    /// <summary>Rows in the order of the file. Holds one line and a read buffer in memory.</summary>
    /// <exception cref="InvalidInputException">The header does not fit the model; names the column and what is allowed.</exception>
    /// <exception cref="TooLargeException">A line or the header is too long.</exception>
    public static IAsyncEnumerable<ImportRow> Read(Stream stream, AssetModel model, CancellationToken cancel) => ResolveLocalTimes.Of(ReadAll(stream, model, cancel), cancel);

    static async IAsyncEnumerable<ImportRow> ReadAll(Stream stream, AssetModel model, [EnumeratorCancellation] CancellationToken cancel)
    {
        var pipe = PipeReader.Create(stream, new(bufferSize: 1 << 16, leaveOpen: true));
        var known = await SeparatorOf(pipe, model, cancel);
        var separator = known ?? ',';
        var options = new CsvReaderOptions
        {
            Separator = known,
            MaxRecordSize = ImportRow.LongestLine,
            TrackLineNumbers = true,
            // An unclosed quote then spoils its own line, not the rest of the file.
            AllowLineBreaksInQuotes = false,
        };
        await using var csv = CsvReader.Create(pipe.AsStream(), options, true);
        await Guard(csv.ReadHeaderAsync(cancel), 1);
        var columns = ReadRowsColumns.Of(csv.Headers, model);
        var row = new Decoded();
        var line = 1L;
        while (await Guard(csv.ReadAsync(cancel), line))
        {
            line = csv.LineNumber;
            row.Clear();
            var time = ReadRow(csv, columns, row);
            // With its header, so that a rejected row can be read again.
            yield return ImportRow.Of(line, row, time, columns.IsLong, () => $"{string.Join(separator, csv.Headers)}\n{Encoding.UTF8.GetString(csv.RawRecord)}");
        }
    }

    // The mapping's separator, unless the file is in another layout; null leaves it to the library to find it.
    static async Task<char?> SeparatorOf(PipeReader pipe, AssetModel model, CancellationToken cancel)
    {
        if (model.Csv is null) return null;
        while (true)
        {
            var read = await pipe.ReadAsync(cancel);
            var firstLine = read.Buffer.PositionOf((byte)'\n') is { } end ? read.Buffer.Slice(0, end) : read.Buffer;
            var isWhole = firstLine.Length < read.Buffer.Length || read.IsCompleted || read.Buffer.Length > ImportRow.LongestLine;
            char? separator = Encoding.UTF8.GetString(firstLine).Contains(model.Csv.Separator) ? model.Csv.Separator : null;
            pipe.AdvanceTo(read.Buffer.Start, isWhole ? read.Buffer.Start : read.Buffer.End);
            if (isWhole) return separator;
        }
    }

    static ReadTime ReadRow(CsvReader csv, ReadRowsColumns columns, Decoded row)
    {
        if (csv.FieldCount != csv.Headers.Count)
        {
            // Half a line would give half a number.
            row.Reject("wrong-columns", "line", FormattableString.Invariant($"{csv.FieldCount} columns"), FormattableString.Invariant($"{csv.Headers.Count} columns as in the header"));
            return default;
        }
        if (columns.Unnamed >= 0 && Cell(csv, columns.Unnamed) is { Length: > 0 } cell)
        {
            row.Reject("unknown-column", "cell without a header", cell, "nothing behind the last separator");
            return default;
        }
        var time = columns.TimeOf(csv.GetSpan(columns.Time));
        if (columns.IsLong)
        {
            ReadLong(csv, columns, time, row);
        }
        else if (time.Kind is TimeKind.Known or TimeKind.Twice)
        {
            ReadWide(csv, columns, time.Micros, row);
        }
        else
        {
            var (code, allowed) = columns.Refusal(time.Kind);
            row.Reject(new(code, $"'{csv.Headers[columns.Time]}' is '{Cell(csv, columns.Time)}'; allowed: {allowed}."), columns.Values.Count(v => !csv.IsEmpty(v.Column)));
        }
        return time;
    }

    static void ReadWide(CsvReader csv, ReadRowsColumns columns, long time, Decoded row)
    {
        foreach (var (column, header, sensor) in columns.Values)
        {
            var cell = csv.GetSpan(column);
            cell = cell[Ascii.Trim(cell)];
            if (cell.IsEmpty) continue;
            if (TryNumber(cell, out var value)) row.Add(sensor, time, value, default, Quality.Good, header, "unit");
            else row.Reject("not-a-number", header, Encoding.UTF8.GetString(cell), "a number");
        }
    }

    static void ReadLong(CsvReader csv, ReadRowsColumns columns, ReadTime time, Decoded row)
    {
        var (sensor, value, unit, quality) = columns.Long;
        var cell = Cell(csv, value);
        if (cell.Length == 0) return;
        columns.AddLong(
            time, Cell(csv, columns.Time), Cell(csv, sensor), TryNumber(csv.GetSpan(value), out var number) ? number : null, cell,
            unit < 0 ? "" : Cell(csv, unit), quality < 0 ? "" : Cell(csv, quality), row);
    }

    static string Cell(CsvReader csv, int column) => csv.GetString(column).Trim();

    static bool TryNumber(ReadOnlySpan<byte> cell, out double value) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    static async ValueTask Guard(ValueTask reading, long line)
    {
        try
        {
            await reading;
        }
        catch (CsvFormatException)
        {
            throw TooLong(line);
        }
    }

    static async ValueTask<bool> Guard(ValueTask<bool> reading, long line)
    {
        try
        {
            return await reading;
        }
        catch (CsvFormatException)
        {
            throw TooLong(line + 1);
        }
    }

    // The only thing left for the library to refuse: everything else is set to be recovered from.
    static TooLargeException TooLong(long line) => new(FormattableString.Invariant($"Line {line}"), ImportRow.LongestLine, "bytes");
}
