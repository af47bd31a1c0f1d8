using Ingest.Payloads;
using Ingest.Recording;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Ingest.Messages;

/// <summary>Decodes a payload in the format of its route's connection. Sparkplug is stateful and handled elsewhere.</summary>
static class DecodePayload
{
    public static void By(Route route, string topic, ReadOnlyMemory<byte> payload, DateTimeOffset receivedAt, Decoded to)
    {
        to.Clear();
        if (route.Unreadable is { } unreadable)
            to.Reject(new(Rejections.UnreadableModel, unreadable.Explanation));
        else if (route.Asset is not { } asset)
            to.Reject(new(route.AssetId == Rejections.UnknownAsset ? "unknown-topic" : "unknown-asset",
                $"Topic {topic} names the asset '{route.AssetId}'; allowed: registered assets"));
        else if (route.Connection!.Payload == PayloadFormat.SenmlJson)
            SenmlDecoder.Decode(payload.Span, asset.Model, route.Connection, Micros.From(receivedAt), to);
        else if (asset.Model.Sensor(route.Connection.Names.GetValueOrDefault(route.SensorId!, route.SensorId!)) is { } sensor)
            PlainDecoder.Decode(payload.Span, sensor, Micros.From(receivedAt), to);
        else
            to.Reject(new("unknown-sensor",
                $"Topic {topic} names the sensor '{route.SensorId}'; allowed: {string.Join(", ", asset.Model.Sensors.Select(s => s.Id))}"));
    }
}
