namespace Contracts.Events;

/// <summary>Nobody wants to know any more. In stream <c>scenario/{id}</c>. Written by simulation only.</summary>
/// <param name="ScenarioId">The scenario.</param>
/// <param name="Progress">How far it was, 0 to 1.</param>
/// <param name="CancelledAt">Simulation's clock.</param>
public sealed record ScenarioCancelled(string ScenarioId, double Progress, DateTimeOffset CancelledAt);
