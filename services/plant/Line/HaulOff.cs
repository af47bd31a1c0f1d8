namespace Plant.Line;

/// <summary>Haul-off behind a dancer: follows the screw speed, trimmed by the dancer's position. Metres and seconds.</summary>
sealed class HaulOff
{
    const double ProductArea = 1.5e-4;
    const double ProductDensity = 950;
    const double LineMetresPerTurn = 0.0744;
    const double TrimPerSecond = 0.12;
    const double TrimIntegralSeconds = 60;
    const double DriveLagSeconds = 3;
    const double TravelMetres = 0.24;

    double speed;
    double integral;

    public double DancerMetres { get; private set; }

    public double SpeedMetresPerSecond => speed;

    public void Step(double seconds, double turnsPerSecond, double massFlow)
    {
        integral = Math.Clamp(integral + seconds * DancerMetres / TrimIntegralSeconds, -1, 1);
        var wanted = Math.Max(0, LineMetresPerTurn * turnsPerSecond + TrimPerSecond * (DancerMetres + integral));
        speed += (wanted - speed) * (1 - Math.Exp(-seconds / DriveLagSeconds));
        var arriving = massFlow / (ProductDensity * ProductArea);
        DancerMetres = Math.Clamp(DancerMetres + seconds * (arriving - speed) / 2, -TravelMetres, TravelMetres);
    }
}
