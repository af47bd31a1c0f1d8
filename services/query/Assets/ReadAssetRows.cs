using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CsvHelper;
using Query.Api;
using ServiceDefaults;

namespace Query.Assets;

/// <summary>A row of a list of assets.</summary>
/// <param name="Line">Line of the file, from 1.</param>
/// <param name="Id">Asset id; null if it is missing or the row cannot be read.</param>
/// <param name="Model">Id of its model.</param>
/// <param name="Name">Display name.</param>
/// <param name="Labels">Labels; null: not given.</param>
/// <param name="Problem">Why the row cannot be read; null if it can.</param>
sealed record AssetRow(
    long Line, string? Id, string? Model, string? Name, IReadOnlyDictionary<string, string>? Labels, InvalidInputException? Problem = null);

/// <summary>Reads lists of assets, in CSV with a header, or one JSON object a line.</summary>
static class ReadAssetRows
{
    public const string Csv = "text/csv";

    const string Columns = "the columns id, model, name, labels, of which id and model are needed";
    const string Members = "a JSON object with the members id, model, name, labels";

    const int LongestLine = 64 * 1024;

    static readonly char[] Separators = [',', ';', '\t', '|'];

    static readonly string[] Known = ["id", "model", "name", "labels"];

    static readonly JsonSerializerOptions Json = new(ApiJson.Options) { AllowDuplicateProperties = false };

    /// <summary>Rows in the order of the list; one that cannot be read holds the problem.</summary>
    /// <exception cref="InvalidInputException">The header does not fit.</exception>
    /// <exception cref="TooLargeException">A line is too long.</exception>
    public static IAsyncEnumerable<AssetRow> Read(Stream body, bool isCsv, CancellationToken cancel) =>
        isCsv ? ReadCsv(body, cancel) : ReadJson(body, cancel);

    static async IAsyncEnumerable<AssetRow> ReadCsv(Stream body, [EnumeratorCancellation] CancellationToken cancel)
    {
        var pipe = PipeReader.Create(body, new(bufferSize: 1 << 16, leaveOpen: true));
        await using var csv = CsvReader.Create(pipe.AsStream(), new CsvReaderOptions
        {
            Separator = await SeparatorOf(pipe, cancel),
            MaxRecordSize = LongestLine,
            TrackLineNumbers = true,
            // An unclosed quote then affects only its own line, not the rest of the list.
            AllowLineBreaksInQuotes = false,
        }, true);
        await Guard(Done(csv.ReadHeaderAsync(cancel)));
        string[] header = [.. csv.Headers.Select(h => h.Trim().TrimStart('\uFEFF').ToLowerInvariant())];
        if (header.Except(Known).Any() || header.Distinct().Count() != header.Length || !header.Contains("id") || !header.Contains("model"))
            throw new InvalidInputException("header", string.Join(',', csv.Headers), Columns);
        while (await Guard(csv.ReadAsync(cancel).AsTask()))
        {
            var line = csv.LineNumber;
            if (!Utf8.IsValid(csv.RawRecord)) yield return NotUtf8(line);
            else if (csv.FieldCount != header.Length)
                yield return Unreadable(line, new("row", $"{csv.FieldCount} columns", $"{header.Length} columns as in the header"));
            else yield return Row(line, name => Array.IndexOf(header, name) is >= 0 and var at ? Cell(csv, at) : null);
        }
    }

    static string? Cell(CsvReader csv, int column) => csv.GetString(column).Trim() is { Length: > 0 } cell ? cell : null;

    // The one most frequent in the header.
    static async Task<char> SeparatorOf(PipeReader pipe, CancellationToken cancel)
    {
        while (true)
        {
            var read = await pipe.ReadAsync(cancel);
            var end = read.Buffer.PositionOf((byte)'\n');
            if (end is null && !read.IsCompleted && read.Buffer.Length < LongestLine)
            {
                pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }
            var header = Encoding.UTF8.GetString(end is { } e ? read.Buffer.Slice(0, e) : read.Buffer);
            pipe.AdvanceTo(read.Buffer.Start);
            return Separators.MaxBy(s => header.Count(c => c == s));
        }
    }

    static async Task<bool> Done(ValueTask reading)
    {
        await reading;
        return true;
    }

    // The size of a line is the only limit left: the options let the reader recover from every other format error.
    static async Task<T> Guard<T>(Task<T> reading)
    {
        try
        {
            return await reading;
        }
        catch (CsvFormatException)
        {
            throw new TooLargeException("A line", LongestLine, "bytes");
        }
    }

    static AssetRow Row(long line, Func<string, string?> cell)
    {
        try
        {
            return new(line, cell("id"), cell("model"), cell("name"), AssetLabels.Parse(cell("labels") ?? ""));
        }
        catch (InvalidInputException e)
        {
            return new(line, cell("id"), null, null, null, e);
        }
    }

    static async IAsyncEnumerable<AssetRow> ReadJson(Stream body, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var (number, text) in ReadLines.Of(body, LongestLine, cancel))
            yield return Utf8.IsValid(text.Span) ? ParseLine(number, text.Span) : NotUtf8(number);
    }

    static AssetRow ParseLine(long number, ReadOnlySpan<byte> line)
    {
        try
        {
            var asset = JsonSerializer.Deserialize<AssetOfList>(line, Json);
            return asset is null
                ? Unreadable(number, new("row", Encoding.UTF8.GetString(line), Members))
                : new(number, asset.Id, asset.Model, asset.Name, asset.Labels);
        }
        catch (JsonException e)
        {
            return Unreadable(number, new("row", e.Path is null or "$" ? Encoding.UTF8.GetString(line) : e.Path, Members));
        }
    }

    static AssetRow NotUtf8(long line) => Unreadable(line, new("row", "bytes that are not UTF-8", "text in UTF-8"));

    static AssetRow Unreadable(long line, InvalidInputException problem) => new(line, null, null, null, null, problem);

    sealed record AssetOfList(string? Id, string? Model, string? Name, IReadOnlyDictionary<string, string>? Labels);
}
