using Contracts.Decisions;
using Contracts.Health;

namespace Contracts.Events;

/// <summary>A maintenance question was answered. In stream <c>decision/{id}</c>. Written by simulation only.</summary>
/// <param name="DecisionId">UUID version 7.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The worn part.</param>
/// <param name="Definition">All of the question.</param>
/// <param name="ModelHash">SHA-256 of the model's text.</param>
/// <param name="LogPosition">Log position of the newest reading that the remaining life rests on.</param>
/// <param name="Basis">The remaining life as it was stated; null when the question gave one.</param>
/// <param name="Answer">The comparison.</param>
/// <param name="RecommendedAt">Simulation's clock.</param>
public sealed record DecisionRecommended(
    string DecisionId,
    string AssetId,
    string Component,
    DecisionDefinition Definition,
    string ModelHash,
    long LogPosition,
    RulView? Basis,
    DecisionAnswer Answer,
    DateTimeOffset RecommendedAt);
