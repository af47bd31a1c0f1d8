namespace Contracts.Health;

/// <summary>How one part is, as APIs show it.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The part.</param>
/// <param name="Indicator">Id of the sensor that shows damage.</param>
/// <param name="Unit">Of all values of the indicator.</param>
/// <param name="Level">learning, healthy, degrading or critical.</param>
/// <param name="Since">Sample time at which the level began; null before the first window.</param>
/// <param name="At">End of the newest closed window; null before the first.</param>
/// <param name="Value">Load-normalised indicator in that window; null before the first.</param>
/// <param name="BaselineValue">What healthy looks like; null while learning.</param>
/// <param name="Score">Value in standard deviations of the baseline; null while learning.</param>
/// <param name="ChartSum">Sum of the chart; an alarm is a sum above <paramref name="ChartLimit"/>.</param>
/// <param name="ChartLimit">h.</param>
/// <param name="CriticalValue">Level at which the part counts as critical.</param>
/// <param name="ChangedAfter">The change came after this; null while there is none.</param>
/// <param name="GrowthPerDay">Growth of ln(value) since the change; null while there is no trend.</param>
/// <param name="LifeFrom">Since when the part is in the machine, as far as known.</param>
/// <param name="Life">Ended lives so far.</param>
/// <param name="Windows">Closed windows that count.</param>
/// <param name="LateReadings">Readings that came after their window was closed.</param>
/// <param name="UnusableWindows">Windows without a usable load.</param>
/// <param name="Position">Log position of the newest reading folded in.</param>
/// <param name="ConditionHash">SHA-256 of the state of all parts of the asset: the same log gives the same.</param>
/// <param name="ModelHash">SHA-256 of the model's text.</param>
/// <param name="Assessment">The newest one; null before the first.</param>
/// <param name="History">What a prognosis starts from; null before the first window.</param>
public sealed record HealthView(
    string AssetId,
    string Component,
    string Indicator,
    string Unit,
    string Level,
    DateTimeOffset? Since,
    DateTimeOffset? At,
    double? Value,
    double? BaselineValue,
    double? Score,
    double ChartSum,
    double ChartLimit,
    double? CriticalValue,
    DateTimeOffset? ChangedAfter,
    double? GrowthPerDay,
    DateTimeOffset? LifeFrom,
    int Life,
    long Windows,
    long LateReadings,
    long UnusableWindows,
    long Position,
    string ConditionHash,
    string ModelHash,
    RulView? Assessment,
    PartHistoryView? History);

/// <summary>What can be said of a remaining life.</summary>
/// <param name="At">Sample time of the assessment.</param>
/// <param name="Level">Level of the part then.</param>
/// <param name="AgeDays">Age of the part then.</param>
/// <param name="Position">Log position of the newest reading then.</param>
/// <param name="P05">Days by which 5 % have failed; null when that never happens, or nothing can be said.</param>
/// <param name="P25">25 %.</param>
/// <param name="P50">50 %.</param>
/// <param name="P75">75 %.</param>
/// <param name="P95">95 %.</param>
/// <param name="Models">Where it comes from, with weights adding up to 1.</param>
/// <param name="CannotSay">Why nothing can be said yet; null when something can.</param>
public sealed record RulView(
    DateTimeOffset At,
    string Level,
    double AgeDays,
    long Position,
    double? P05,
    double? P25,
    double? P50,
    double? P75,
    double? P95,
    IReadOnlyList<ModelShare> Models,
    string? CannotSay);

/// <summary>Weight of a model in a prognosis.</summary>
/// <param name="Model">fleet, log-linear, wiener or power.</param>
/// <param name="Weight">0 to 1.</param>
public sealed record ModelShare(string Model, double Weight);

/// <summary>What a prognosis starts from: enough to compute it again anywhere.</summary>
/// <param name="AgeDays">Age of the part.</param>
/// <param name="NowDays">Days since the change.</param>
/// <param name="BaselineCentreLn">ln of the healthy indicator; null while learning.</param>
/// <param name="BaselineScaleLn">Standard deviation of a point of the trend, in ln.</param>
/// <param name="BaselineAutocorrelation">Of the medians.</param>
/// <param name="TrendDays">Points of the trend, days since the change.</param>
/// <param name="TrendLn">Their ln.</param>
public sealed record PartHistoryView(
    double AgeDays,
    double NowDays,
    double? BaselineCentreLn,
    double? BaselineScaleLn,
    double? BaselineAutocorrelation,
    IReadOnlyList<double> TrendDays,
    IReadOnlyList<double> TrendLn);
