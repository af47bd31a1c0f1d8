using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ingest.Payloads;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Ingest.Imports;

/// <summary>
/// Reads one JSON object per line: <c>{"time":…,"sensor":…,"value":…[,"unit":…][,"quality":…]}</c> or <c>{"time":…,"sensor
/// id":number,…}</c>. The first line acts as a header: an unknown name there fails the import; in a later line it rejects that reading.
/// </summary>
static class ReadRowsNdjson
{
    static readonly JsonDocumentOptions Json = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Rows in file order. Holds one line and a read buffer in memory.</summary>
    /// <exception cref="InvalidInputException">The first line does not fit the model; names the field and what is allowed.</exception>
    /// <exception cref="TooLargeException">A line is too long.</exception>
    public static IAsyncEnumerable<ImportRow> Read(
        Stream stream, AssetModel model, CancellationToken cancel, int explained = int.MaxValue) =>
        ResolveLocalTimes.Of(ReadAll(stream, model, explained, cancel), cancel);

    static async IAsyncEnumerable<ImportRow> ReadAll(
        Stream stream, AssetModel model, int explained, [EnumeratorCancellation] CancellationToken cancel)
    {
        var columns = ReadRowsColumns.WithoutHeader(model);
        var row = new Decoded();
        var isFirst = true;
        await foreach (var (number, text) in ReadLines.Of(stream, ImportRow.LongestLine, cancel))
        {
            row.Clear();
            row.IsExplained = explained-- > 0;
            var (time, isLong) = (default(ReadTime), false);
            if (Utf8.IsValid(text.Span)) (time, isLong) = ReadRow(text, columns, isFirst, row);
            else row.Reject(TextEncoding.Refusal(text.Span));
            isFirst = false;
            yield return ImportRow.Of(number, row, time, columns, isLong, () => text.ToArray());
        }
    }

    static (ReadTime Time, bool IsLong) ReadRow(ReadOnlyMemory<byte> text, ReadRowsColumns columns, bool isFirst, Decoded row)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                row.Reject(new("malformed-json", $"The line is {document.RootElement.ValueKind}; allowed: a JSON object."));
            else if (document.RootElement.TryGetProperty("sensor", out _))
                return (ReadLong(document.RootElement, columns, isFirst, row), true);
            else return (ReadWide(document.RootElement, columns, isFirst, row), false);
        }
        // InvalidOperationException: text that is not UTF-8, or an unpaired surrogate.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            row.RejectPayload("malformed-json", e.Message);
        }
        return default;
    }

    static ReadTime ReadWide(JsonElement line, ReadRowsColumns columns, bool isFirst, Decoded row)
    {
        var (time, rawTime) = TimeOf(line, columns);
        foreach (var cell in line.EnumerateObject())
        {
            if (columns.TimePart(cell.Name) >= 0 || columns.IsIgnored(cell.Name)) continue;
            if (columns.Find(cell.Name) is not var (sensor, unit))
            {
                if (isFirst) throw new InvalidInputException("column", cell.Name, columns.Allowed);
                row.Reject("unknown-sensor", "name", cell.Name, columns.Names.Allowed);
                continue;
            }
            var text = Text(cell.Value);
            if (text.Length == 0 && !columns.IsMissing(text)) continue;
            if (time.Kind is TimeKind.Invalid or TimeKind.Missing)
                row.Reject(columns.Refusal(time.Kind).Code, "time", rawTime, columns.Refusal(time.Kind).Allowed);
            else if (cell.Value.ValueKind == JsonValueKind.Number)
                row.Add(sensor, time.Micros, cell.Value.GetDouble(), unit, Quality.Good, cell.Name, "unit");
            else if (cell.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null)
                columns.AddWide(new(-1, cell.Name, sensor, unit), time, Encoding.UTF8.GetBytes(text), row);
            else row.Reject("wrong-type", cell.Name, text, $"a number, because {sensor.Id} is numeric");
        }
        return time;
    }

    static ReadTime ReadLong(JsonElement line, ReadRowsColumns columns, bool isFirst, Decoded row)
    {
        string TextOf(string name) => line.TryGetProperty(name, out var cell) ? Text(cell) : "";
        foreach (var cell in line.EnumerateObject())
        {
            if (columns.TimePart(cell.Name) >= 0 || cell.Name is "sensor" or "value" or "unit" or "quality") continue;
            if (isFirst) throw new InvalidInputException("column", cell.Name, "time, sensor, value, unit, quality");
            row.Reject("unknown-column", "name", cell.Name, "time, sensor, value, unit, quality");
            return default;
        }
        var (time, rawTime) = TimeOf(line, columns);
        double? number = line.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
        if (value.ValueKind == JsonValueKind.Undefined) row.Reject("not-a-number", "value", "", columns.AllowedNumbers);
        else columns.AddLong(
            time, rawTime, TextOf("sensor"), number, number is null ? Text(value) : "", TextOf("unit"), TextOf("quality"), row);
        return time;
    }

    static (ReadTime Time, string Raw) TimeOf(JsonElement line, ReadRowsColumns columns)
    {
        JsonElement? date = null, timeOfDay = null;
        foreach (var cell in line.EnumerateObject())
        {
            var part = columns.TimePart(cell.Name);
            if (part == 0) date = cell.Value;
            else if (part == 1) timeOfDay = cell.Value;
        }
        if (date is { } day && timeOfDay is { } clock)
            return (columns.TimeOf(Encoding.UTF8.GetBytes(Text(day)), Encoding.UTF8.GetBytes(Text(clock))), $"{Text(day)} {Text(clock)}");
        if ((date ?? timeOfDay) is not { } whole) return (default, "");
        return (whole.ValueKind switch
        {
            JsonValueKind.String => columns.TimeOf(Encoding.UTF8.GetBytes(whole.GetString()!)),
            JsonValueKind.Number when whole.TryGetDecimal(out var number) => columns.TimeOf(number),
            _ => default,
        }, Text(whole));
    }

    static string Text(JsonElement cell) => cell.ToString();
}
