namespace Plant.Line;

/// <summary>External influences: the daily temperature cycle of the hall and the mains voltage.</summary>
sealed class Surroundings(Noise noise, double startTimeOfDaySeconds)
{
    const double DaySeconds = 86_400;
    const double WarmestAtSeconds = 15 * 3600;
    const double MeanCelsius = 24;
    const double DaySwingKelvin = 3.5;

    double timeOfDaySeconds = startTimeOfDaySeconds;
    double draughtKelvin;
    double mainsDeviation;

    /// <summary>How much warmer the hall is than usual.</summary>
    public double OffsetKelvin { get; set; }

    public double AmbientCelsius => OffsetKelvin +
        MeanCelsius + DaySwingKelvin * Math.Cos(2 * Math.PI * (timeOfDaySeconds - WarmestAtSeconds) / DaySeconds) + draughtKelvin;

    /// <summary>Power factor of resistive heaters: the square of the relative mains voltage.</summary>
    public double HeaterSupplyFactor => (1 + mainsDeviation) * (1 + mainsDeviation);

    public void Step(double seconds)
    {
        timeOfDaySeconds = (timeOfDaySeconds + seconds) % DaySeconds;
        draughtKelvin = noise.Wander(draughtKelvin, 0.4, 900, seconds);
        mainsDeviation = noise.Wander(mainsDeviation, 0.008, 300, seconds);
    }
}
