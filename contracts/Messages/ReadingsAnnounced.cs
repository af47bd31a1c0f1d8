namespace Contracts.Messages;

/// <summary>
/// Notification: what ingest appended to the log. Published by ingest, consumed by twin-state; routed by the slot of the assets, so that
/// announcements of one asset stay in order. Lost, duplicate or reordered messages do no harm: versions reveal them, and the log is
/// authoritative.
/// </summary>
/// <param name="Batches">Commits for assets of one slot, oldest first.</param>
public sealed record ReadingsAnnounced(IReadOnlyList<AnnouncedBatch> Batches);

/// <summary>One committed event.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Stream">Its day stream.</param>
/// <param name="Version">The event's version in that stream.</param>
/// <param name="Position">Log position.</param>
/// <param name="RecordedAt">When it was appended.</param>
/// <param name="Batch">The event's bytes; null when the message only says that the stream has reached <paramref name="Version"/>.</param>
/// <param name="TraceParent">W3C trace context of the message that brought the readings (of the first, if several).</param>
public sealed record AnnouncedBatch(
    string AssetId,
    string Stream,
    long Version,
    long Position,
    DateTimeOffset RecordedAt,
    byte[]? Batch,
    string? TraceParent);
