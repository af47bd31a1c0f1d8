using System.ComponentModel;
using System.Text.Json.Serialization;
using Contracts.Estimates;
using Contracts.Messages;
using Query.Events;
using Query.Health;
using Query.Pasts;
using Query.Twins;

namespace Query.Diffs;

/// <summary>What differs between a twin at two moments, and the events that made the difference.</summary>
/// <param name="AssetId">Id of the asset.</param>
sealed record TwinDiff(
    string AssetId,
    [property: Description("The moment of the first side.")] AsOfAnswer From,
    [property: Description("The moment of the second side.")] AsOfAnswer To,
    [property: Description("False: the measured state of both sides has the same hash.")] bool IsChanged,
    [property: Description("The two hashes of the measured state.")] Change<string> StateHash,
    [property: Description("Readings included.")] Change<long> Readings,
    [property: Description("Sensors whose value, quality or number of readings differ.")] IReadOnlyList<SensorChange> Sensors,
    [property: Description("Wearing parts whose condition differs.")] IReadOnlyList<PartChange> Parts,
    [property: Description("Alarms whose state differs; those not yet raised on one side have none there.")]
    IReadOnlyList<AlarmChange> Alarms,
    [property: Description("Estimated signals that differ; empty when one side has no estimate.")] IReadOnlyList<SignalChange> Signals,
    [property: Description("The asset's name; null when it is the same.")] Change<string>? Name,
    [property: Description("Hash of the asset's model; null when it is the same.")] Change<string>? Model,
    [property: Description("The calibration in force, null for the model's own values; null when it is the same.")]
    Change<string?>? Calibration,
    [property: Description(
        "Why: events about the asset and its relationships, other than readings, that belong to one of the sides only, in log order.")]
    IReadOnlyList<LogEvent> Events,
    [property: Description("There are more such events than are shown.")] bool HasMoreEvents)
{
    /// <summary>True if anything but the moments differs.</summary>
    [JsonIgnore]
    public bool Differs =>
        IsChanged || Alarms.Count + Parts.Count + Signals.Count + Events.Count > 0 || (Name ?? Model ?? (object?)Calibration) is not null;

    /// <summary>Compares both sides. Pure.</summary>
    public static TwinDiff Of(DiffSide from, DiffSide to, IReadOnlyList<LogEvent> events, bool hasMoreEvents) => new(
        from.Twin.AssetId, from.Twin.AsOf!, to.Twin.AsOf!, from.Twin.StateHash != to.Twin.StateHash,
        new(from.Twin.StateHash, to.Twin.StateHash), new(from.Twin.Readings, to.Twin.Readings),
        [.. Pairs(from.Twin.Sensors, to.Twin.Sensors, s => s.Id).Where(p => AreDifferent(p.From, p.To)).Select(SensorChange.Of)],
        [.. Pairs(from.Parts, to.Parts, p => p.Component).Where(p => (p.From?.Level, p.From?.Since) != (p.To?.Level, p.To?.Since))
            .Select(PartChange.Of)],
        [.. Pairs(from.Alarms.Values, to.Alarms.Values, a => a.Id).Where(p => p.From?.State != p.To?.State).Select(AlarmChange.Of)
            .OrderBy(a => a.RaisedAt).ThenBy(a => a.Id, StringComparer.Ordinal)],
        from.Twin.Estimate is { } before && to.Twin.Estimate is { } after
            ? [.. Pairs(before.Signals, after.Signals, s => s.Id).Where(p => p.From?.Mean != p.To?.Mean).Select(SignalChange.Of)]
            : [],
        Changed(from.Twin.Name, to.Twin.Name), Changed(from.Asset.Model.Hash, to.Asset.Model.Hash),
        Changed(from.Asset.Parameters?.CalibrationId, to.Asset.Parameters?.CalibrationId), events, hasMoreEvents);

    static Change<T>? Changed<T>(T from, T to) => EqualityComparer<T>.Default.Equals(from, to) ? null : new(from, to);

    static bool AreDifferent(SensorAnswer? from, SensorAnswer? to) =>
        (from?.Value, from?.Quality, from?.SampledAt, from?.Readings) != (to?.Value, to?.Quality, to?.SampledAt, to?.Readings);

    static IEnumerable<(T? From, T? To)> Pairs<T>(IEnumerable<T> from, IEnumerable<T> to, Func<T, string> id)
        where T : class
    {
        var (before, after) = (from.ToDictionary(id), to.ToDictionary(id));
        return before.Keys.Union(after.Keys).Select(key => (before.GetValueOrDefault(key), after.GetValueOrDefault(key)));
    }
}

/// <summary>One side of a comparison.</summary>
/// <param name="Asset">The asset then.</param>
/// <param name="Twin">Its twin.</param>
/// <param name="Alarms">All alarms that it had had, by id.</param>
/// <param name="Parts">Its wearing parts.</param>
sealed record DiffSide(
    PastAsset Asset, TwinAnswer Twin, IReadOnlyDictionary<string, AlarmView> Alarms, IReadOnlyList<PartSummary> Parts);

/// <summary>A value on both sides.</summary>
sealed record Change<T>(
    [property: Description("On the first side.")] T From,
    [property: Description("On the second side.")] T To);

/// <summary>A sensor that differs.</summary>
/// <param name="Id">Id of the sensor.</param>
/// <param name="Unit">Unit of the values.</param>
sealed record SensorChange(
    string Id,
    string Unit,
    [property: Description("Null when the sensor has no value there, or the model has no such sensor.")] double? From,
    [property: Description("Null when the sensor has no value there, or the model has no such sensor.")] double? To,
    [property: Description("To minus from; null without both.")] double? Difference,
    [property: Description("good, uncertain, bad, or none.")] string FromQuality,
    [property: Description("good, uncertain, bad, or none.")] string ToQuality,
    [property: Description("Sample time, by the device's clock.")] DateTimeOffset? FromSampledAt,
    [property: Description("Sample time, by the device's clock.")] DateTimeOffset? ToSampledAt,
    [property: Description("Readings included.")] long FromReadings,
    [property: Description("Readings included.")] long ToReadings)
{
    public static SensorChange Of((SensorAnswer? From, SensorAnswer? To) pair)
    {
        var (from, to) = pair;
        return new(
            (from ?? to)!.Id, (to ?? from)!.Unit, from?.Value, to?.Value, to?.Value - from?.Value, from?.Quality ?? "none",
            to?.Quality ?? "none", from?.SampledAt, to?.SampledAt, from?.Readings ?? 0, to?.Readings ?? 0);
    }
}

/// <summary>A wearing part whose condition differs.</summary>
/// <param name="Component">Id of the part.</param>
sealed record PartChange(
    string Component,
    [property: Description("learning, healthy, degrading or critical; null: the model has no such part there.")] string? From,
    [property: Description("learning, healthy, degrading or critical; null: the model has no such part there.")] string? To,
    [property: Description("When it reached the level of the first side; null while it is learning.")] DateTimeOffset? FromSince,
    [property: Description("When it reached the level of the second side; null while it is learning.")] DateTimeOffset? ToSince)
{
    public static PartChange Of((PartSummary? From, PartSummary? To) pair) => new(
        (pair.From ?? pair.To)!.Component, pair.From?.Level, pair.To?.Level, pair.From?.Since, pair.To?.Since);
}

/// <summary>An alarm that differs.</summary>
/// <param name="Id">Id of the alarm.</param>
sealed record AlarmChange(
    string Id,
    [property: Description("Id of the limit.")] string LimitId,
    [property: Description("warning, alarm or critical.")] string Severity,
    [property: Description("Text of the limit.")] string? Message,
    [property: Description("By sample time.")] DateTimeOffset RaisedAt,
    [property: Description("active, active-acknowledged, cleared, closed or withdrawn; null: not known there.")] string? From,
    [property: Description("active, active-acknowledged, cleared, closed or withdrawn; null: not known there.")] string? To)
{
    public static AlarmChange Of((AlarmView? From, AlarmView? To) pair)
    {
        var alarm = (pair.To ?? pair.From)!;
        return new(alarm.Id, alarm.LimitId, alarm.Severity, alarm.Message, alarm.RaisedAt, pair.From?.State, pair.To?.State);
    }
}

/// <summary>An estimated signal that differs.</summary>
/// <param name="Id">Id of the signal.</param>
/// <param name="Unit">Unit of the values.</param>
sealed record SignalChange(
    string Id,
    string Unit,
    [property: Description("Mean; null when the signal has no value there.")] double? From,
    [property: Description("Mean; null when the signal has no value there.")] double? To,
    [property: Description("In the same unit.")] double? FromStandardDeviation,
    [property: Description("In the same unit.")] double? ToStandardDeviation)
{
    public static SignalChange Of((EstimatedSignal? From, EstimatedSignal? To) pair) => new(
        (pair.From ?? pair.To)!.Id, (pair.To ?? pair.From)!.Unit, pair.From?.Mean, pair.To?.Mean, pair.From?.StandardDeviation,
        pair.To?.StandardDeviation);
}
