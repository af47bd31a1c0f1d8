using System.Collections.Immutable;

namespace TwinModel.ConditionMonitoring;

/// <summary>Condition level of a part.</summary>
public enum ConditionLevel
{
    /// <summary>The baseline is incomplete; no statement is made.</summary>
    Learning,

    /// <summary>Consistent with the baseline.</summary>
    Healthy,

    /// <summary>The indicator has risen above the baseline and stays there.</summary>
    Degrading,

    /// <summary>The indicator is beyond the critical level.</summary>
    Critical,
}

/// <summary>Settings for evaluating the condition of one part.</summary>
/// <param name="Load">Reference load and exponents.</param>
/// <param name="CriticalValue">Load-normalised indicator value at which a part counts as critical, in the indicator's unit; null when there
/// is no such limit.</param>
public sealed record ConditionSettings(LoadNormalisation Load, double? CriticalValue)
{
    /// <summary>Window of each median.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The accepted baseline; null: learned from the first <see cref="BaselineCount"/> medians.</summary>
    public Baseline? Baseline { get; init; }

    /// <summary>
    /// Number of medians in a learned baseline; 144 is a day of ten-minute windows. <see cref="ConditionMonitoring.Baseline.LeastCount"/>
    /// or more.
    /// </summary>
    public int BaselineCount { get; init; } = 144;

    /// <summary>The chart that detects the change.</summary>
    public CusumSettings Cusum { get; init; } = new();

    /// <summary>
    /// Consecutive medians beyond the critical level that confirm it; six times as many below 90 % of it revert it. 1 or more.
    /// </summary>
    public int ConfirmCount { get; init; } = 2;

    /// <summary>Mean time between false changes to degrading that the chart gives for independent medians without gaps.</summary>
    public TimeSpan MeanTimeBetweenFalseAlarms => FalseAlarmTime(Cusum.AverageRunLength(0));

    // With a high limit, the time between false alarms can exceed the range of a TimeSpan.
    internal TimeSpan FalseAlarmTime(double runLength) =>
        runLength > 0 && Window.Ticks * runLength < TimeSpan.MaxValue.Ticks ? Window * runLength : TimeSpan.MaxValue;

    /// <summary>Throws when the settings are invalid.</summary>
    /// <exception cref="ArgumentException">Names the field, its value and what is allowed.</exception>
    public void Validate()
    {
        if (Window <= TimeSpan.Zero) throw Require.Outside(Window, "longer than 0", nameof(Window));
        Require.AtLeast(ConditionMonitoring.Baseline.LeastCount, BaselineCount);
        Require.AtLeast(1, ConfirmCount);
        Require.Positive(Cusum.Slack);
        Require.Positive(Cusum.Limit);
        if (!(Cusum.Clip > Cusum.Slack)) throw Require.Outside(Cusum.Clip, "greater than the slack", nameof(Cusum.Clip));
        if (CriticalValue is { } critical) Require.Positive(critical, nameof(CriticalValue));
    }
}

/// <summary>The state of a part's condition after some samples. An immutable value: store it, compare it, continue from it.</summary>
/// <param name="Level">Condition level of the part.</param>
/// <param name="Since">When that level began; null before the first median.</param>
/// <param name="Open">The incomplete window.</param>
/// <param name="Learned">Medians collected for the baseline; empty once there is one.</param>
/// <param name="Baseline">The baseline; null while learning.</param>
/// <param name="Sum">The CUSUM.</param>
/// <param name="SumStartedAt">Last time the sum was 0; a change, if any, came later.</param>
/// <param name="LastScore">Score of the last median, for whitening; null after a start or a gap.</param>
/// <param name="LastAt">End of the last window; null before the first.</param>
/// <param name="LastLn">ln of the last median.</param>
/// <param name="Beyond">Consecutive medians that support entering or leaving the critical level.</param>
public sealed record ConditionState(
    ConditionLevel Level, DateTimeOffset? Since, MedianWindow Open, ImmutableList<MedianPoint> Learned, Baseline? Baseline,
    double Sum, DateTimeOffset? SumStartedAt, double? LastScore, DateTimeOffset? LastAt, double? LastLn, int Beyond)
{
    /// <summary>The state before the first sample, and of a new part after a replacement.</summary>
    public static ConditionState Start { get; } = new(
        ConditionLevel.Learning, null, MedianWindow.Empty, [], null, 0, null, null, null, null, 0);
}

/// <summary>A change of level with its evidence.</summary>
/// <param name="From">Level before.</param>
/// <param name="To">Level after.</param>
/// <param name="At">End of the window that triggered the change.</param>
/// <param name="Evidence">The evidence for the change.</param>
public sealed record ConditionTransition(ConditionLevel From, ConditionLevel To, DateTimeOffset At, ConditionEvidence Evidence);

/// <summary>The evidence for a change of level.</summary>
/// <param name="Value">Load-normalised median, in the indicator's unit.</param>
/// <param name="BaselineValue">Centre of the baseline, in the indicator's unit.</param>
/// <param name="Score">Standard score of the median.</param>
/// <param name="Sum">The CUSUM.</param>
/// <param name="Limit">The chart's limit h.</param>
/// <param name="ChangedAfter">Latest time known to precede the change: the sum last left 0 then.</param>
/// <param name="ChangedBefore">Time by which the change had happened.</param>
/// <param name="CriticalValue">The critical level, if any.</param>
/// <param name="MeanTimeBetweenFalseAlarms">Mean time between false alarms of the chart.</param>
public sealed record ConditionEvidence(
    double Value, double BaselineValue, double Score, double Sum, double Limit, DateTimeOffset? ChangedAfter, DateTimeOffset ChangedBefore,
    double? CriticalValue,
    TimeSpan MeanTimeBetweenFalseAlarms);
