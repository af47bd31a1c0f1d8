namespace Contracts.Messages;

/// <summary>
/// Request: let a policy hold no more. Sent by query, answered by any twin-state with <see cref="PolicyAnswered"/>. Idempotent.
/// </summary>
/// <param name="PolicyId">Identity among the policies of its tenant.</param>
/// <param name="Tenant">The tenant of who asks; null: none.</param>
/// <param name="By">Who says so.</param>
/// <param name="Comment">Free text, at most 1000 characters, or null.</param>
public sealed record RemovePolicy(string PolicyId, string? Tenant, string By, string? Comment);
