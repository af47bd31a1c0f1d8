namespace Contracts.Events;

/// <summary>
/// Somebody has replaced values of a sensor that were recorded wrongly. The readings stay in the log; everything derived from them follows
/// the corrected values. In stream <c>correction/{asset}</c>. Written by ingest only.
/// </summary>
/// <param name="CorrectionId">Id of the correction.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="SensorId">The sensor.</param>
/// <param name="Readings">The readings, by sample time; 1 to 10 000.</param>
/// <param name="Reason">Why.</param>
/// <param name="CorrectedBy">Who.</param>
/// <param name="CorrectedAt">When, by query's clock.</param>
public sealed record ReadingsCorrected(
    string CorrectionId, string AssetId, string SensorId, IReadOnlyList<CorrectedReading> Readings, string Reason, string CorrectedBy,
    DateTimeOffset CorrectedAt);

/// <summary>A value in place of a recorded one.</summary>
/// <param name="SampledAt">Sample time of the recorded reading, to the microsecond.</param>
/// <param name="Value">The right value, in the sensor's unit.</param>
public sealed record CorrectedReading(DateTimeOffset SampledAt, double Value);
