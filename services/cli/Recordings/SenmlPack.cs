using System.Text.Json;
using TwinModel.Telemetry;

namespace Cli.Recordings;

/// <summary>Encodes a row as a SenML pack (RFC 8428) with sensor ids as names and values in the model's units.</summary>
static class SenmlPack
{
    public static byte[] Of(DateTimeOffset at, IReadOnlyList<(string Sensor, double Value)> values)
    {
        using var bytes = new MemoryStream(values.Count * 48);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            for (var i = 0; i < values.Count; i++)
            {
                json.WriteStartObject();
                // Decimal, because a double cannot represent microseconds since 1970 exactly.
                if (i == 0) json.WriteNumber("bt", Micros.From(at) / 1_000_000m);
                json.WriteString("n", values[i].Sensor);
                json.WriteNumber("v", values[i].Value);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return bytes.ToArray();
    }
}
