using Contracts.Events;

namespace Contracts.Messages;

/// <summary>
/// Request: relate two assets. Sent by query, answered by any twin-state with <see cref="RelationshipAnswered"/>. Idempotent.
/// </summary>
/// <param name="Source">Asset that the relationship goes out from.</param>
/// <param name="Type">A type that the model of the source declares.</param>
/// <param name="Target">Asset that it leads to.</param>
/// <param name="Properties">All its properties.</param>
/// <param name="Since">When it became true; null: when it is recorded.</param>
/// <param name="By">Who records it.</param>
/// <param name="Comment">Free text, at most 1000 characters, or null.</param>
public sealed record AddRelationship(
    string Source, string Type, string Target, IReadOnlyList<PropertyValue> Properties, DateTimeOffset? Since, string By, string? Comment);
