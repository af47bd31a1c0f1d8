using TwinModel.ConditionMonitoring;
using TwinModel.Lifetimes;
using TwinModel.Maintenance;
using TwinModel.Prognostics;

namespace TwinModel.Assets;

/// <summary>Wear of one part: its indicator, prognosis and costs. One entry of the section <c>degradation</c>.</summary>
/// <param name="Component">The part.</param>
/// <param name="Indicator">Number of the sensor whose value increases with damage.</param>
/// <param name="Speed">Speed as a load; null when the indicator does not depend on it.</param>
/// <param name="Force">Force as a load, or a pressure proportional to it; null when the indicator does not depend on it.</param>
/// <param name="Condition">Windows, baseline, chart and critical level.</param>
/// <param name="Rul">Threshold, fleet and trends.</param>
/// <param name="Late">How long a window waits for late readings, in sample time.</param>
/// <param name="AssessEvery">Minimum sample time between two assessments that are not triggered by a change of level.</param>
/// <param name="Life">How load ages the part; null when not given.</param>
/// <param name="FleetSource">Source of the fleet's life.</param>
/// <param name="Economics">Usual costs of a replacement and of a failure; null when not given.</param>
public sealed record Degradation(
    string Component,
    ushort Indicator,
    LoadInput? Speed,
    LoadInput? Force,
    ConditionSettings Condition,
    RulSettings Rul,
    TimeSpan Late,
    TimeSpan AssessEvery,
    LoadLife? Life,
    string FleetSource,
    Economics? Economics);

/// <summary>A sensor that measures the load.</summary>
/// <param name="Sensor">The sensor's number.</param>
/// <param name="Reference">Reference load to which the indicator is normalised, in the sensor's unit; greater than 0.</param>
/// <param name="Exponent">The indicator is proportional to the load to this power.</param>
public sealed record LoadInput(ushort Sensor, double Reference, double Exponent);

/// <summary>Life under load according to ISO 281.</summary>
/// <param name="Exponent">Life exponent p: 10/3 for roller bearings, 3 for ball bearings.</param>
/// <param name="DynamicRatingNewton">Dynamic load rating C in N, greater than 0.</param>
/// <param name="ForcePerRateExponent">The bearing force is proportional to the production rate to this power; its speed is proportional to
/// the rate.</param>
public sealed record LoadLife(double Exponent, double DynamicRatingNewton, double ForcePerRateExponent)
{
    /// <summary>Days of ageing per day when the line runs at the present rate times <paramref name="rate"/>.</summary>
    public double AgeingRate(double rate) => Iso281.AgeingRate(rate, Math.Pow(rate, ForcePerRateExponent), 1, 1, Exponent);
}
