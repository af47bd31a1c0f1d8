namespace Contracts.Messages;

/// <summary>
/// Command: rebuild a twin from the whole log and compare it with the live one. Sent by query, handled by the twin's owner in
/// twin-state; ends in the event <c>twin_rebuilt</c>.
/// </summary>
/// <param name="AssetId">The asset.</param>
public sealed record RebuildTwin(string AssetId);
