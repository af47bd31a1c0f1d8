using Plant.Line;

namespace Plant.Sensors;

/// <summary>One instrument's view of the line.</summary>
/// <param name="Id">SenML name.</param>
/// <param name="SparkplugName">Sparkplug metric name.</param>
/// <param name="Unit">SenML unit.</param>
/// <param name="Decimals">Resolution of the converter, in decimal places.</param>
/// <param name="Noise">Standard deviation, in the sensor's unit.</param>
/// <param name="LagSeconds">First-order lag of instrument and filter.</param>
/// <param name="TruePart">The part of the true state that it measures.</param>
/// <param name="Implausible">A value that physics allows but the process does not.</param>
/// <param name="Impossible">A value outside the physical range.</param>
/// <param name="EveryNthFrame">Read only in every nth frame, for slow instruments.</param>
/// <param name="AgeMicros">Age of the value when the gateway reads it, microseconds.</param>
sealed record SensorSpec(
    string Id, string SparkplugName, string Unit, int Decimals, double Noise, double LagSeconds, Func<LineState, double> TruePart,
    double Implausible, double Impossible, int EveryNthFrame = 1, long AgeMicros = 0);
