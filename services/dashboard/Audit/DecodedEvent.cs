using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Contracts.Query.V1;
using Dashboard.Shown;

namespace Dashboard.Audit;

/// <summary>One reading of an event.</summary>
public sealed record ReadingRow(string Sensor, string Unit, DateTimeOffset? SampledAt, double? Value, string Quality);

/// <summary>An event in the form an auditor reads.</summary>
/// <param name="Summary">One-line summary.</param>
/// <param name="From">The event's own time, not the time of recording; for readings the first sample time.</param>
/// <param name="To">For readings the last sample time.</param>
/// <param name="Readings">Null if it holds none.</param>
/// <param name="Json">Indented JSON.</param>
public sealed record DecodedEvent(
    string Summary, DateTimeOffset? From, DateTimeOffset? To, IReadOnlyList<ReadingRow>? Readings, string Json)
{
    const int MostSummary = 110;
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static DecodedEvent Of(LogEvent e)
    {
        if (e.DataJson.Length == 0) return new("", null, null, null, "");
        using var document = JsonDocument.Parse(e.DataJson);
        var data = document.RootElement;
        var json = JsonSerializer.Serialize(data, Indented);
        if (data.ValueKind != JsonValueKind.Object) return new("", null, null, null, json);
        if (e.Type == "readings_recorded" && data.TryGetProperty("sensors", out var sensors))
        {
            List<ReadingRow> rows = [.. sensors.EnumerateArray().SelectMany(Rows).OrderBy(r => r.SampledAt)];
            var duplicates = data.TryGetProperty("duplicates", out var d) && d.TryGetInt32(out var n) && n > 0
                ? string.Create(CultureInfo.InvariantCulture, $", {n} duplicates")
                : "";
            return new(
                string.Create(CultureInfo.InvariantCulture, $"{rows.Count} readings of {sensors.GetArrayLength()} sensors{duplicates}"),
                Time(data, "firstSampledAt"), Time(data, "lastSampledAt"), rows, json);
        }
        var own = data.EnumerateObject().Where(p => p.Name == "at" || p.Name.EndsWith("At", StringComparison.Ordinal))
            .Select(p => Time(data, p.Name)).FirstOrDefault(t => t is not null);
        return new(Summarise(data), own, null, null, json);
    }

    static IEnumerable<ReadingRow> Rows(JsonElement sensor)
    {
        var name = Text(sensor, "sensor") is { Length: > 0 } id ? id : $"sensor {Text(sensor, "number")}";
        var unit = Text(sensor, "unit");
        var values = sensor.GetProperty("values");
        JsonElement? qualities = sensor.TryGetProperty("qualities", out var given) ? given : null;
        var times = sensor.GetProperty("sampledAt");
        for (var i = 0; i < values.GetArrayLength(); i++)
        {
            yield return new(
                name, unit, Times.Read(times[i].GetString()), values[i].ValueKind == JsonValueKind.Number ? values[i].GetDouble() : null,
                qualities?[i].GetString() ?? "good");
        }
    }

    static string Summarise(JsonElement data)
    {
        var parts = data.EnumerateObject()
            .Where(p => p.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False
                && !p.Name.EndsWith("At", StringComparison.Ordinal))
            // Ids are already in the stream's name.
            .Where(p => p.Name != "id" && !p.Name.EndsWith("Id", StringComparison.Ordinal)
                && p.Name is not ("payload" or "digest" or "modelHash" or "modelYaml" or "yaml")
                && p.Value.ToString() is { Length: > 0 and <= 60 })
            .Select(p => $"{p.Name} {p.Value}");
        var text = string.Join(" · ", parts);
        return text.Length <= MostSummary ? text : $"{text[..MostSummary]}…";
    }

    static string Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : "";

    static DateTimeOffset? Time(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Times.Read(value.GetString()) : null;
}
