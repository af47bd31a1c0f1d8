namespace Plant.Line;

/// <summary>PID of one zone; 1 is full heating, -1 full fan. The derivative acts on the measurement, to avoid set-point kick.</summary>
sealed class ZoneController(double setPointCelsius)
{
    const double GainPerKelvin = 0.05;
    const double IntegralSeconds = 600;
    const double DerivativeSeconds = 20;
    const double DerivativeFilterSeconds = 10;
    const double AntiWindupSeconds = 300;

    double integral;
    double filteredCelsius = double.NaN;

    public double SetPointCelsius { get; set; } = setPointCelsius;

    public double Step(double seconds, double measuredCelsius)
    {
        if (double.IsNaN(filteredCelsius)) filteredCelsius = measuredCelsius;
        var slope = (measuredCelsius - filteredCelsius) / DerivativeFilterSeconds;
        filteredCelsius += slope * seconds;
        var error = SetPointCelsius - measuredCelsius;
        var wanted = GainPerKelvin * (error - DerivativeSeconds * slope) + integral;
        var output = Math.Clamp(wanted, -1, 1);
        integral += seconds * (GainPerKelvin / IntegralSeconds * error + (output - wanted) / AntiWindupSeconds);
        return output;
    }
}
