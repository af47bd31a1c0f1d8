namespace Contracts.Events;

/// <summary>An alarm was shelved: it and later alarms of the same limit call nobody before the end. In stream <c>twin/{asset}</c>. Written
/// by twin-state only.</summary>
/// <param name="AlarmId">The alarm.</param>
/// <param name="LimitId">Its limit.</param>
/// <param name="ShelvedBy">Who shelved it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Until">When it calls again.</param>
/// <param name="ShelvedAt">When, by twin-state's clock.</param>
public sealed record AlarmShelved(
    string AlarmId, string LimitId, string ShelvedBy, string Reason, DateTimeOffset Until, DateTimeOffset ShelvedAt);
