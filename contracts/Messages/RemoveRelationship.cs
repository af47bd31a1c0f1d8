namespace Contracts.Messages;

/// <summary>
/// Request: end a relationship. Sent by query, answered by any twin-state with <see cref="RelationshipAnswered"/>. Idempotent.
/// </summary>
/// <param name="Source">Asset that the relationship goes out from.</param>
/// <param name="Type">Its type.</param>
/// <param name="Target">Asset that it leads to.</param>
/// <param name="Until">When it ceased to be true; null: when it is recorded.</param>
/// <param name="By">Who records it.</param>
/// <param name="Comment">Free text, at most 1000 characters, or null.</param>
public sealed record RemoveRelationship(string Source, string Type, string Target, DateTimeOffset? Until, string By, string? Comment);
