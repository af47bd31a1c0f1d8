namespace Contracts.Messages;

/// <summary>
/// Command: register an asset of a shipped model, or renew its model. Sent by query, handled by twin-state, routed by asset. Repeating it
/// is harmless.
/// </summary>
/// <param name="AssetId">kebab-case, at most 64 characters.</param>
/// <param name="Name">For people; null for the model's name.</param>
/// <param name="ModelId">A model that twin-state has.</param>
public sealed record RegisterAsset(string AssetId, string? Name, string ModelId);
