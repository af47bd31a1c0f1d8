namespace Contracts.Messages;

/// <summary>
/// Notification: what ingest appended to the log. Sent by ingest, taken by any twin-state, which hands it to the owners of the twins. Lost,
/// duplicate or reordered messages do no harm: versions reveal them, and the log is authoritative.
/// </summary>
/// <param name="Batches">Commits, oldest first for each asset.</param>
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
