using TwinModel.Assets;
using TwinModel.Estimation;

namespace TwinModel.Tests.Estimation;

/// <summary>A heated lump with a thermometer: the smallest machine that can be estimated.</summary>
static class EstimationCase
{
    public const string Yaml = """
        schema: pollux/asset-model/1
        id: kettle
        name: Kettle
        version: 1
        components:
          - { id: vessel, kind: vessel, name: Vessel }
        sensors:
          - { id: temperature, number: 1, component: vessel, quantity: temperature, unit: degC, physical: [-50, 500], plausible: [0, 320], interval: 1s }
          - { id: heater-power, number: 7, component: vessel, quantity: power, unit: W, physical: [0, 5000], plausible: [0, 4000], interval: 1s }
          - { id: spare, number: 9, component: vessel, quantity: temperature, unit: degC, physical: [-50, 500], plausible: [0, 320], interval: 1s }
        limits:
          - { id: loss-high, signal: loss, above: 150, clear: 140, severity: warning, on-delay: 30s }
          - { id: warms-quickly, signal: warming, above: 60, severity: alarm, message: It warms quickly }
        calculated:
          - { id: lost-share, unit: "%", expression: loss / heater-power }
          - { id: warming, unit: K/min, expression: "rate(temperature, 1min)" }
          - { id: excess, name: above the cellar, unit: K, expression: "mean(temperature, 1min) - [15 degC]" }
        connections:
          - { topic: "pollux/{asset}/senml", payload: senml }
        physics:
          axis: { length: 0.3 m, cells: 3 }
          inputs:
            - { id: power, quantity: power, unit: W, default: 200, range: [0, 4000], sensor: heater-power }
            - { id: room, quantity: temperature, unit: degC, default: 25, range: [-20, 60] }
            - { id: draught, quantity: temperature, unit: degC, default: 25, range: [-20, 60] }
          components:
            - { id: air, type: ambient, connect: { temperature: room } }
            - { id: zone, type: thermal-mass, parameters: { heat-capacity: 1200 J/K } }
            - { id: heater, type: heat-source, connect: { power: power, to: zone } }
            - { id: cover, type: convection, connect: { from: zone, to: air }, parameters: { coefficient: { value: 8, unit: W/(m2 K), relative-deviation: 0.2, bounds: [2, 30] }, area: 0.1225 m2 } }
            - { id: rod, type: wall, parameters: { outer-diameter: 130 mm, conductivity: 40 W/(m K), density: 7850 kg/m3, specific-heat: 490 J/(kg K) } }
            - { id: rod-cover, type: convection, connect: { from: rod, to: air }, parameters: { coefficient: 8 W/(m2 K), diameter: 130 mm } }
          signals:
            - { id: temperature, from: zone.temperature, unit: degC, sensor: temperature }
            - { id: loss, from: cover.heat, unit: W }
            - { id: rod-temperature, from: rod.temperature, unit: degC, sensor: spare }
        estimation:
          tick: 10s
          cells: 3
          ensemble: 12
          seed: 7
          inflation: 0.1
          parameters:
            - { parameter: cover.coefficient, doubles-in: 240h }
          inputs:
            - { input: room, deviation: 2, changes-in: 4h }
          sensors:
            - { signal: temperature, deviation: 0.2, bias: { deviation: 0.5, changes-in: 24h } }
        """;

    /// <summary>The same without sensors that correct the physics, and without what is made of the result.</summary>
    public static string WithoutEstimation
    {
        get
        {
            var (from, to) = (At("limits:"), At("connections:"));
            return Yaml[..At("estimation:")].Remove(from, to - from);

            static int At(string section) => Yaml.IndexOf(section, StringComparison.Ordinal);
        }
    }

    public static EstimationSetup Setup { get; } = new(ReadAssetModel.FromText(Yaml, "kettle.asset.yaml"));
}
