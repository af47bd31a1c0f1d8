using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using CsvHelper;
using Ingest.Payloads;
using ServiceDefaults;
using TwinModel.Assets;

namespace Ingest.Imports;

/// <summary>Reads wide or long CSV, with headers from the model's mapping or sensor ids.</summary>
static class ReadRowsCsv
{
    static readonly char[] Separators = [';', '\t', '|', ','];

    /// <summary>Rows in file order. Holds one line and a read buffer in memory.</summary>
    /// <exception cref="InvalidInputException">The header does not fit the model; names the column and what is allowed.</exception>
    /// <exception cref="TooLargeException">A line or the header is too long.</exception>
    public static IAsyncEnumerable<ImportRow> Read(
        Stream stream, AssetModel model, CancellationToken cancel, int explained = int.MaxValue) =>
        ResolveLocalTimes.Of(ReadAll(stream, model, explained, cancel), cancel);

    static async IAsyncEnumerable<ImportRow> ReadAll(
        Stream stream, AssetModel model, int explained, [EnumeratorCancellation] CancellationToken cancel)
    {
        var mapping = model.Csv ?? CsvMapping.Default;
        await using var csv = await Open(stream, mapping, cancel);
        if (csv.Headers.Any(h => h.Contains('\uFFFD', StringComparison.Ordinal)))
            throw new InvalidInputException("header", string.Join(csv.Separator, csv.Headers), TextEncoding.Allowed);
        var columns = ReadRowsColumns.Of(csv.Headers, model);
        var head = $"{string.Join(csv.Separator, csv.Headers.Select(h => Quoted(h, csv.Separator)))}\n";
        var row = new Decoded();
        var line = 1L;
        if (mapping.HasUnitsRow && await Guard(csv.ReadAsync(cancel), line))
        {
            line = csv.LineNumber;
            if (csv.FieldCount != csv.Headers.Count)
                throw new InvalidInputException(
                    "row of units", Encoding.UTF8.GetString(csv.RawRecord),
                    FormattableString.Invariant($"{csv.Headers.Count} columns as in the header"));
            columns = columns.WithUnits(csv.GetString);
            head += Encoding.UTF8.GetString(csv.RawRecord) + "\n";
        }
        var headBytes = Encoding.UTF8.GetBytes(head);
        while (await Guard(csv.ReadAsync(cancel), line))
        {
            line = csv.LineNumber;
            row.Clear();
            row.IsExplained = explained-- > 0;
            var time = ReadRow(csv, columns, row);
            // Includes the header, so that a rejected row can be read again.
            yield return ImportRow.Of(line, row, time, columns, columns.IsLong, () => [.. headBytes, .. csv.RawRecord]);
        }
    }

    /// <summary>Reads the file's header.</summary>
    /// <exception cref="TooLargeException">It is too long.</exception>
    public static async Task<IReadOnlyList<string>> Headers(Stream stream, AssetModel model, CancellationToken cancel)
    {
        await using var csv = await Open(stream, model.Csv ?? CsvMapping.Default, cancel);
        return [.. csv.Headers];
    }

    static async Task<CsvReader> Open(Stream stream, CsvMapping mapping, CancellationToken cancel)
    {
        var pipe = PipeReader.Create(stream, new(bufferSize: 1 << 16, leaveOpen: true));
        var options = new CsvReaderOptions
        {
            Separator = await SeparatorOf(pipe, mapping, cancel),
            CommentPrefix = mapping.Comment,
            MaxRecordSize = ImportRow.LongestLine,
            TrackLineNumbers = true,
            // An unclosed quote then affects only its own line, not the rest of the file.
            AllowLineBreaksInQuotes = false,
        };
        var csv = CsvReader.Create(pipe.AsStream(), options, true);
        await Guard(csv.ReadHeaderAsync(cancel), 1);
        return csv;
    }

    // The mapping's separator if the header contains it, otherwise the one most frequent in the header. Null if the file declares its own.
    static async Task<char?> SeparatorOf(PipeReader pipe, CsvMapping mapping, CancellationToken cancel)
    {
        while (true)
        {
            var read = await pipe.ReadAsync(cancel);
            var header = HeaderLine(read.Buffer, mapping.Comment, read.IsCompleted || read.Buffer.Length > ImportRow.LongestLine);
            pipe.AdvanceTo(read.Buffer.Start, header is null ? read.Buffer.End : read.Buffer.Start);
            if (header is null) continue;
            // Excel's declaration of the separator.
            if (header.TrimStart('\uFEFF').StartsWith("sep=", StringComparison.OrdinalIgnoreCase)) return null;
            if (mapping.Separator is { } declared && header.Contains(declared)) return declared;
            var unquoted = string.Concat(header.Split('"').Where((_, i) => i % 2 == 0));
            return Separators.Where(s => s != mapping.Decimal && s != mapping.Thousands).MaxBy(s => unquoted.Count(c => c == s));
        }
    }

    // The first line that is neither empty nor a comment; null while it is incomplete.
    static string? HeaderLine(ReadOnlySequence<byte> text, char? comment, bool isLast)
    {
        while (text.PositionOf((byte)'\n') is { } end)
        {
            var line = Encoding.UTF8.GetString(text.Slice(0, end)).TrimEnd('\r');
            if (line.Length > 0 && line[0] != comment) return line;
            text = text.Slice(text.GetPosition(1, end));
        }
        return isLast ? Encoding.UTF8.GetString(text.Slice(0, Math.Min(text.Length, ImportRow.LongestLine))) : null;
    }

    static string Quoted(string header, char separator) =>
        header.AsSpan().ContainsAny(separator, '"') ? $"\"{header.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : header;

    static ReadTime ReadRow(CsvReader csv, ReadRowsColumns columns, Decoded row)
    {
        if (!Utf8.IsValid(csv.RawRecord))
        {
            row.Reject(TextEncoding.Refusal(csv.RawRecord), columns.IsLong ? 1 : Math.Max(1, columns.Values.Count));
            return default;
        }
        if (csv.FieldCount != csv.Headers.Count)
        {
            // A truncated line could contain a truncated number.
            row.Reject("wrong-columns", "line", FormattableString.Invariant($"{csv.FieldCount} columns"),
                FormattableString.Invariant($"{csv.Headers.Count} columns as in the header"));
            return default;
        }
        if (columns.Unnamed >= 0 && !Trimmed(csv, columns.Unnamed).IsEmpty)
        {
            row.Reject("unknown-column", "cell without a header", Shown(csv, columns.Unnamed), "nothing after the last separator");
            return default;
        }
        var time = columns.TimeOfDay < 0
            ? columns.TimeOf(csv.GetSpan(columns.Time))
            : columns.TimeOf(csv.GetSpan(columns.Time), csv.GetSpan(columns.TimeOfDay));
        if (columns.IsLong)
        {
            ReadLong(csv, columns, time, row);
        }
        else if (time.Kind is TimeKind.Known or TimeKind.Twice)
        {
            foreach (var column in columns.Values) columns.AddWide(column, time, csv.GetSpan(column.Index), row);
        }
        else
        {
            var readings = columns.Values.Count(v => Trimmed(csv, v.Index) is { IsEmpty: false } value && !columns.IsMissing(value));
            if (!row.IsExplained)
            {
                row.RejectUnexplained(readings);
                return time;
            }
            var (code, allowed) = columns.Refusal(time.Kind);
            var (headers, cells) = columns.TimeOfDay < 0
                ? (csv.Headers[columns.Time], Shown(csv, columns.Time))
                : ($"{csv.Headers[columns.Time]} {csv.Headers[columns.TimeOfDay]}",
                    $"{Shown(csv, columns.Time)} {Shown(csv, columns.TimeOfDay)}");
            row.Reject(new(code, $"'{headers}' is '{cells}'; allowed: {allowed}."), readings);
        }
        return time;
    }

    static void ReadLong(CsvReader csv, ReadRowsColumns columns, ReadTime time, Decoded row)
    {
        var (sensor, value, unit, quality) = columns.Long;
        columns.AddLong(
            time, Cell(csv, columns.Time), Cell(csv, sensor), null, Cell(csv, value), unit < 0 ? "" : Cell(csv, unit),
            quality < 0 ? "" : Cell(csv, quality), row);
    }

    static string Cell(CsvReader csv, int column) => csv.GetString(column).Trim();

    static ReadOnlySpan<byte> Trimmed(CsvReader csv, int column)
    {
        var cell = csv.GetSpan(column);
        return cell[Ascii.Trim(cell)];
    }

    static string Shown(CsvReader csv, int column) => ShownText.OfUtf8(Trimmed(csv, column));

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

    // Record size is the only limit left: the options let the reader recover from every other format error.
    static TooLargeException TooLong(long line) => new(FormattableString.Invariant($"Line {line}"), ImportRow.LongestLine, "bytes");
}
