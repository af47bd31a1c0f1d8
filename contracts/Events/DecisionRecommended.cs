using Contracts.Decisions;
using Contracts.Health;

namespace Contracts.Events;

/// <summary>A maintenance question was answered. In stream <c>decision/{id}</c>. Written by simulation only.</summary>
/// <param name="DecisionId">UUID version 7.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The wearing part.</param>
/// <param name="Definition">The full question.</param>
/// <param name="ModelHash">SHA-256 of the model text.</param>
/// <param name="LogPosition">Log position of the newest reading behind the remaining life.</param>
/// <param name="Basis">The remaining life that was used; null when the question supplied one.</param>
/// <param name="Answer">The comparison of the options.</param>
/// <param name="RecommendedAt">When, by simulation's clock.</param>
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
