namespace Contracts.Messages;

/// <summary>
/// Request: let a policy be like this. Sent by query, answered by any twin-state with <see cref="PolicyAnswered"/>. Idempotent.
/// </summary>
/// <param name="PolicyId">Identity among the policies of its tenant, kebab-case.</param>
/// <param name="Tenant">The tenant of who asks; null: none.</param>
/// <param name="Subjects">Whom it is about.</param>
/// <param name="May"><c>read</c> or <c>write</c>.</param>
/// <param name="Assets">On which assets.</param>
/// <param name="By">Who says so.</param>
/// <param name="Comment">Free text, at most 1000 characters, or null.</param>
public sealed record SetPolicy(
    string PolicyId, string? Tenant, IReadOnlyList<string> Subjects, string May, IReadOnlyList<string> Assets, string By, string? Comment);
