namespace Contracts.Events;

/// <summary>A part's condition has another level. In stream <c>twin/{asset}</c>. Written by twin-state only.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The part.</param>
/// <param name="From">learning, healthy, degrading or critical.</param>
/// <param name="To">The new level.</param>
/// <param name="Value">Load-normalised median that decided.</param>
/// <param name="Unit">Of the values.</param>
/// <param name="BaselineValue">What healthy looks like.</param>
/// <param name="Score">Value in standard deviations of the baseline.</param>
/// <param name="ChartSum">Sum of the chart.</param>
/// <param name="ChartLimit">Limit of the chart.</param>
/// <param name="ChangedAfter">The change came after this, as far as known.</param>
/// <param name="CriticalValue">The critical level, if any.</param>
/// <param name="FalseAlarmDays">Mean days between false alarms of the chart.</param>
/// <param name="ChangedAt">Sample time: end of the window that decided.</param>
public sealed record ConditionChanged(
    string AssetId,
    string Component,
    string From,
    string To,
    double Value,
    string Unit,
    double BaselineValue,
    double Score,
    double ChartSum,
    double ChartLimit,
    DateTimeOffset? ChangedAfter,
    double? CriticalValue,
    double FalseAlarmDays,
    DateTimeOffset ChangedAt);
