using System.Globalization;
using System.Text.Json.Nodes;
using Query.Registry;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Events;

/// <summary>A <c>readings_recorded</c> event in readable form: unit, sample times and values per sensor.</summary>
sealed class DecodeReadings(KnownAssets registry)
{
    public (JsonNode Data, int Readings) Run(string stream, byte[] batch)
    {
        List<Reading> readings = [];
        var duplicates = TelemetryCodec.Decode(batch, readings);
        var (first, last) = TelemetryCodec.SampleRange(batch);
        var assetId = stream.Split('/') is [_, var id, _] ? id : "";
        var model = registry.Find(assetId)?.Model;
        var sensors = new JsonArray();
        foreach (var group in readings.GroupBy(r => r.Sensor))
        {
            var sensor = model?.Sensor(group.Key);
            var column = new JsonObject
            {
                ["sensor"] = sensor?.Id,
                ["number"] = group.Key,
                ["unit"] = sensor?.Unit.Symbol,
                ["sampledAt"] = new JsonArray([.. group.Select(r => (JsonNode)Time(r.SampledAt))]),
                ["values"] = new JsonArray([.. group.Select(r => (JsonNode?)r.ValueOrNull)]),
            };
            if (group.Any(r => r.Quality != Quality.Good))
                column["qualities"] = new JsonArray([.. group.Select(r => (JsonNode)ViewTwin.Name(r.Quality))]);
            sensors.Add((JsonNode)column);
        }
        var data = new JsonObject
        {
            ["assetId"] = assetId,
            ["readings"] = readings.Count,
            ["duplicates"] = duplicates,
            ["firstSampledAt"] = Time(first),
            ["lastSampledAt"] = Time(last),
            ["encodedBytes"] = batch.Length,
            ["sensors"] = sensors,
        };
        return (data, readings.Count);
    }

    static string Time(long micros) =>
        Micros.ToTime(micros).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}
