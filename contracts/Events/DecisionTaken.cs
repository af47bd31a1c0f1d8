namespace Contracts.Events;

/// <summary>A decision was taken. In stream <c>decision/{id}</c>. Written by simulation only.</summary>
/// <param name="DecisionId">The decision.</param>
/// <param name="Option">Name of an option of the answer.</param>
/// <param name="TakenBy">Who decided.</param>
/// <param name="Comment">Free text, or null.</param>
/// <param name="TakenAt">When it was decided.</param>
public sealed record DecisionTaken(string DecisionId, string Option, string TakenBy, string? Comment, DateTimeOffset TakenAt);
