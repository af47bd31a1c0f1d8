namespace Contracts.Events;

/// <summary>
/// Somebody has retracted readings of a sensor, e.g. of a broken one: they stay in the log, but nothing is derived from them any more. Also
/// from those that arrive later. In stream <c>correction/{asset}</c>. Written by ingest only.
/// </summary>
/// <param name="CorrectionId">Id of the correction.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="SensorId">The sensor.</param>
/// <param name="From">Earliest sample time.</param>
/// <param name="To">End of the sample times, exclusive.</param>
/// <param name="Readings">How many there were when it was recorded; at least 1.</param>
/// <param name="Reason">Why.</param>
/// <param name="RetractedBy">Who.</param>
/// <param name="RetractedAt">When, by query's clock.</param>
public sealed record ReadingsRetracted(
    string CorrectionId, string AssetId, string SensorId, DateTimeOffset From, DateTimeOffset To, long Readings, string Reason,
    string RetractedBy, DateTimeOffset RetractedAt);
