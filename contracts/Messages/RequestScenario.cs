using Contracts.Scenarios;

namespace Contracts.Messages;

/// <summary>
/// Command: answer a what-if question. Sent by query, handled by one simulation; ends in <c>scenario_completed</c>, <c>_failed</c> or
/// <c>_cancelled</c>. Idempotent.
/// </summary>
/// <param name="ScenarioId">UUID version 7, chosen by the sender.</param>
/// <param name="Name">Display name, or null.</param>
/// <param name="ModelId">The asset's model.</param>
/// <param name="ModelHash">SHA-256 of the model that the definition was validated against.</param>
/// <param name="Definition">The question.</param>
/// <param name="RequestedAt">When, by query's clock.</param>
public sealed record RequestScenario(
    string ScenarioId,
    string? Name,
    string ModelId,
    string ModelHash,
    ScenarioDefinition Definition,
    DateTimeOffset RequestedAt);
