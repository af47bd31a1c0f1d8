using Contracts.Decisions;

namespace Contracts.Messages;

/// <summary>Response of simulation to query: a maintenance decision.</summary>
/// <param name="Decision">The updated decision; null when the request was refused.</param>
/// <param name="Refusal">Why it was refused; null when it was not.</param>
public sealed record MaintenanceDecided(DecisionView? Decision, Refusal? Refusal);
