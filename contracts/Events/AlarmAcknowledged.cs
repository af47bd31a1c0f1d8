namespace Contracts.Events;

/// <summary>Somebody has seen an alarm. In stream <c>twin/{asset}</c>. Written by twin-state only.</summary>
/// <param name="AlarmId">The alarm.</param>
/// <param name="AcknowledgedBy">Who.</param>
/// <param name="Comment">What they said, or null.</param>
/// <param name="AcknowledgedAt">twin-state's clock.</param>
public sealed record AlarmAcknowledged(string AlarmId, string AcknowledgedBy, string? Comment, DateTimeOffset AcknowledgedAt);
