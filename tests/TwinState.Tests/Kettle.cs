using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinModel.Twins;
using TwinState.Twins;

namespace TwinState.Tests;

/// <summary>An asset with one sensor and one limit, registered on 2026-01-02.</summary>
static class Kettle
{
    public const string Today = "telemetry/kettle/2026-01-02";

    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static readonly AssetModel Model = ReadAssetModel.FromText("""
        schema: pollux/asset-model/1
        id: kettle
        name: Kettle
        version: 1
        components: [{ id: vessel, kind: vessel, name: Vessel }]
        sensors: [{ id: temperature, number: 1, component: vessel, quantity: temperature, unit: degC, physical: [-50, 200], plausible: [0, 120], interval: 1s }]
        limits: [{ id: hot, sensor: temperature, above: 100, clear: 95, severity: critical }]
        connections: [{ topic: "pollux/{asset}/senml", payload: senml }]
        """, "kettle.asset.yaml");

    public static OwnedTwin Fresh() => new(new("kettle", "Kettle", Model, Now, 1, 1), new Twin(Model));

    /// <summary>Readings at seconds after <see cref="Now"/>.</summary>
    public static LoggedBatch Batch(long version, long position, params (double Second, double Value)[] readings) => new(
        Today, version, position, Now.AddSeconds(readings.Max(r => r.Second)),
        TelemetryCodec.Encode([.. readings.Select(r => new Reading(1, Micros.From(Now) + (long)(r.Second * 1e6), r.Value))]),
        "00-aa-bb-01");
}
