using TwinModel.ConditionMonitoring;
using TwinModel.Lifetimes;
using TwinModel.Maintenance;
using TwinModel.Prognostics;

namespace TwinModel.Assets;

/// <summary>How one part of an asset wears, what shows it and what it costs: one entry of the section <c>degradation</c>.</summary>
/// <param name="Component">The part.</param>
/// <param name="Indicator">Number of the sensor whose value grows with damage.</param>
/// <param name="Speed">Load by speed; null when the indicator does not depend on it.</param>
/// <param name="Force">Load by force, or by a pressure that is proportional to it; null when the indicator does not depend on it.</param>
/// <param name="Condition">Windows, baseline, chart and critical level.</param>
/// <param name="Rul">Threshold, fleet and trends.</param>
/// <param name="Late">How long a window waits, in sample time, for readings that come late.</param>
/// <param name="AssessEvery">Least sample time between two assessments that no change of level asks for.</param>
/// <param name="Life">How load ages the part; null when nobody has said.</param>
/// <param name="FleetSource">Where the fleet's life comes from.</param>
/// <param name="Economics">What an exchange and a failure usually cost; null when nobody has said.</param>
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
/// <param name="Sensor">Its number.</param>
/// <param name="Reference">Load at which the indicator counts as measured, in the sensor's unit; greater than 0.</param>
/// <param name="Exponent">The indicator grows with the load to this power.</param>
public sealed record LoadInput(ushort Sensor, double Reference, double Exponent);

/// <summary>Life under load by ISO 281.</summary>
/// <param name="Exponent">p: 10/3 of roller bearings, 3 of ball bearings.</param>
/// <param name="DynamicRatingNewton">C, greater than 0.</param>
/// <param name="ForcePerRateExponent">The bearing's force grows with the production rate to this power; its speed is proportional to the
/// rate.</param>
public sealed record LoadLife(double Exponent, double DynamicRatingNewton, double ForcePerRateExponent)
{
    /// <summary>Days of ageing per day when the line runs at so many times the present rate.</summary>
    public double AgeingRate(double rate) => Iso281.AgeingRate(rate, Math.Pow(rate, ForcePerRateExponent), 1, 1, Exponent);
}
