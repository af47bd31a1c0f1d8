namespace Contracts.Decisions;

/// <summary>A detector and a prognosis to be tried on the past.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The part.</param>
/// <param name="From">First sample time.</param>
/// <param name="To">Last sample time.</param>
/// <param name="KnownAt">Log position up to which is read.</param>
/// <param name="Slack">k of the chart; null: the model's.</param>
/// <param name="Limit">h of the chart; null: the model's.</param>
/// <param name="BaselineCount">Medians of the baseline; null: the model's.</param>
/// <param name="ConfirmCount">Medians beyond the critical level; null: the model's.</param>
/// <param name="WindowSeconds">Width of the medians; null: the model's.</param>
/// <param name="CriticalValue">Critical level; null: the model's.</param>
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

/// <summary>What the settings would have done.</summary>
/// <param name="Definition">What was tried.</param>
/// <param name="Windows">Windows folded.</param>
/// <param name="LateReadings">Readings that came after their window was closed.</param>
/// <param name="UnusableWindows">Windows without a usable load.</param>
/// <param name="Alarms">Changes to degrading or critical that would have been raised.</param>
/// <param name="Failures">Failures on record in the window, with the lead time of the alarm before each.</param>
/// <param name="FalseAlarms">Alarms that were taken back although the part had not been touched.</param>
/// <param name="MissedFailures">Failures without an alarm before.</param>
/// <param name="ExpectedFalseAlarmDays">Mean days between false alarms that the chart promises.</param>
/// <param name="Level">Level at the end.</param>
/// <param name="P50Days">Median of the remaining life at the end; null when nothing can be said.</param>
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
/// <param name="ChangedAfter">The change came after this.</param>
/// <param name="Value">Load-normalised median.</param>
/// <param name="IsFalse">It was taken back.</param>
public sealed record BacktestAlarm(string Level, DateTimeOffset At, DateTimeOffset? ChangedAfter, double Value, bool IsFalse);

/// <summary>A failure on record.</summary>
/// <param name="At">When.</param>
/// <param name="LeadDays">From the first alarm of its life; null when there was none.</param>
public sealed record BacktestFailure(DateTimeOffset At, double? LeadDays);
