using System.Text.Json.Serialization;

namespace Contracts.Events;

/// <summary>A policy holds no more. In stream <c>policies</c>. Written by twin-state only.</summary>
/// <param name="PolicyId">Identity among the policies of its tenant.</param>
/// <param name="Tenant">Whose policy it was; null: of those who have no tenant.</param>
/// <param name="RemovedBy">Who removed it.</param>
/// <param name="Comment">Free text, or null.</param>
/// <param name="RemovedAt">When it was recorded, by twin-state's clock.</param>
public sealed record PolicyRemoved(
    string PolicyId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tenant,
    string RemovedBy,
    string? Comment,
    DateTimeOffset RemovedAt);
