using System.Text.Json.Serialization;

namespace Contracts.Events;

/// <summary>A limit was violated or data is missing. In stream <c>twin/{asset}</c>. Written by twin-state only.</summary>
/// <param name="AlarmId"><c>{asset}.{limit}.{microseconds}</c>, with the microseconds of RaisedAt, or of the newest sample for missing
/// data; the same cause gives the same id.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="LimitId">The limit, or <c>missing-data</c>, or <c>missing-data-{sensor}</c>, or, when the physics does not follow the
/// machine, <c>sync-drifting</c> or <c>sync-lost</c>, or <c>calibration-drifted</c> when adopted parameters no longer fit.</param>
/// <param name="SensorId">The sensor; null when the whole asset is silent, or no sensor deviates more than chance allows.</param>
/// <param name="Severity">warning, alarm or critical.</param>
/// <param name="Message">The cause, in words.</param>
/// <param name="Value">The value that raised it, in the unit of the sensor or signal; null for missing data.</param>
/// <param name="Unit">Unit of the sensor or signal; null for missing data.</param>
/// <param name="RaisedAt">Sample time; for missing data, twin-state's clock.</param>
/// <param name="SignalId">The estimated or calculated signal of the limit; null when the limit is on a sensor.</param>
/// <param name="Name">Name of the sensor or signal; null for alarms without a limit in the model.</param>
/// <param name="Direction">above or below: the side of the threshold on which the value is wrong; null without a limit.</param>
/// <param name="Threshold">The limit that was crossed, in the same unit; null without a limit.</param>
/// <param name="Consequence">What it means and what follows, as the model says it; null if it does not.</param>
public sealed record AlarmRaised(
    string AlarmId,
    string AssetId,
    string LimitId,
    string? SensorId,
    string Severity,
    string Message,
    double? Value,
    string? Unit,
    DateTimeOffset RaisedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SignalId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Direction = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Threshold = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Consequence = null);
