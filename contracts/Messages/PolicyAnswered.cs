namespace Contracts.Messages;

/// <summary>Answer to <see cref="SetPolicy"/> and <see cref="RemovePolicy"/>: unless it is refused, it is in the log.</summary>
/// <param name="Refusal">Why a rule forbids it; null if none does.</param>
/// <param name="Position">Log position of the event; 0 if everything was as asked already.</param>
public sealed record PolicyAnswered(string? Refusal, long Position);
