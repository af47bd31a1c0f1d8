namespace Contracts.Events;

/// <summary>
/// What a twin shows of the past has changed, because readings were corrected. In stream <c>twin/{asset}</c>. Written by twin-state only.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Position">Log position that the revised twin includes.</param>
/// <param name="CorrectionIds">The corrections that were made, or withdrawn, since the last revision.</param>
/// <param name="From">Earliest sample time that they concern.</param>
/// <param name="Sensors">The sensors with other readings than before.</param>
/// <param name="AlarmIds">Alarms of the past that readings raised which no longer count as they were; at most 100.</param>
/// <param name="HashBefore">Content hash of the twin before.</param>
/// <param name="HashAfter">Content hash of the revised twin.</param>
/// <param name="RevisedAt">When, by twin-state's clock.</param>
public sealed record TwinRevised(
    string AssetId, long Position, IReadOnlyList<string> CorrectionIds, DateTimeOffset From, IReadOnlyList<RevisedSensor> Sensors,
    IReadOnlyList<string> AlarmIds, string HashBefore, string HashAfter, DateTimeOffset RevisedAt);

/// <summary>A sensor before and after a revision.</summary>
/// <param name="SensorId">The sensor.</param>
/// <param name="ReadingsBefore">Number of readings that counted before.</param>
/// <param name="ReadingsAfter">Number of readings that count now.</param>
/// <param name="LatestBefore">Latest value before, in the sensor's unit; null: none.</param>
/// <param name="LatestAfter">Latest value now, in the sensor's unit; null: none.</param>
public sealed record RevisedSensor(string SensorId, long ReadingsBefore, long ReadingsAfter, double? LatestBefore, double? LatestAfter);
