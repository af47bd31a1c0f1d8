namespace Contracts.Messages;

/// <summary>
/// Twins after a change, whole. Published by twin-state to every query, at most ten times a second per asset. A twin with a lower
/// position than one already seen is old news.
/// </summary>
/// <param name="Twins">Each asset once.</param>
public sealed record TwinsChanged(IReadOnlyList<PackedTwin> Twins);

/// <summary>A <see cref="TwinView"/> that is only unpacked when somebody asks for it.</summary>
/// <param name="AssetId">As in the view.</param>
/// <param name="Position">As in the view.</param>
/// <param name="Revision">As in the view.</param>
/// <param name="TraceParent">As in the view.</param>
/// <param name="View">The <see cref="TwinView"/> as camelCase JSON in UTF-8.</param>
public sealed record PackedTwin(string AssetId, long Position, long Revision, string? TraceParent, byte[] View);

/// <summary>A live twin as APIs show it.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Name">For people.</param>
/// <param name="ModelId">The asset's model.</param>
/// <param name="Position">Log position of the newest event folded in; 0 when there is none.</param>
/// <param name="Revision">Grows with every view of this asset, also when the position does not (alarms, silence).</param>
/// <param name="RecordedAt">When that event was appended; null when there is none.</param>
/// <param name="SampledAt">Newest sample time of any sensor; null when there is none.</param>
/// <param name="Readings">Readings folded in.</param>
/// <param name="StateHash">SHA-256 of the twin's content: equal content, equal hash, whatever the order of arrival.</param>
/// <param name="Sensors">By number.</param>
/// <param name="Alarms">Active or not yet acknowledged, worst first.</param>
/// <param name="TraceParent">W3C trace context of the reading that led to this view, or null.</param>
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
    string? TraceParent);

/// <summary>The latest reading of a sensor by sample time, and what its last minute looked like.</summary>
/// <param name="Id">The sensor.</param>
/// <param name="Name">For people.</param>
/// <param name="Component">The component it measures.</param>
/// <param name="Quantity">e.g. <c>temperature</c>.</param>
/// <param name="Unit">Unit of value and statistics, e.g. <c>degC</c>.</param>
/// <param name="Value">Null when there is no reading yet, or the newest says that the device has no value now (quality bad).</param>
/// <param name="Quality">good, uncertain, bad, or none.</param>
/// <param name="SampledAt">Device time; null when there is no reading yet.</param>
/// <param name="StaleAt">From when on the value is stale unless a newer one comes; null when there is no reading yet.</param>
/// <param name="Readings">Readings folded in.</param>
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

/// <summary>Statistics of a sensor's window; all in the sensor's unit.</summary>
/// <param name="WindowSeconds">Length of the window that ends at the newest reading.</param>
/// <param name="Count">Readings in it.</param>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="StandardDeviation">Of the sample; 0 for one reading.</param>
/// <param name="Minimum">Smallest.</param>
/// <param name="Maximum">Largest.</param>
public sealed record WindowStatistics(
    double WindowSeconds, int Count, double Mean, double StandardDeviation, double Minimum, double Maximum);

/// <summary>An alarm and where it is in its life: raised, acknowledged, cleared.</summary>
/// <param name="Id">See <see cref="Events.AlarmRaised"/>.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="LimitId">The limit, or <c>missing-data</c>, or <c>missing-data-{sensor}</c>.</param>
/// <param name="SensorId">The sensor, or null.</param>
/// <param name="Severity">warning, alarm or critical.</param>
/// <param name="Message">What an operator reads.</param>
/// <param name="State">active, active-acknowledged, cleared (not acknowledged), closed (cleared and acknowledged).</param>
/// <param name="Value">The value that raised it; null for missing data.</param>
/// <param name="Unit">Unit of the value; null for missing data.</param>
/// <param name="RaisedAt">Sample time.</param>
/// <param name="AcknowledgedAt">Null when nobody has.</param>
/// <param name="AcknowledgedBy">Null when nobody has.</param>
/// <param name="Comment">Of the acknowledgement, or null.</param>
/// <param name="ClearedAt">Sample time; null while active.</param>
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
    DateTimeOffset? ClearedAt);
