namespace Contracts.Messages;

/// <summary>
/// Request: somebody decided. Sent by query, answered by one simulation with <see cref="MaintenanceDecided"/>. Repeating it is harmless.
/// </summary>
/// <param name="DecisionId">The decision.</param>
/// <param name="Option">Name of an option of the answer.</param>
/// <param name="TakenBy">Who.</param>
/// <param name="Comment">Free text, or null.</param>
public sealed record TakeDecision(string DecisionId, string Option, string TakenBy, string? Comment);
