namespace Contracts.Messages;

/// <summary>
/// A device or its gateway died (Sparkplug death certificate). Published by ingest, handled by the twin's owner in twin-state: the asset's
/// values become stale at once.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="At">When, by ingest's clock.</param>
/// <param name="Reason">Human-readable reason.</param>
public sealed record SensorsWentOffline(string AssetId, DateTimeOffset At, string Reason);
