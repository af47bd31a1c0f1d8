namespace Plant.Line;

/// <summary>
/// The gearbox thrust bearing. Wear starts at 0 (new) and grows with speed, with thrust and with itself. Vibration, temperature and the
/// axial position of the screw depend on it.
/// </summary>
sealed class ThrustBearing(Noise noise)
{
    // Without faults, a new bearing takes about ten weeks to reach the warning level of 4.5 mm/s.
    const double WearPerSecond = 5e-8;
    const double SelfAcceleration = 2;
    const double DestroyedWear = 1.5;
    const double LoadExponent = 3.33;
    const double NominalThrustNewton = 23_200;
    const double NominalSpeedPerMinute = 80;
    const double NewVibration = 1.2;
    const double VibrationGrowth = 2.4;
    const double AxialStiffnessNewtonPerMillimetre = 100_000;
    const double AxialWearMillimetre = 0.8;
    const double ThermalLagSeconds = 700;

    double impacts;

    public double Wear { get; private set; }
    public double VibrationMillimetresPerSecond { get; private set; }
    /// <summary>
    /// Vibration at nominal speed and thrust without the random impacts: the true value that a twin should find.
    /// </summary>
    public double ReferenceVibrationMillimetresPerSecond => NewVibration * Math.Exp(VibrationGrowth * Wear);

    public double TemperatureCelsius { get; private set; } = 40;
    public double DisplacementMillimetres { get; private set; }

    public void Step(double seconds, double speedPerMinute, double thrustNewton, double ambientCelsius, double wearFactor)
    {
        var speed = speedPerMinute / NominalSpeedPerMinute;
        var load = thrustNewton / NominalThrustNewton;
        var rate = WearPerSecond * wearFactor * (1 + SelfAcceleration * Wear) * speed * Math.Pow(load, LoadExponent);
        Wear = Math.Min(Wear + seconds * rate, DestroyedWear);
        impacts = noise.Wander(impacts, 0.03 + 0.05 * Wear, 8, seconds);
        VibrationMillimetresPerSecond = NewVibration * Math.Pow(speed, 0.8) * Math.Pow(Math.Max(load, 0.2), 0.15)
            * Math.Exp(VibrationGrowth * Wear) * Math.Max(0.2, 1 + impacts);
        var settled = ambientCelsius + 12 * speed + 18 * speed * load + 32 * Wear * speed;
        TemperatureCelsius += (settled - TemperatureCelsius) * (1 - Math.Exp(-seconds / ThermalLagSeconds));
        DisplacementMillimetres = thrustNewton / AxialStiffnessNewtonPerMillimetre + AxialWearMillimetre * Wear;
    }

    public void Replace() => Wear = 0;
}
