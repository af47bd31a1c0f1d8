namespace Contracts.Events;

/// <summary>The cause of an alarm has gone. In stream <c>twin/{asset}</c>. Written by twin-state only.</summary>
/// <param name="AlarmId">The alarm.</param>
/// <param name="Value">The value that cleared it, in the sensor's unit; null for missing data.</param>
/// <param name="ClearedAt">Sample time; for missing data, twin-state's clock.</param>
public sealed record AlarmCleared(string AlarmId, double? Value, DateTimeOffset ClearedAt);
