namespace Contracts.Events;

/// <summary>A scenario was cancelled. In stream <c>scenario/{id}</c>. Written by simulation only.</summary>
/// <param name="ScenarioId">The scenario.</param>
/// <param name="Progress">Progress at that time, 0 to 1.</param>
/// <param name="CancelledAt">When, by simulation's clock.</param>
public sealed record ScenarioCancelled(string ScenarioId, double Progress, DateTimeOffset CancelledAt);
