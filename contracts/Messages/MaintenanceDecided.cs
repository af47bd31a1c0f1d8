using Contracts.Decisions;

namespace Contracts.Messages;

/// <summary>Answer of simulation to query.</summary>
/// <param name="Decision">The decision afterwards; null when it was refused.</param>
/// <param name="Refusal">Why; null when it was not.</param>
public sealed record MaintenanceDecided(DecisionView? Decision, Refusal? Refusal);
