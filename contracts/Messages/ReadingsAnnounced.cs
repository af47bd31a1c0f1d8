namespace Contracts.Messages;

/// <summary>
/// News of commits: what ingest appended to the log. Published by ingest, consumed by twin-state; routed by the slot of the assets, so that
/// news of one asset stays in order. Lost, doubled or reordered news does no harm: versions tell, and the log has the truth.
/// </summary>
/// <param name="Batches">Commits of assets of one slot, oldest first.</param>
public sealed record ReadingsAnnounced(IReadOnlyList<AnnouncedBatch> Batches);

/// <summary>One committed event.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Stream">Its day stream.</param>
/// <param name="Version">The event's version in that stream.</param>
/// <param name="Position">Log position.</param>
/// <param name="RecordedAt">When it was appended.</param>
/// <param name="Batch">The event's bytes; null when the news is only that the stream reaches <paramref name="Version"/>.</param>
/// <param name="TraceParent">W3C trace context of the message that brought the readings (of the first, if several).</param>
public sealed record AnnouncedBatch(
    string AssetId,
    string Stream,
    long Version,
    long Position,
    DateTimeOffset RecordedAt,
    byte[]? Batch,
    string? TraceParent);
