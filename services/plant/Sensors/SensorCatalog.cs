using System.Collections.Immutable;

namespace Plant.Sensors;

/// <summary>The line's instruments; ids, units and Sparkplug names match contracts/assets/extrusion-line.asset.yaml.</summary>
static class SensorCatalog
{
    public static readonly ImmutableArray<SensorSpec> All =
    [
        .. Enumerable.Range(1, 5).Select(Zone),
        new("melt-temperature", "Die/Melt Temperature", "Cel", 1, 0.3, 5, s => s.MeltTemperatureCelsius, 420, 1250),
        new("melt-pressure", "Die/Melt Pressure", "bar", 1, 0.2, 0.3, s => s.MeltPressureBar, 600, 1638.4),
        new("melt-flow", "Die/Melt Flow", "kg/h", 1, 0.3, 2, s => s.MeltFlowKilogramsPerHour, 480, -51),
        new("screw-speed", "Screw/Speed", "1/min", 2, 0.02, 0, s => s.ScrewSpeedPerMinute, 410, 65535),
        new("motor-current", "Motor/Current", "A", 1, 0.1, 0.5, s => s.MotorCurrentAmperes, 260, -3276.8),
        new("motor-power", "Motor/Power", "kW", 2, 0.03, 0.5, s => s.MotorPowerKilowatts, 120, 327.67),
        new("bearing-vibration", "Gearbox/Bearing/Vibration", "mm/s", 2, 0.05, 1, s => s.BearingVibrationMillimetresPerSecond, 180, -1),
        new("bearing-temperature", "Gearbox/Bearing/Temperature", "Cel", 1, 0.2, 8, s => s.BearingTemperatureCelsius, 220, 850,
            EveryNthFrame: 5, AgeMicros: 250_000),
        new("screw-position", "Screw/Position", "mm", 3, 0.003, 0, s => s.ScrewPositionMillimetres, 18, 99.999),
        new("dancer-position", "Haul-off/Dancer Position", "mm", 1, 0.5, 0, s => s.DancerPositionMillimetres, 330, 9999),
        new("heater-power", "Barrel/Heater Power", "kW", 2, 0.02, 1, s => s.HeaterPowerKilowatts, 60, -5),
        .. Enumerable.Range(1, 5).Select(SetPoint),
    ];

    static SensorSpec Zone(int number) => new(
        $"zone-{number}-temperature", $"Barrel/Zone {number}/Temperature", "Cel", 1, 0.15, 0,
        s => s.ThermocoupleCelsius[number - 1], 380, 1372);

    // Controllers report their set-points exactly; a change appears within ten frames.
    static SensorSpec SetPoint(int number) => new(
        $"zone-{number}-set-point", $"Barrel/Zone {number}/Set Point", "Cel", 1, 0, 0,
        s => s.SetPointsCelsius[number - 1], 380, 1372, EveryNthFrame: 10);
}
