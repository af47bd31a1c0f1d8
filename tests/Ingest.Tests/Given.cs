using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Ingest.Payloads;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Ingest.Tests;

/// <summary>Models, times and shorthands shared by the tests.</summary>
static class Given
{
    public const long Now = 1_700_000_000_123_456;

    public static readonly AssetModel Extruder = Shipped("extrusion-line");
    public static readonly AssetModel PumpLoop = Shipped("pump-loop");

    /// <summary>The device of RFC 8428's examples, with a sensor per name used there.</summary>
    public static readonly AssetModel Rfc = ReadAssetModel.FromText(
        """
        schema: pollux/asset-model/1
        id: rfc-8428
        name: Device of the RFC's examples
        version: 1
        components:
          - { id: device, kind: device, name: Device }
        sensors:
          - { id: voltage, number: 1, component: device, quantity: voltage, unit: V, physical: [0, 400], plausible: [0, 400], interval: 1s }
          - { id: current, number: 2, component: device, quantity: current, unit: A, physical: [0, 400], plausible: [0, 400], interval: 1s }
          - { id: temperature, number: 3, component: device, quantity: temperature, unit: degC, physical: [-50, 400], plausible: [0, 400], interval: 1s }
          - { id: humidity, number: 4, component: device, quantity: ratio, unit: "%", physical: [0, 100], plausible: [0, 100], interval: 1s }
          - { id: open, number: 5, component: device, quantity: ratio, unit: "1", physical: [0, 100], plausible: [0, 100], interval: 1s }
        connections:
          - topic: "pollux/{asset}/senml"
            payload: senml
            names: { "urn:dev:ow:10e2073a01080063": temperature }
        """, "rfc-8428.asset.yaml");

    public static readonly Sensor Melt = Extruder.Sensor("melt-temperature")!;

    public static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../.."));

    public static Connection Senml(AssetModel model) => model.Connections.First(c => c.Payload == PayloadFormat.SenmlJson);

    public static Decoded DecodedSenml(string json, AssetModel? model = null)
    {
        var decoded = new Decoded();
        model ??= Extruder;
        SenmlDecoder.Decode(Encoding.UTF8.GetBytes(json), model, Senml(model), Now, decoded);
        return decoded;
    }

    public static Decoded DecodedPlain(string text)
    {
        var decoded = new Decoded();
        PlainDecoder.Decode(Encoding.UTF8.GetBytes(text), Melt, Now, decoded);
        return decoded;
    }

    public static long Micros(string time) => TwinModel.Telemetry.Micros.From(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture));

    public static ushort Number(this AssetModel model, string sensor) => model.Sensor(sensor)!.Number;

    /// <summary>The only rejection code; fails if there are readings or other rejections.</summary>
    public static string Code(this Decoded decoded)
    {
        Assert.Empty(decoded.Readings);
        Assert.Equal(1, decoded.RejectedReadings);
        return Assert.Single(decoded.Rejections).Code;
    }

    public static Reading Reading(this Decoded decoded)
    {
        Assert.Empty(decoded.Rejections);
        return Assert.Single(decoded.Readings);
    }

    static AssetModel Shipped(string id)
    {
        var file = Path.Combine(Root(), "contracts/assets", id + ".asset.yaml");
        return ReadAssetModel.FromText(File.ReadAllText(file), Path.GetFileName(file));
    }
}
