using Contracts.Scenarios;

namespace Contracts.Messages;

/// <summary>
/// Command: answer a question. Sent by query, handled by one simulation; ends in <c>scenario_completed</c>, <c>_failed</c> or
/// <c>_cancelled</c>. Repeating it is harmless.
/// </summary>
/// <param name="ScenarioId">UUID version 7, chosen by the sender.</param>
/// <param name="Name">For people, or null.</param>
/// <param name="ModelId">The asset's model.</param>
/// <param name="ModelHash">The version of the model against which the definition was checked.</param>
/// <param name="Definition">The question.</param>
/// <param name="RequestedAt">Query's clock.</param>
public sealed record RequestScenario(
    string ScenarioId,
    string? Name,
    string ModelId,
    string ModelHash,
    ScenarioDefinition Definition,
    DateTimeOffset RequestedAt);
