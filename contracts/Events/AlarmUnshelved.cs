namespace Contracts.Events;

/// <summary>A shelved alarm calls again before its time. In stream <c>twin/{asset}</c>. Written by twin-state only.</summary>
/// <param name="AlarmId">The alarm.</param>
/// <param name="LimitId">Its limit.</param>
/// <param name="UnshelvedBy">Who took it off the shelf.</param>
/// <param name="UnshelvedAt">When, by twin-state's clock.</param>
public sealed record AlarmUnshelved(string AlarmId, string LimitId, string UnshelvedBy, DateTimeOffset UnshelvedAt);
