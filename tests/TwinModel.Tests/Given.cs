using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace TwinModel.Tests;

static class Given
{
    public const long T0 = 1_750_000_000_000_000;

    public static AssetModel Model { get; } = ReadAssetModel.FromText("""
        schema: pollux/asset-model/1
        id: kettle
        name: Kettle
        version: 1
        components:
          - { id: vessel, kind: vessel, name: Vessel }
        sensors:
          - { id: temperature, number: 1, component: vessel, quantity: temperature, unit: degC, physical: [-50, 200], plausible: [0, 120], interval: 1s }
          - { id: pressure, number: 7, component: vessel, quantity: pressure, unit: bar, physical: [0, 50], plausible: [0, 10], interval: 1s }
        limits:
          - { id: hot, sensor: temperature, above: 100, clear: 95, severity: critical, on-delay: 3s, off-delay: 2s, message: Too hot }
          - { id: low, sensor: pressure, below: 1, clear: 1.2, severity: warning }
        connections:
          - { topic: "pollux/{asset}/senml", payload: senml }
        """, "kettle.asset.yaml");

    public static Reading Temperature(double seconds, double value, Quality quality = Quality.Good) =>
        new(1, T0 + (long)(seconds * 1e6), value, quality);

    public static Reading Pressure(double seconds, double value) => new(7, T0 + (long)(seconds * 1e6), value);

    public static (Twin Twin, StepEffects Effects) Folded(params IEnumerable<Reading> readings)
    {
        var twin = new Twin(Model);
        var effects = new StepEffects();
        twin.Step([.. readings], effects);
        return (twin, effects);
    }
}
