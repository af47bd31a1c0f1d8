using Contracts.Estimates;
using Contracts.Messages;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace TwinModel.Twins;

/// <summary>Builds the API view of a twin; the same for the live twin and for one as of a given time.</summary>
public static class ViewTwin
{
    static readonly string[] Severities = ["critical", "alarm", "warning"];

    /// <summary>Builds the view.</summary>
    public static TwinView Of(
        string assetId, string name, Twin twin, AlarmBook book, long position, long revision, DateTimeOffset? recordedAt,
        DateTimeOffset? offlineSince, string? traceParent, EstimateSummary? estimate = null)
    {
        var newest = twin.Sensors.Where(s => s.Window.Count > 0).Select(s => s.Window.Newest.SampledAt).DefaultIfEmpty(long.MinValue).Max();
        return new(
            assetId,
            name,
            twin.Model.Id,
            position,
            revision,
            recordedAt,
            newest == long.MinValue ? null : Micros.ToTime(newest),
            twin.Sensors.Sum(s => s.Count),
            twin.Hash(),
            [.. twin.Sensors.Select(s => Of(s, offlineSince))],
            [.. book.Open.Values.OrderBy(a => Array.IndexOf(Severities, a.Severity)).ThenByDescending(a => a.RaisedAt)],
            traceParent,
            estimate);
    }

    static SensorView Of(SensorTwin twin, DateTimeOffset? offlineSince)
    {
        var sensor = twin.Sensor;
        if (twin.Window.Count == 0)
            return new(sensor.Id, sensor.Name, sensor.Component, sensor.Unit.Quantity, sensor.Unit.Symbol, null, "none", null, null, 0,
                null);
        var latest = twin.Window.Newest;
        var sampledAt = Micros.ToTime(latest.SampledAt);
        var staleAt = sampledAt + sensor.MissingAfter;
        if (offlineSince is { } since && since > sampledAt && since < staleAt) staleAt = since;
        return new(
            sensor.Id, sensor.Name, sensor.Component, sensor.Unit.Quantity, sensor.Unit.Symbol,
            latest.ValueOrNull, Name(latest.Quality), sampledAt, staleAt, twin.Count, twin.Window.Statistics());
    }

    /// <summary>How APIs write a quality.</summary>
    public static string Name(Quality quality) => quality switch { Quality.Good => "good", Quality.Uncertain => "uncertain", _ => "bad" };
}
