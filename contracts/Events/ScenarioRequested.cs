using Contracts.Scenarios;

namespace Contracts.Events;

/// <summary>Somebody asked what would happen. In stream <c>scenario/{id}</c>. Written by simulation only.</summary>
/// <param name="ScenarioId">UUID version 7.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="Name">For people, or null.</param>
/// <param name="ModelId">The asset's model.</param>
/// <param name="ModelHash">SHA-256 of the model's text: this version of it calculates.</param>
/// <param name="Definition">All of the question.</param>
/// <param name="RequestedAt">Query's clock.</param>
public sealed record ScenarioRequested(
    string ScenarioId,
    string AssetId,
    string? Name,
    string ModelId,
    string ModelHash,
    ScenarioDefinition Definition,
    DateTimeOffset RequestedAt);
