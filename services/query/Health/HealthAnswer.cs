using System.ComponentModel;
using Contracts.Health;

namespace Query.Health;

/// <summary>Condition of the wearing parts of an asset.</summary>
/// <param name="AssetId">Id of the asset.</param>
/// <param name="Parts">Wearing parts, in the order of the model.</param>
sealed record HealthAnswer(string AssetId, IReadOnlyList<PartAnswer> Parts);

/// <summary>A wearing part.</summary>
sealed record PartAnswer(
    [property: Description("Current condition, with the newest assessment.")] HealthView Condition,
    [property: Description("Past assessments, newest first.")] IReadOnlyList<RulView> Assessments,
    [property: Description("Changes of level, newest first.")] IReadOnlyList<LevelChange> Changes,
    [property: Description("Maintenance record, newest first.")] IReadOnlyList<MaintenanceRecord> Maintenance,
    [property: Description("How good past predictions were; null while no part has failed.")] ScoreAnswer? Scores,
    [property: Description(
        "The same, but only for predictions based on a trend rather than on the fleet.")] ScoreAnswer? ScoresWhileDegrading);

/// <summary>A change of level.</summary>
/// <param name="At">When the level changed.</param>
/// <param name="From">Level before.</param>
/// <param name="To">Level after.</param>
/// <param name="Value">Median of the indicator, in its unit.</param>
/// <param name="Score">Distance from the baseline, standard deviations.</param>
/// <param name="ChartSum">Sum of the CUSUM chart, standard deviations.</param>
/// <param name="ChangedAfter">The change began after this time; null if unknown.</param>
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

/// <summary>
/// Quality of predictions for failed parts: how often the stated bands held the failure, and how far off the medians were.
/// </summary>
/// <param name="Predictions">Predictions that could be scored.</param>
/// <param name="Failures">Failures they were scored against.</param>
/// <param name="Coverage50">Share of failures within the central 50 % band, 0 to 1.</param>
/// <param name="Coverage90">Share of failures within the central 90 % band, 0 to 1.</param>
/// <param name="MeanAbsoluteErrorDays">Mean distance of the median from the failure, days.</param>
/// <param name="BiasDays">Mean of median minus truth, days; positive: predicted too late.</param>
/// <param name="UniformP">P-value of a Kolmogorov-Smirnov test that the stated distributions are calibrated.</param>
sealed record ScoreAnswer(
    int Predictions, int Failures, double Coverage50, double Coverage90, double MeanAbsoluteErrorDays, double BiasDays, double UniformP);
