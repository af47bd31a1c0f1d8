namespace Contracts.Messages;

/// <summary>
/// Command: fold a twin again from the whole log and compare. Sent by query, handled by twin-state, routed by asset; ends in the event
/// <c>twin_rebuilt</c>.
/// </summary>
/// <param name="AssetId">The asset.</param>
public sealed record RebuildTwin(string AssetId);
