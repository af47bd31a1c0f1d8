namespace Contracts.Messages;

/// <summary>
/// Answer to <see cref="AddRelationship"/> and <see cref="RemoveRelationship"/>: unless it is refused, it is in the log.
/// </summary>
/// <param name="Refusal">Why a rule forbids it; null if none does.</param>
/// <param name="Position">Log position of the newest event that was appended; 0 if everything was as asked already.</param>
public sealed record RelationshipAnswered(string? Refusal, long Position);
