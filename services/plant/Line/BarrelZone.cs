namespace Plant.Line;

/// <summary>
/// One barrel zone: heater band and outer steel, inner steel, thermocouple and controller. Loses heat by natural convection, by radiation
/// and through the fan.
/// </summary>
sealed class BarrelZone(double setPointCelsius, double startCelsius)
{
    const double HeaterWatts = 4000;
    const double HeaterLagSeconds = 60;
    const double HeaterResistanceGrowthPerKelvin = 1.5e-4;
    const double OuterHeatCapacity = 6600;
    const double InnerHeatCapacity = 5450;
    const double WallConductance = 190;
    const double OuterSurface = Math.PI * Geometry.OuterDiameter * Geometry.ZoneLength;
    const double FanWattsPerSquareMetreKelvin = 60;
    const double ConvectionAt100Kelvin = 5.2;
    const double Emissivity = 0.25;
    const double StefanBoltzmann = 5.670374419e-8;
    const double ThermocoupleLagSeconds = 15;

    public ZoneController Controller { get; } = new(setPointCelsius);
    public double OuterCelsius { get; private set; } = startCelsius;
    public double InnerCelsius { get; private set; } = startCelsius;
    public double HeaterPowerWatts { get; private set; }
    public double ThermocoupleCelsius { get; private set; } = startCelsius;

    double probeCelsius = startCelsius;

    /// <summary>Inflows are the net heat in watts from neighbours and polymer into the outer and the inner steel.</summary>
    public void Step(double seconds, double outerInflow, double innerInflow, ZoneConditions conditions)
    {
        probeCelsius += (InnerCelsius - probeCelsius) * (1 - Math.Exp(-seconds / ThermocoupleLagSeconds));
        if (!conditions.ThermocoupleStuck) ThermocoupleCelsius = probeCelsius + conditions.ThermocoupleErrorKelvin;
        var output = Controller.Step(seconds, ThermocoupleCelsius);

        var capacity = HeaterWatts * conditions.HeaterHealth * conditions.HeaterSupplyFactor
            / (1 + HeaterResistanceGrowthPerKelvin * (OuterCelsius - 20));
        HeaterPowerWatts += (Math.Max(output, 0) * capacity - HeaterPowerWatts) * (1 - Math.Exp(-seconds / HeaterLagSeconds));

        var throughWall = WallConductance * (OuterCelsius - InnerCelsius);
        var losses = Losses(OuterCelsius, conditions.AmbientCelsius, fan: Math.Max(-output, 0));
        OuterCelsius += seconds * (HeaterPowerWatts + outerInflow - throughWall - losses) / OuterHeatCapacity;
        InnerCelsius += seconds * (throughWall + innerInflow) / InnerHeatCapacity;
    }

    static double Losses(double surfaceCelsius, double ambientCelsius, double fan)
    {
        var difference = surfaceCelsius - ambientCelsius;
        var convection = ConvectionAt100Kelvin * Math.Pow(Math.Abs(difference) / 100, 0.25) * difference;
        var radiation = Emissivity * StefanBoltzmann * (Math.Pow(surfaceCelsius + 273.15, 4) - Math.Pow(ambientCelsius + 273.15, 4));
        return OuterSurface * (convection + radiation + fan * FanWattsPerSquareMetreKelvin * difference);
    }
}

readonly record struct ZoneConditions(
    double AmbientCelsius, double HeaterSupplyFactor, double HeaterHealth, double ThermocoupleErrorKelvin, bool ThermocoupleStuck);
