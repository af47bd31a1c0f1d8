namespace Contracts.Messages;

/// <summary>
/// Command: stop working on a scenario. Sent by query, handled by one simulation; the others hear of it by <see cref="ScenarioChanged"/>.
/// Repeating it is harmless.
/// </summary>
/// <param name="ScenarioId">The scenario.</param>
public sealed record CancelScenario(string ScenarioId);
