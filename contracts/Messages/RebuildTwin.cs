namespace Contracts.Messages;

/// <summary>
/// Command: rebuild a twin from the whole log and compare it with the live one. Sent by query, handled by twin-state, routed by asset; ends
/// in the event <c>twin_rebuilt</c>.
/// </summary>
/// <param name="AssetId">The asset.</param>
public sealed record RebuildTwin(string AssetId);
