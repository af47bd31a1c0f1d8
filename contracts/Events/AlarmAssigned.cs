namespace Contracts.Events;

/// <summary>An open alarm became somebody's work, or nobody's. In stream <c>twin/{asset}</c>. Written by twin-state only.</summary>
/// <param name="AlarmId">The alarm.</param>
/// <param name="AssignedTo">Whose work it is; null: nobody's.</param>
/// <param name="AssignedBy">Who said so.</param>
/// <param name="AssignedAt">When, by twin-state's clock.</param>
public sealed record AlarmAssigned(string AlarmId, string? AssignedTo, string AssignedBy, DateTimeOffset AssignedAt);
