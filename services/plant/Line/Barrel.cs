namespace Plant.Line;

/// <summary>Five zones, the conduction between them, and the cooled throat at the feed end.</summary>
sealed class Barrel
{
    const double NeighbourConductance = 0.7;
    const double ThroatConductance = 3.2;
    const double ThroatCelsius = 35;
    const double DriftKelvinPerSecond = 0.05;
    const double LargestDriftKelvin = 30;
    const int DriftingZone = 1, StuckZone = 2, HeaterFaultZone = 3;

    readonly BarrelZone[] zones;
    double driftKelvin;

    public Barrel(IReadOnlyList<double> setPointsCelsius, double startCelsius) =>
        zones = [.. setPointsCelsius.Select(setPoint => new BarrelZone(setPoint, startCelsius))];

    public IReadOnlyList<BarrelZone> Zones => zones;

    public double HeaterPowerWatts => zones.Sum(zone => zone.HeaterPowerWatts);

    public double InnerCelsius(int zone) => zones[zone].InnerCelsius;

    public double MeanCelsius => zones.Average(zone => zone.InnerCelsius);

    public double LargestControlError => zones.Max(zone => Math.Abs(zone.Controller.SetPointCelsius - zone.ThermocoupleCelsius));

    public void Step(double seconds, ReadOnlySpan<double> heatToPolymerWatts, Surroundings surroundings, Disturbances disturbances)
    {
        var drift = disturbances.Thermocouple2Drift;
        driftKelvin = Math.Min(driftKelvin + seconds * DriftKelvinPerSecond * drift, LargestDriftKelvin * drift);
        Span<double> outer = stackalloc double[Geometry.Zones], inner = stackalloc double[Geometry.Zones];
        for (var i = 0; i + 1 < Geometry.Zones; i++)
        {
            Exchange(outer, i, NeighbourConductance * (zones[i].OuterCelsius - zones[i + 1].OuterCelsius));
            Exchange(inner, i, NeighbourConductance * (zones[i].InnerCelsius - zones[i + 1].InnerCelsius));
        }
        inner[0] -= ThroatConductance * (zones[0].InnerCelsius - ThroatCelsius);
        for (var i = 0; i < Geometry.Zones; i++)
            zones[i].Step(seconds, outer[i], inner[i] - heatToPolymerWatts[i], ConditionsOf(i, surroundings, disturbances));
    }

    static void Exchange(Span<double> inflow, int from, double watts)
    {
        inflow[from] -= watts;
        inflow[from + 1] += watts;
    }

    ZoneConditions ConditionsOf(int zone, Surroundings surroundings, Disturbances disturbances) => new(
        surroundings.AmbientCelsius,
        surroundings.HeaterSupplyFactor,
        HeaterHealth: zone == HeaterFaultZone ? 1 - disturbances.Heater4Failure : 1,
        ThermocoupleErrorKelvin: zone == DriftingZone ? driftKelvin : 0,
        ThermocoupleStuck: zone == StuckZone && disturbances.Thermocouple3Stuck);
}
