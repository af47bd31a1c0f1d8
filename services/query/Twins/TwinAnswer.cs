using System.ComponentModel;
using Contracts.Estimates;
using Contracts.Messages;

namespace Query.Twins;

/// <summary>A twin at some moment.</summary>
/// <param name="Sensors">One entry per sensor, in the order of the model.</param>
sealed record TwinAnswer(
    [property: Description("Asset id, kebab-case.")] string AssetId,
    [property: Description("Display name.")] string Name,
    [property: Description("Id of the asset's model.")] string ModelId,
    [property: Description("Log position of the newest event included; 0 when there is none.")] long Position,
    [property: Description("Increases with every view of this asset, even when the position does not.")] long Revision,
    [property: Description("When that event was appended.")] DateTimeOffset? RecordedAt,
    [property: Description("Newest sample time of any sensor.")] DateTimeOffset? SampledAt,
    [property: Description("Number of readings included.")] long Readings,
    [property: Description(
        "SHA-256 of the content, hexadecimal: equal content gives an equal hash, whatever the order of arrival.")] string StateHash,
    [property: Description("True when no sensor has a fresh value.")] bool IsStale,
    [property: Description("Sensors without a fresh value.")] int StaleSensors,
    IReadOnlyList<SensorAnswer> Sensors,
    [property: Description("Active or not yet acknowledged, worst first.")] IReadOnlyList<AlarmView> Alarms,
    [property: Description("W3C trace context of the reading that led to this view.")] string? TraceParent,
    [property: Description(
        "What its physics says, corrected by the sensors; null when the model has no section 'estimation', too little was heard yet, or, "
            + "with validAt or knownAt, more than 75 minutes of it would have to be computed, as for most of what is older than two days: "
            + "GET /twins/{id}/estimate computes any.")]
    EstimateSummary? Estimate,
    [property: Description("Age and staleness are as of this time.")] DateTimeOffset AnsweredAt,
    [property: Description("Only in answers to validAt or knownAt.")] AsOfAnswer? AsOf)
{
    public static TwinAnswer Of(TwinView view, DateTimeOffset now, AsOfAnswer? asOf = null)
    {
        var sensors = new SensorAnswer[view.Sensors.Count];
        var stale = 0;
        for (var i = 0; i < sensors.Length; i++)
        {
            sensors[i] = SensorAnswer.Of(view.Sensors[i], now);
            if (sensors[i].IsStale) stale++;
        }
        return new(
            view.AssetId, view.Name, view.ModelId, view.Position, view.Revision, view.RecordedAt, view.SampledAt, view.Readings,
            view.StateHash,
            stale == sensors.Length, stale, sensors, view.Alarms, view.TraceParent, view.Estimate, now, asOf);
    }
}

/// <summary>The latest reading of a sensor by sample time.</summary>
/// <param name="Id">Sensor id, kebab-case.</param>
/// <param name="Name">Display name.</param>
sealed record SensorAnswer(
    string Id,
    string Name,
    [property: Description("Id of the component it measures.")] string Component,
    [property: Description("e.g. temperature.")] string Quantity,
    [property: Description("Unit of value and statistics, e.g. degC.")] string Unit,
    [property: Description(
        "Null when there is no reading yet, or the newest reports that the device currently has no value (quality bad).")] double? Value,
    [property: Description("good, uncertain, bad, or none.")] string Quality,
    [property: Description("Sample time, by the device's clock.")] DateTimeOffset? SampledAt,
    [property: Description("When the value becomes stale unless a newer one arrives.")] DateTimeOffset? StaleAt,
    [property: Description("Number of readings included.")] long Readings,
    [property: Description("Statistics over the newest window, in the sensor's unit.")] WindowStatistics? Statistics,
    [property: Description("answeredAt minus sampledAt, seconds; negative when the device's clock is ahead.")] double? AgeSeconds,
    [property: Description("True also when there is no reading yet.")] bool IsStale)
{
    public static SensorAnswer Of(SensorView sensor, DateTimeOffset now) => new(
        sensor.Id, sensor.Name, sensor.Component, sensor.Quantity, sensor.Unit, sensor.Value, sensor.Quality, sensor.SampledAt,
        sensor.StaleAt, sensor.Readings,
        sensor.Statistics, sensor.SampledAt is { } at ? Math.Round((now - at).TotalSeconds, 3) : null, IsStaleAt(sensor, now));

    /// <summary>True if there is no reading, or none recent enough.</summary>
    public static bool IsStaleAt(SensorView sensor, DateTimeOffset now) => sensor.StaleAt is not { } at || now >= at;
}

/// <summary>The point in the past that an answer shows.</summary>
sealed record AsOfAnswer(
    [property: Description("Readings sampled up to this time.")] DateTimeOffset ValidAt,
    [property: Description("The log was read up to this position.")] long KnownAtPosition,
    [property: Description("When that position was appended.")] DateTimeOffset KnownAt);
