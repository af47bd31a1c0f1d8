using System.Text.Json.Serialization;
using Contracts.Estimates;

namespace Contracts.Messages;

/// <summary>
/// Full twins after a change. Published by twin-state to every query, at most ten times a second per asset. A twin with a lower position
/// than one already seen is outdated.
/// </summary>
/// <param name="Twins">The changed twins, each asset once.</param>
public sealed record TwinsChanged(IReadOnlyList<PackedTwin> Twins);

/// <summary>A <see cref="TwinView"/> that is unpacked only on demand.</summary>
/// <param name="AssetId">As in the view.</param>
/// <param name="Position">As in the view.</param>
/// <param name="Revision">As in the view.</param>
/// <param name="TraceParent">As in the view.</param>
/// <param name="View">The <see cref="TwinView"/> as camelCase JSON in UTF-8.</param>
public sealed record PackedTwin(string AssetId, long Position, long Revision, string? TraceParent, byte[] View);

/// <summary>A live twin, as the APIs show it.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Name">Display name.</param>
/// <param name="ModelId">The asset's model.</param>
/// <param name="Position">Log position of the newest event included; 0 when there is none.</param>
/// <param name="Revision">Increases with every view of this asset, even when the position does not (alarms, silent sensors).</param>
/// <param name="RecordedAt">When that event was appended; null when there is none.</param>
/// <param name="SampledAt">Newest sample time of any sensor; null when there is none.</param>
/// <param name="Readings">Number of readings included.</param>
/// <param name="StateHash">SHA-256 of the twin's content; equal content gives an equal hash, whatever the order of arrival.</param>
/// <param name="Sensors">Its sensors, ordered by number.</param>
/// <param name="Alarms">Alarms that are active or not yet acknowledged, worst first.</param>
/// <param name="TraceParent">W3C trace context of the reading that led to this view, or null.</param>
/// <param name="Estimate">What its physics says, corrected by the sensors; null when the model has no section <c>estimation</c>, or too
/// little was heard yet.</param>
public sealed record TwinView(
    string AssetId,
    string Name,
    string ModelId,
    long Position,
    long Revision,
    DateTimeOffset? RecordedAt,
    DateTimeOffset? SampledAt,
    long Readings,
    string StateHash,
    IReadOnlyList<SensorView> Sensors,
    IReadOnlyList<AlarmView> Alarms,
    string? TraceParent,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EstimateSummary? Estimate = null);

/// <summary>The latest reading of a sensor by sample time, with statistics of its last minute.</summary>
/// <param name="Id">The sensor.</param>
/// <param name="Name">Display name.</param>
/// <param name="Component">The component it measures.</param>
/// <param name="Quantity">Measured quantity, e.g. <c>temperature</c>.</param>
/// <param name="Unit">Unit of value and statistics, e.g. <c>degC</c>.</param>
/// <param name="Value">Null when there is no reading yet, or the newest reports that the device currently has no value (quality
/// bad).</param>
/// <param name="Quality">good, uncertain, bad, or none.</param>
/// <param name="SampledAt">Sample time by the device's clock; null when there is no reading yet.</param>
/// <param name="StaleAt">When the value becomes stale unless a newer one arrives; null when there is no reading yet.</param>
/// <param name="Readings">Number of readings included.</param>
/// <param name="Statistics">Over good and uncertain readings of the last <see cref="WindowStatistics.WindowSeconds"/>; null when there are
/// none.</param>
public sealed record SensorView(
    string Id,
    string Name,
    string Component,
    string Quantity,
    string Unit,
    double? Value,
    string Quality,
    DateTimeOffset? SampledAt,
    DateTimeOffset? StaleAt,
    long Readings,
    WindowStatistics? Statistics);

/// <summary>Statistics of a sensor's window, all in the sensor's unit.</summary>
/// <param name="WindowSeconds">Length of the window that ends at the newest reading, s.</param>
/// <param name="Count">Number of readings in the window.</param>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="StandardDeviation">Sample standard deviation; 0 for one reading.</param>
/// <param name="Minimum">Smallest value.</param>
/// <param name="Maximum">Largest value.</param>
public sealed record WindowStatistics(
    double WindowSeconds, int Count, double Mean, double StandardDeviation, double Minimum, double Maximum);

/// <summary>An alarm and its current state: raised, acknowledged, cleared.</summary>
/// <param name="Id">See <see cref="Events.AlarmRaised"/>.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="LimitId">As in <see cref="Events.AlarmRaised"/>.</param>
/// <param name="SensorId">The sensor, or null.</param>
/// <param name="Severity">warning, alarm or critical.</param>
/// <param name="Message">The cause, in words.</param>
/// <param name="State">active, active-acknowledged, cleared (not acknowledged), closed (cleared and acknowledged) or withdrawn
/// (with corrected readings, it would not have been raised).</param>
/// <param name="Value">The value that raised it; null for missing data.</param>
/// <param name="Unit">Unit of the value; null for missing data.</param>
/// <param name="RaisedAt">Sample time; for missing data, twin-state's clock.</param>
/// <param name="AcknowledgedAt">When it was acknowledged; null until then.</param>
/// <param name="AcknowledgedBy">Who acknowledged it; null until then.</param>
/// <param name="Comment">Comment given with the acknowledgement, or null.</param>
/// <param name="ClearedAt">Sample time, or for missing data twin-state's clock; null while active.</param>
/// <param name="SignalId">The estimated or calculated signal, or null.</param>
/// <param name="WithdrawnAt">When it was withdrawn, by twin-state's clock; null: it was not.</param>
/// <param name="Name">As in <see cref="Events.AlarmRaised"/>.</param>
/// <param name="Direction">As in <see cref="Events.AlarmRaised"/>.</param>
/// <param name="Threshold">As in <see cref="Events.AlarmRaised"/>.</param>
/// <param name="Consequence">As in <see cref="Events.AlarmRaised"/>.</param>
/// <param name="Shelf">It calls nobody before the end of this; null: it was never shelved, or taken off again.</param>
/// <param name="AssignedTo">Whose work it is; null: nobody's.</param>
/// <param name="Comments">What was written about it, oldest first; null: nothing.</param>
public sealed record AlarmView(
    string Id,
    string AssetId,
    string LimitId,
    string? SensorId,
    string Severity,
    string Message,
    string State,
    double? Value,
    string? Unit,
    DateTimeOffset RaisedAt,
    DateTimeOffset? AcknowledgedAt,
    string? AcknowledgedBy,
    string? Comment,
    DateTimeOffset? ClearedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SignalId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? WithdrawnAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Direction = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Threshold = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Consequence = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AlarmShelf? Shelf = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AssignedTo = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<AlarmComment>? Comments = null);

/// <summary>A limit whose alarms call nobody for a time.</summary>
/// <param name="By">Who shelved it.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When, by twin-state's clock.</param>
/// <param name="Until">When it calls again.</param>
public sealed record AlarmShelf(string By, string Reason, DateTimeOffset At, DateTimeOffset Until);

/// <summary>What somebody wrote about an alarm.</summary>
/// <param name="By">Who.</param>
/// <param name="Text">What.</param>
/// <param name="At">When, by twin-state's clock.</param>
public sealed record AlarmComment(string By, string Text, DateTimeOffset At);
