namespace Contracts.Messages;

/// <summary>
/// Notification: a part has a new maintenance record. Sent by query, handled by one simulation, which reads the log. Idempotent.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The part.</param>
public sealed record ObserveOutcomes(string AssetId, string Component);
