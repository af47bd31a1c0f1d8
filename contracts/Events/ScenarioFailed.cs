namespace Contracts.Events;

/// <summary>The question cannot be answered. In stream <c>scenario/{id}</c>. Written by simulation only.</summary>
/// <param name="ScenarioId">The scenario.</param>
/// <param name="Cause">Stable: <c>invalid</c>, <c>solver</c>, <c>time-limit</c> or <c>internal</c>.</param>
/// <param name="Reason">For people; of a solver its whole message with state and time.</param>
/// <param name="FailedAt">Simulation's clock.</param>
public sealed record ScenarioFailed(string ScenarioId, string Cause, string Reason, DateTimeOffset FailedAt);
