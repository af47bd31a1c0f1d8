namespace Contracts.Events;

/// <summary>
/// A correction no longer holds: the readings count as they were recorded, or as another correction says. In stream
/// <c>correction/{asset}</c>. Written by ingest only.
/// </summary>
/// <param name="CorrectionId">Id of the <see cref="ReadingsCorrected"/> or <see cref="ReadingsRetracted"/>.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="Reason">Why.</param>
/// <param name="WithdrawnBy">Who.</param>
/// <param name="WithdrawnAt">When, by query's clock.</param>
public sealed record CorrectionWithdrawn(
    string CorrectionId, string AssetId, string Reason, string WithdrawnBy, DateTimeOffset WithdrawnAt);
