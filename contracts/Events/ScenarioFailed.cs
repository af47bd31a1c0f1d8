namespace Contracts.Events;

/// <summary>A scenario could not be answered. In stream <c>scenario/{id}</c>. Written by simulation only.</summary>
/// <param name="ScenarioId">The scenario.</param>
/// <param name="Cause">Stable code: <c>invalid</c>, <c>solver</c>, <c>time-limit</c> or <c>internal</c>.</param>
/// <param name="Reason">Human-readable reason; for a solver, its full message with state and time.</param>
/// <param name="FailedAt">When, by simulation's clock.</param>
public sealed record ScenarioFailed(string ScenarioId, string Cause, string Reason, DateTimeOffset FailedAt);
