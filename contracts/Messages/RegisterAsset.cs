namespace Contracts.Messages;

/// <summary>
/// Register an asset of a shipped model, or update its model, name or labels. Part of <see cref="RegisterAssets"/>; twin-state also takes it
/// as a command, routed by asset. Idempotent.
/// </summary>
/// <param name="AssetId">kebab-case, at most 64 characters.</param>
/// <param name="Name">Display name; null for the known one, and for a new asset the model's name or its id.</param>
/// <param name="ModelId">Id of a model that twin-state ships.</param>
/// <param name="Labels">All labels; null for the known ones.</param>
public sealed record RegisterAsset(
    string AssetId, string? Name, string ModelId, IReadOnlyDictionary<string, string>? Labels = null);
