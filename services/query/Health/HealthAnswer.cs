using System.ComponentModel;
using Contracts.Health;

namespace Query.Health;

/// <summary>How the wearing parts of an asset are.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Parts">Wearing parts of the model, in its order.</param>
sealed record HealthAnswer(string AssetId, IReadOnlyList<PartAnswer> Parts);

/// <summary>One part.</summary>
sealed record PartAnswer(
    [property: Description("Where the part stands, with its newest assessment.")] HealthView Condition,
    [property: Description("Past assessments, newest first.")] IReadOnlyList<RulView> Assessments,
    [property: Description("Changes of level, newest first.")] IReadOnlyList<LevelChange> Changes,
    [property: Description("Maintenance record, newest first.")] IReadOnlyList<MaintenanceRecord> Maintenance,
    [property: Description("How good past predictions were; null while no part has failed.")] ScoreAnswer? Scores,
    [property: Description(
        "The same of those predictions only that rest on a trend, not on the fleet.")] ScoreAnswer? ScoresWhileDegrading);

/// <summary>A change of level.</summary>
/// <param name="At">When the level changed.</param>
/// <param name="From">Level before.</param>
/// <param name="To">Level after.</param>
/// <param name="Value">Median of the indicator, in its unit.</param>
/// <param name="Score">Distance from the baseline, standard deviations.</param>
/// <param name="ChartSum">Sum of the CUSUM chart, standard deviations.</param>
/// <param name="ChangedAfter">The change began after this time; null when it is not known.</param>
/// <param name="FalseAlarmDays">Mean days between false alarms at these settings.</param>
sealed record LevelChange(
    DateTimeOffset At, string From, string To, double Value, double Score, double ChartSum, DateTimeOffset? ChangedAfter,
    double FalseAlarmDays);

/// <summary>An exchange or a failure.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Kind">replaced or failed.</param>
/// <param name="RecordedBy">Who recorded it.</param>
/// <param name="Comment">Free text.</param>
sealed record MaintenanceRecord(DateTimeOffset At, string Kind, string RecordedBy, string? Comment);

/// <summary>Of parts that have failed: how often the truth lay within the stated bands, and how far off the medians were.</summary>
/// <param name="Predictions">Predictions that could be scored.</param>
/// <param name="Failures">Failures that scored them.</param>
/// <param name="Coverage50">Share of failures within the central 50 % band, 0 to 1.</param>
/// <param name="Coverage90">Share of failures within the central 90 % band, 0 to 1.</param>
/// <param name="MeanAbsoluteErrorDays">Mean distance of the median from the failure, days.</param>
/// <param name="BiasDays">Mean of median minus truth, days; positive: predicted too late.</param>
/// <param name="UniformP">P-value that the failures are spread over the stated distributions as they should be.</param>
sealed record ScoreAnswer(
    int Predictions, int Failures, double Coverage50, double Coverage90, double MeanAbsoluteErrorDays, double BiasDays, double UniformP);
