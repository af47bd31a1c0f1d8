namespace Contracts.Messages;

/// <summary>
/// Command: stop working on a scenario. Sent by query, handled by one simulation; the others learn of it from
/// <see cref="ScenarioChanged"/>. Idempotent.
/// </summary>
/// <param name="ScenarioId">The scenario.</param>
public sealed record CancelScenario(string ScenarioId);
