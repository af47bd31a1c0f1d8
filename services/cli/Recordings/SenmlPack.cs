using System.Text.Json;
using TwinModel.Telemetry;

namespace Cli.Recordings;

/// <summary>A reading to publish.</summary>
/// <param name="Sensor">Id of the sensor.</param>
/// <param name="At">Sample time.</param>
/// <param name="Value">In the model's unit; null: no value now.</param>
/// <param name="Quality">As SenML packs write it; null: good.</param>
readonly record struct SenmlRecord(string Sensor, DateTimeOffset At, double? Value, string? Quality = null);

/// <summary>Encodes readings as a SenML pack (RFC 8428) with sensor ids as names and values in the model's units.</summary>
static class SenmlPack
{
    public static byte[] Of(IReadOnlyList<SenmlRecord> records)
    {
        using var bytes = new MemoryStream(records.Count * 48);
        using (var json = new Utf8JsonWriter(bytes))
        {
            var first = Micros.From(records[0].At);
            json.WriteStartArray();
            for (var i = 0; i < records.Count; i++)
            {
                json.WriteStartObject();
                // Decimal, because a double cannot represent microseconds since 1970 exactly.
                if (i == 0) json.WriteNumber("bt", first / 1_000_000m);
                json.WriteString("n", records[i].Sensor);
                if (Micros.From(records[i].At) is var at && at != first) json.WriteNumber("t", (at - first) / 1_000_000m);
                if (records[i].Value is { } value) json.WriteNumber("v", value);
                if (records[i].Quality is { } quality) json.WriteString("quality", quality);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return bytes.ToArray();
    }
}
