namespace Contracts.Events;

/// <summary>
/// The part that a decision is about was replaced or failed. In stream <c>decision/{id}</c>. Written by simulation only.
/// </summary>
/// <param name="DecisionId">The decision.</param>
/// <param name="Kind">replaced or failed.</param>
/// <param name="RecordedBy">Who recorded it.</param>
/// <param name="OccurredAt">When it happened.</param>
public sealed record OutcomeObserved(string DecisionId, string Kind, string RecordedBy, DateTimeOffset OccurredAt);
