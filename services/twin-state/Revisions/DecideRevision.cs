using Contracts.Events;
using TwinModel.Telemetry;
using TwinModel.Twins;
using TwinState.Twins;

namespace TwinState.Revisions;

/// <summary>Decides what follows from other corrections of a twin's readings. Pure.</summary>
static class DecideRevision
{
    const int MostAlarms = 100;

    /// <summary>Alarms that are raised or cleared now, and what has changed.</summary>
    /// <param name="before">The twin with the corrections known so far.</param>
    /// <param name="after">The same with the new ones.</param>
    /// <param name="raised">Every alarm that the asset ever had.</param>
    /// <param name="now">Current time.</param>
    public static IReadOnlyList<object> Of(OwnedTwin before, OwnedTwin after, IEnumerable<AlarmRaised> raised, DateTimeOffset now)
    {
        var (known, corrections) = (before.Corrections.Version, after.Corrections);
        // Of sensors that the model does not have (any more).
        if (corrections.IdsAfter(known).Count == 0) return [];
        return
        [
            .. DecideAlarms.For(after.Asset.Id, after.Asset.Model, after.Alarms, States(after, now)),
            new TwinRevised(
                after.Asset.Id, after.Position, corrections.IdsAfter(known), Micros.ToTime(corrections.EarliestAfter(known)),
                [.. Changed(before.Twin, after.Twin)],
                [.. raised.Where(r => IsChanged(r, after, known)).Select(r => r.AlarmId).Distinct().Take(MostAlarms)],
                before.Hash(), after.Hash(), now),
        ];
    }

    // Every limit as it is now: where that is not news, it changes no alarm.
    static IEnumerable<LimitTransition> States(OwnedTwin twin, DateTimeOffset now)
    {
        foreach (var sensor in twin.Twin.Sensors)
        {
            Reading? newest = sensor.Window.Count > 0 ? sensor.Window.Newest : null;
            for (var i = 0; i < sensor.Limits.Length; i++)
            {
                var condition = sensor.Conditions[i];
                yield return new(
                    sensor.Limits[i], condition.IsViolated, condition.IsViolated ? condition.Since : newest?.SampledAt ?? Micros.From(now),
                    newest?.ValueOrNull);
            }
        }
    }

    static IEnumerable<RevisedSensor> Changed(Twin before, Twin after) =>
        from sensor in after.Sensors
        let old = before.Sensor(sensor.Sensor.Number)!
        where old.ContentHash != sensor.ContentHash
        select new RevisedSensor(sensor.Sensor.Id, old.Count, sensor.Count, Latest(old), Latest(sensor));

    static double? Latest(SensorTwin sensor) => sensor.Window.Count > 0 ? sensor.Window.Newest.ValueOrNull : null;

    static bool IsChanged(AlarmRaised alarm, OwnedTwin twin, long known) =>
        alarm.SensorId is { } id && twin.Asset.Model.Sensor(id) is { } sensor
            && twin.Corrections.Changed(sensor.Number, Micros.From(alarm.RaisedAt), known);
}
