namespace Contracts.Messages;

/// <summary>
/// Request: record which option was taken. Sent by query, answered by one simulation with <see cref="MaintenanceDecided"/>. Idempotent.
/// </summary>
/// <param name="DecisionId">The decision.</param>
/// <param name="Option">Name of an option of the answer.</param>
/// <param name="TakenBy">Who decided.</param>
/// <param name="Comment">Free text, or null.</param>
public sealed record TakeDecision(string DecisionId, string Option, string TakenBy, string? Comment);
