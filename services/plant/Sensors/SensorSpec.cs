using Plant.Line;

namespace Plant.Sensors;

/// <summary>How one instrument sees the line.</summary>
/// <param name="Id">SenML name.</param>
/// <param name="SparkplugName">Sparkplug metric name.</param>
/// <param name="Unit">SenML unit.</param>
/// <param name="Decimals">Resolution of the converter.</param>
/// <param name="Noise">Standard deviation in the sensor's unit.</param>
/// <param name="LagSeconds">First-order lag of instrument and filter.</param>
/// <param name="TruePart">What it looks at.</param>
/// <param name="Implausible">A value the physics allows and the process does not.</param>
/// <param name="Impossible">A value outside the physical range.</param>
/// <param name="EveryNthFrame">Slow instruments are read less often.</param>
/// <param name="AgeMicros">How old the value is when the gateway reads it.</param>
sealed record SensorSpec(
    string Id, string SparkplugName, string Unit, int Decimals, double Noise, double LagSeconds, Func<LineState, double> TruePart,
    double Implausible, double Impossible, int EveryNthFrame = 1, long AgeMicros = 0);
