using System.ComponentModel;
using Contracts.Health;

namespace Query.Health;

/// <summary>How the wearing parts of an asset are.</summary>
sealed record HealthAnswer(string AssetId, IReadOnlyList<PartAnswer> Parts);

/// <summary>One part.</summary>
sealed record PartAnswer(
    [property: Description("Where the part stands, with its newest assessment.")] HealthView Condition,
    [property: Description("Past assessments, newest first.")] IReadOnlyList<RulView> Assessments,
    [property: Description("Changes of level, newest first.")] IReadOnlyList<LevelChange> Changes,
    [property: Description("Maintenance record, newest first.")] IReadOnlyList<MaintenanceRecord> Maintenance,
    [property: Description("How good past predictions were; null while no part has failed.")] ScoreAnswer? Scores,
    [property: Description("The same of those predictions only that rest on a trend, not on the fleet.")] ScoreAnswer? ScoresWhileDegrading);

/// <summary>A change of level.</summary>
sealed record LevelChange(DateTimeOffset At, string From, string To, double Value, double Score, double ChartSum, DateTimeOffset? ChangedAfter, double FalseAlarmDays);

/// <summary>An exchange or a failure.</summary>
sealed record MaintenanceRecord(DateTimeOffset At, string Kind, string RecordedBy, string? Comment);

/// <summary>Of parts that have failed: how often the truth lay within the stated bands, and how far off the medians were.</summary>
sealed record ScoreAnswer(int Predictions, int Failures, double Coverage50, double Coverage90, double MeanAbsoluteErrorDays, double BiasDays, double UniformP);
