namespace Contracts.Events;

/// <summary>An alarm was acknowledged. In stream <c>twin/{asset}</c>. Written by twin-state only.</summary>
/// <param name="AlarmId">The alarm.</param>
/// <param name="AcknowledgedBy">Who acknowledged it.</param>
/// <param name="Comment">Free text, or null.</param>
/// <param name="AcknowledgedAt">When, by twin-state's clock.</param>
public sealed record AlarmAcknowledged(string AlarmId, string AcknowledgedBy, string? Comment, DateTimeOffset AcknowledgedAt);
