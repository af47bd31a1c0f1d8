using Contracts.Scenarios;

namespace Contracts.Events;

/// <summary>A scenario was requested. In stream <c>scenario/{id}</c>. Written by simulation only.</summary>
/// <param name="ScenarioId">UUID version 7.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="Name">Display name, or null.</param>
/// <param name="ModelId">The asset's model.</param>
/// <param name="ModelHash">SHA-256 of the model text; this version of the model is used.</param>
/// <param name="Definition">The full question.</param>
/// <param name="RequestedAt">When, by query's clock.</param>
public sealed record ScenarioRequested(
    string ScenarioId,
    string AssetId,
    string? Name,
    string ModelId,
    string ModelHash,
    ScenarioDefinition Definition,
    DateTimeOffset RequestedAt);
