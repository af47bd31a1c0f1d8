namespace Contracts.Messages;

/// <summary>
/// A device or its gateway died (Sparkplug death certificate). Published by ingest, consumed by twin-state, routed by asset: its values are
/// stale at once.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="At">Ingest's clock.</param>
/// <param name="Reason">For people.</param>
public sealed record SensorsWentOffline(string AssetId, DateTimeOffset At, string Reason);
