using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Ingest.Payloads;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Ingest.Imports;

/// <summary>
/// Reads one JSON object per line: <c>{"time":…,"sensor":…,"value":…[,"unit":…][,"quality":…]}</c> or <c>{"time":…,"sensor id":number,…}</c>.
/// The first line stands for a header: an unknown name in it fails the import, in a later line it rejects that reading.
/// </summary>
static class ReadRowsNdjson
{
    static readonly JsonDocumentOptions Json = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Rows in the order of the file. Holds one line and a read buffer in memory.</summary>
    /// <exception cref="InvalidInputException">The first line does not fit the model; names the field and what is allowed.</exception>
    /// <exception cref="TooLargeException">A line is too long.</exception>
    public static IAsyncEnumerable<ImportRow> Read(Stream stream, AssetModel model, CancellationToken cancel) => ResolveLocalTimes.Of(ReadAll(stream, model, cancel), cancel);

    static async IAsyncEnumerable<ImportRow> ReadAll(Stream stream, AssetModel model, [EnumeratorCancellation] CancellationToken cancel)
    {
        var pipe = PipeReader.Create(stream, new(bufferSize: 1 << 16, leaveOpen: true));
        var columns = ReadRowsColumns.WithoutHeader(model);
        var row = new Decoded();
        long number = 0;
        var isFirst = true;
        while (true)
        {
            var read = await pipe.ReadAsync(cancel);
            var buffer = read.Buffer;
            while (TryLine(ref buffer, read.IsCompleted, out var line))
            {
                number++;
                if (line.Length > ImportRow.LongestLine) throw TooLong(number);
                var text = Trimmed(line, number);
                if (text.IsEmpty) continue;
                row.Clear();
                var (time, isLong) = ReadRow(text, columns, isFirst, row);
                isFirst = false;
                yield return ImportRow.Of(number, row, time, isLong, () => Encoding.UTF8.GetString(text.Span));
            }
            if (buffer.Length > ImportRow.LongestLine) throw TooLong(number + 1);
            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted) yield break;
        }
    }

    static bool TryLine(ref ReadOnlySequence<byte> buffer, bool isLast, out ReadOnlySequence<byte> line)
    {
        line = buffer;
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }
        if (!isLast || buffer.IsEmpty) return false;
        buffer = buffer.Slice(buffer.End);
        return true;
    }

    static ReadOnlyMemory<byte> Trimmed(ReadOnlySequence<byte> line, long number)
    {
        ReadOnlyMemory<byte> text = line.IsSingleSegment ? line.First : line.ToArray();
        if (number == 1 && text.Span.StartsWith("\uFEFF"u8)) text = text[3..];
        return text[Ascii.Trim(text.Span)];
    }

    static (ReadTime Time, bool IsLong) ReadRow(ReadOnlyMemory<byte> text, ReadRowsColumns columns, bool isFirst, Decoded row)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Json);
            if (document.RootElement.ValueKind != JsonValueKind.Object) row.Reject(new("malformed-json", $"The line is {document.RootElement.ValueKind}; allowed: a JSON object."));
            else if (document.RootElement.TryGetProperty("sensor", out _)) return (ReadLong(document.RootElement, columns, isFirst, row), true);
            else return (ReadWide(document.RootElement, columns, isFirst, row), false);
        }
        // InvalidOperationException: text that is not UTF-8 or half a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            row.RejectPayload("malformed-json", e.Message);
        }
        return default;
    }

    static ReadTime ReadWide(JsonElement line, ReadRowsColumns columns, bool isFirst, Decoded row)
    {
        var time = default(ReadTime);
        var rawTime = "";
        foreach (var cell in line.EnumerateObject().Where(c => columns.IsTime(c.Name)))
        {
            time = TimeOf(cell.Value, columns);
            rawTime = cell.Value.ToString();
        }
        foreach (var cell in line.EnumerateObject())
        {
            if (columns.IsTime(cell.Name) || columns.IsIgnored(cell.Name)) continue;
            if (columns.Names.Find(cell.Name) is not { } sensor)
            {
                if (isFirst) throw new InvalidInputException("column", cell.Name, columns.Allowed);
                row.Reject("unknown-sensor", "name", cell.Name, columns.Names.Allowed);
            }
            else if (cell.Value.ValueKind != JsonValueKind.Null)
            {
                if (time.Kind is TimeKind.Invalid or TimeKind.Missing) row.Reject(columns.Refusal(time.Kind).Code, "time", rawTime, columns.Refusal(time.Kind).Allowed);
                else if (cell.Value.ValueKind != JsonValueKind.Number) row.Reject("wrong-type", cell.Name, cell.Value.ToString(), $"a number, as {sensor.Id} is numeric");
                else row.Add(sensor, time.Micros, cell.Value.GetDouble(), default, Quality.Good, cell.Name, "unit");
            }
        }
        return time;
    }

    static ReadTime ReadLong(JsonElement line, ReadRowsColumns columns, bool isFirst, Decoded row)
    {
        string TextOf(string name) => line.TryGetProperty(name, out var cell) ? cell.ToString() : "";
        foreach (var cell in line.EnumerateObject())
        {
            if (cell.Name is "time" or "sensor" or "value" or "unit" or "quality") continue;
            if (isFirst) throw new InvalidInputException("column", cell.Name, "time, sensor, value, unit, quality");
            row.Reject("unknown-column", "name", cell.Name, "time, sensor, value, unit, quality");
            return default;
        }
        var hasValue = line.TryGetProperty("value", out var value);
        var at = line.TryGetProperty("time", out var time) ? TimeOf(time, columns) : default;
        if (hasValue && value.ValueKind == JsonValueKind.Null) return at;
        columns.AddLong(
            at, TextOf("time"), TextOf("sensor"),
            hasValue && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null, TextOf("value"), TextOf("unit"), TextOf("quality"), row);
        return at;
    }

    static ReadTime TimeOf(JsonElement cell, ReadRowsColumns columns) => cell.ValueKind switch
    {
        JsonValueKind.String => columns.TimeOf(Encoding.UTF8.GetBytes(cell.GetString()!)),
        JsonValueKind.Number when cell.TryGetDecimal(out var number) => ReadRowsColumns.SampleTimeOf(number),
        _ => default,
    };

    static TooLargeException TooLong(long line) => new(FormattableString.Invariant($"Line {line}"), ImportRow.LongestLine, "bytes");
}
