namespace Contracts.Messages;

/// <summary>
/// News: a part has a new maintenance record. Sent by query, handled by one simulation, which looks into the log. Repeating it is harmless.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The part.</param>
public sealed record ObserveOutcomes(string AssetId, string Component);
