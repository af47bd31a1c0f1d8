namespace Contracts.Messages;

/// <summary>
/// Command: store a maintenance record of a part. Sent by query, handled by the twin's owner in twin-state. Idempotent for the same time.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The part.</param>
/// <param name="Kind">replaced or failed.</param>
/// <param name="At">When it happened.</param>
/// <param name="RecordedBy">Who records it.</param>
/// <param name="Comment">Free text, at most 1000 characters, or null.</param>
public sealed record RecordMaintenance(
    string AssetId, string Component, string Kind, DateTimeOffset At, string RecordedBy, string? Comment);
