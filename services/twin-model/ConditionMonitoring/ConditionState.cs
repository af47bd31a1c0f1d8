using System.Collections.Immutable;

namespace TwinModel.ConditionMonitoring;

/// <summary>How a part is.</summary>
public enum ConditionLevel
{
    /// <summary>The baseline is not complete; nothing is claimed.</summary>
    Learning,

    /// <summary>As the baseline.</summary>
    Healthy,

    /// <summary>The indicator has risen and stays risen.</summary>
    Degrading,

    /// <summary>The indicator is beyond the critical level.</summary>
    Critical,
}

/// <summary>How the condition of one part is judged.</summary>
/// <param name="Load">Reference load and exponents.</param>
/// <param name="CriticalValue">Level of the load-normalised indicator at which a part counts as critical, in its unit; null when there is
/// no such limit.</param>
public sealed record ConditionSettings(LoadNormalisation Load, double? CriticalValue)
{
    /// <summary>Width of the medians.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The accepted healthy window; null learns it from the first <see cref="BaselineCount"/> medians.</summary>
    public Baseline? Baseline { get; init; }

    /// <summary>
    /// Medians of a learned baseline; a day of ten minutes. <see cref="ConditionMonitoring.Baseline.LeastCount"/> or more.
    /// </summary>
    public int BaselineCount { get; init; } = 144;

    /// <summary>The chart that finds the change.</summary>
    public CusumSettings Cusum { get; init; } = new();

    /// <summary>
    /// Medians in a row beyond the critical level before that counts; six times as many below 90 % of it take it back. 1 or more.
    /// </summary>
    public int ConfirmCount { get; init; } = 2;

    /// <summary>Mean time between false changes to degrading, as the chart promises for independent medians without gaps.</summary>
    public TimeSpan MeanTimeBetweenFalseAlarms => FalseAlarmTime(Cusum.AverageRunLength(0));

    // A chart with a high limit alarms once in more years than a TimeSpan holds.
    internal TimeSpan FalseAlarmTime(double runLength) =>
        runLength > 0 && Window.Ticks * runLength < TimeSpan.MaxValue.Ticks ? Window * runLength : TimeSpan.MaxValue;

    /// <summary>Throws when the settings have no meaning.</summary>
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

/// <summary>Where a part's condition stands after some samples. A value: store it, compare it, go on from it.</summary>
/// <param name="Level">How the part is.</param>
/// <param name="Since">When that began; null before the first median.</param>
/// <param name="Open">The window that is not complete.</param>
/// <param name="Learned">Medians towards a baseline; empty once there is one.</param>
/// <param name="Baseline">What healthy looks like; null while learning.</param>
/// <param name="Sum">The chart's sum.</param>
/// <param name="SumStartedAt">Last time the sum was 0: the change, if there is one, came after it.</param>
/// <param name="LastScore">Score of the last median, for whitening; null after a start or a gap.</param>
/// <param name="LastAt">End of the last window; null before the first.</param>
/// <param name="LastLn">ln of the last median.</param>
/// <param name="Beyond">Medians in a row that argue for a change of the critical level.</param>
public sealed record ConditionState(
    ConditionLevel Level, DateTimeOffset? Since, MedianWindow Open, ImmutableList<MedianPoint> Learned, Baseline? Baseline,
    double Sum, DateTimeOffset? SumStartedAt, double? LastScore, DateTimeOffset? LastAt, double? LastLn, int Beyond)
{
    /// <summary>Before the first sample; also of a new part after an exchange.</summary>
    public static ConditionState Start { get; } = new(
        ConditionLevel.Learning, null, MedianWindow.Empty, [], null, 0, null, null, null, null, 0);
}

/// <summary>A change of level with what it rests on.</summary>
/// <param name="From">Level before.</param>
/// <param name="To">Level after.</param>
/// <param name="At">End of the window that decided.</param>
/// <param name="Evidence">What it rests on.</param>
public sealed record ConditionTransition(ConditionLevel From, ConditionLevel To, DateTimeOffset At, ConditionEvidence Evidence);

/// <summary>What a change of level rests on.</summary>
/// <param name="Value">Load-normalised median, in the indicator's unit.</param>
/// <param name="BaselineValue">Centre of the baseline, in the indicator's unit.</param>
/// <param name="Score">Standard score of the median.</param>
/// <param name="Sum">The chart's sum.</param>
/// <param name="Limit">The chart's limit h.</param>
/// <param name="ChangedAfter">The change came after this: when the sum last left 0.</param>
/// <param name="ChangedBefore">And before this.</param>
/// <param name="CriticalValue">The critical level, if any.</param>
/// <param name="MeanTimeBetweenFalseAlarms">How often the chart alarms without cause.</param>
public sealed record ConditionEvidence(
    double Value, double BaselineValue, double Score, double Sum, double Limit, DateTimeOffset? ChangedAfter, DateTimeOffset ChangedBefore,
    double? CriticalValue,
    TimeSpan MeanTimeBetweenFalseAlarms);
