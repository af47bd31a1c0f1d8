namespace Contracts.Health;

/// <summary>Health of one part, as the APIs show it.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The part.</param>
/// <param name="Indicator">Id of the sensor that shows damage.</param>
/// <param name="Unit">Unit of all values of the indicator.</param>
/// <param name="Level">learning, healthy, degrading or critical.</param>
/// <param name="Since">Sample time at which the current level began; null before the first window.</param>
/// <param name="At">End of the newest closed window; null before the first.</param>
/// <param name="Value">Load-normalised indicator in that window; null before the first.</param>
/// <param name="BaselineValue">Value of the indicator when healthy; null while learning.</param>
/// <param name="Score">Deviation from the baseline, in its standard deviations; null while learning.</param>
/// <param name="ChartSum">CUSUM of the chart; a sum above <paramref name="ChartLimit"/> is an alarm.</param>
/// <param name="ChartLimit">Limit h of the chart.</param>
/// <param name="CriticalValue">Value of the indicator at which the part counts as critical; null when there is none.</param>
/// <param name="ChangedAfter">Latest time known to precede the change; null while there is no change.</param>
/// <param name="GrowthPerDay">Growth of ln(value) per day since the change; null while there is no trend.</param>
/// <param name="LifeFrom">When the part was installed, if known.</param>
/// <param name="Life">Number of lives that have ended so far.</param>
/// <param name="Windows">Closed windows that count.</param>
/// <param name="LateReadings">Readings that arrived after their window had closed.</param>
/// <param name="UnusableWindows">Windows without a usable load.</param>
/// <param name="Position">Log position of the newest reading taken into account.</param>
/// <param name="ConditionHash">SHA-256 of the state of all parts of the asset; the same log gives the same hash.</param>
/// <param name="ModelHash">SHA-256 of the model text.</param>
/// <param name="Assessment">The newest assessment; null before the first.</param>
/// <param name="History">Input of a prognosis; null before the first window.</param>
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

/// <summary>An assessment of remaining life.</summary>
/// <param name="At">Sample time of the assessment.</param>
/// <param name="Level">Condition level of the part at that time.</param>
/// <param name="AgeDays">Age of the part at that time, days.</param>
/// <param name="Position">Log position of the newest reading at that time.</param>
/// <param name="P05">Days by which 5 % of such parts have failed; null when that never happens or no assessment is possible.</param>
/// <param name="P25">Days for 25 %; null as for P05.</param>
/// <param name="P50">Days for 50 %; null as for P05.</param>
/// <param name="P75">Days for 75 %; null as for P05.</param>
/// <param name="P95">Days for 95 %; null as for P05.</param>
/// <param name="Models">The models behind the assessment; their weights add up to 1.</param>
/// <param name="CannotSay">Why no assessment is possible yet; null when there is one.</param>
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

/// <summary>The weight of a model in a prognosis.</summary>
/// <param name="Model">fleet, log-linear, wiener or power.</param>
/// <param name="Weight">0 to 1.</param>
public sealed record ModelShare(string Model, double Weight);

/// <summary>Input of a prognosis: enough to recompute it anywhere.</summary>
/// <param name="AgeDays">Age of the part, days.</param>
/// <param name="NowDays">Days since the change of condition.</param>
/// <param name="BaselineCentreLn">ln of the healthy indicator; null while learning.</param>
/// <param name="BaselineScaleLn">Standard deviation of a point of the trend, in ln.</param>
/// <param name="BaselineAutocorrelation">Autocorrelation of the baseline medians.</param>
/// <param name="TrendDays">Times of the trend's points, days since the change.</param>
/// <param name="TrendLn">ln of the indicator at those times.</param>
public sealed record PartHistoryView(
    double AgeDays,
    double NowDays,
    double? BaselineCentreLn,
    double? BaselineScaleLn,
    double? BaselineAutocorrelation,
    IReadOnlyList<double> TrendDays,
    IReadOnlyList<double> TrendLn);
