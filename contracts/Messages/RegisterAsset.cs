namespace Contracts.Messages;

/// <summary>
/// Command: register an asset of a model, or update its model. Handled by any twin-state. Idempotent. Query sends
/// <see cref="RegisterAssets"/> instead.
/// </summary>
/// <param name="AssetId">kebab-case, at most 64 characters.</param>
/// <param name="Name">Display name; null for the model's name.</param>
/// <param name="ModelId">Id of a model in force.</param>
public sealed record RegisterAsset(string AssetId, string? Name, string ModelId);
