namespace Contracts.Decisions;

/// <summary>Detector and prognosis settings to try on recorded data.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The part.</param>
/// <param name="From">First sample time.</param>
/// <param name="To">Last sample time.</param>
/// <param name="KnownAt">Highest log position that is read.</param>
/// <param name="Slack">Slack k of the CUSUM chart; null: the model's value.</param>
/// <param name="Limit">Limit h of the CUSUM chart; null: the model's value.</param>
/// <param name="BaselineCount">Number of medians in the baseline; null: the model's value.</param>
/// <param name="ConfirmCount">Number of medians beyond the critical level that confirm it; null: the model's value.</param>
/// <param name="WindowSeconds">Window of each median, s; null: the model's value.</param>
/// <param name="CriticalValue">Critical level, in the indicator's unit; null: the model's value.</param>
public sealed record BacktestDefinition(
    string AssetId,
    string Component,
    DateTimeOffset From,
    DateTimeOffset To,
    long KnownAt,
    double? Slack,
    double? Limit,
    int? BaselineCount,
    int? ConfirmCount,
    double? WindowSeconds,
    double? CriticalValue);

/// <summary>How the settings would have performed.</summary>
/// <param name="Definition">The settings that were tried.</param>
/// <param name="Windows">Windows processed.</param>
/// <param name="LateReadings">Readings that arrived after their window had closed.</param>
/// <param name="UnusableWindows">Windows without a usable load.</param>
/// <param name="Alarms">Changes to degrading or critical that would have been raised.</param>
/// <param name="Failures">Recorded failures in the tested period, each with the lead time of its alarm.</param>
/// <param name="FalseAlarms">Alarms that cleared again without any maintenance on the part.</param>
/// <param name="MissedFailures">Failures that no alarm preceded.</param>
/// <param name="ExpectedFalseAlarmDays">Mean time between false alarms that the chart is designed for, days.</param>
/// <param name="Level">Level at the end.</param>
/// <param name="P50Days">Median remaining life at the end, days; null when no prognosis is possible.</param>
public sealed record BacktestResult(
    BacktestDefinition Definition,
    long Windows,
    long LateReadings,
    long UnusableWindows,
    IReadOnlyList<BacktestAlarm> Alarms,
    IReadOnlyList<BacktestFailure> Failures,
    int FalseAlarms,
    int MissedFailures,
    double ExpectedFalseAlarmDays,
    string Level,
    double? P50Days);

/// <summary>An alarm that would have been raised.</summary>
/// <param name="Level">degrading or critical.</param>
/// <param name="At">Sample time.</param>
/// <param name="ChangedAfter">Latest time known to precede the change.</param>
/// <param name="Value">Load-normalised median, in the indicator's unit.</param>
/// <param name="IsFalse">The alarm cleared again without any maintenance.</param>
public sealed record BacktestAlarm(string Level, DateTimeOffset At, DateTimeOffset? ChangedAfter, double Value, bool IsFalse);

/// <summary>A recorded failure.</summary>
/// <param name="At">When the part failed.</param>
/// <param name="LeadDays">Days from the first alarm of that life to the failure; null when there was no alarm.</param>
public sealed record BacktestFailure(DateTimeOffset At, double? LeadDays);
