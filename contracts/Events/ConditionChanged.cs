namespace Contracts.Events;

/// <summary>The condition level of a part changed. In stream <c>twin/{asset}</c>. Written by twin-state only.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The part.</param>
/// <param name="From">The previous level: learning, healthy, degrading or critical.</param>
/// <param name="To">The new level.</param>
/// <param name="Value">Load-normalised median that triggered the change.</param>
/// <param name="Unit">Unit of the values.</param>
/// <param name="BaselineValue">Value of the indicator when healthy.</param>
/// <param name="Score">Deviation from the baseline, in its standard deviations.</param>
/// <param name="ChartSum">CUSUM of the chart.</param>
/// <param name="ChartLimit">Limit of the chart.</param>
/// <param name="ChangedAfter">Latest time known to precede the change, if any.</param>
/// <param name="CriticalValue">The critical level, if any.</param>
/// <param name="FalseAlarmDays">Mean time between false alarms of the chart, days.</param>
/// <param name="ChangedAt">Sample time: end of the window that triggered the change.</param>
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
