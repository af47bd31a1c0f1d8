using Contracts.Events;
using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinModel.Twins;
using TwinState.Twins;

namespace TwinState.Revisions;

/// <summary>Decides what follows from other corrections of a twin's readings. Pure.</summary>
static class DecideRevision
{
    const int MostAlarms = 100;

    /// <summary>Alarms that are raised, cleared or withdrawn now, and what has changed.</summary>
    /// <param name="before">The twin with the corrections known so far.</param>
    /// <param name="after">The same with the new ones.</param>
    /// <param name="events">The events of its stream.</param>
    /// <param name="histories">All readings, as they count now, of the sensors of <see cref="Concerned"/> alarms.</param>
    /// <param name="now">Current time.</param>
    public static IReadOnlyList<object> Of(
        OwnedTwin before, OwnedTwin after, IReadOnlyList<object> events, IReadOnlyDictionary<ushort, List<Reading>> histories,
        DateTimeOffset now)
    {
        var (known, corrections) = (before.Corrections.Version, after.Corrections);
        // Of sensors that the model does not have (any more).
        if (corrections.IdsAfter(known).Count == 0) return [];
        var present = DecideAlarms.For(after.Asset.Id, after.Asset.Model, after.Alarms, States(after, now));
        var raised = present.OfType<AlarmRaised>().Select(r => r.AlarmId).ToHashSet();
        return
        [
            .. present,
            .. Concerned(after, known, [.. events, .. present]).Where(a => !raised.Contains(a.Raised.AlarmId)).GroupBy(a => a.Limit)
                .SelectMany(of => Judge(after, [.. of], histories[of.Key.Sensor], raised, corrections.IdsAfter(known), now)),
            new TwinRevised(
                after.Asset.Id, after.Position, corrections.IdsAfter(known), Micros.ToTime(corrections.EarliestAfter(known)),
                [.. Changed(before.Twin, after.Twin)],
                [.. events.OfType<AlarmRaised>().Where(r => IsChanged(r, after, known)).Select(r => r.AlarmId).Distinct().Take(MostAlarms)],
                before.Hash(), after.Hash(), now),
        ];
    }

    /// <summary>The alarms of limits that were raised, or lasted, while other corrections concern their sensor.</summary>
    /// <param name="after">The twin with the new corrections.</param>
    /// <param name="known">Version of the corrections known before.</param>
    /// <param name="events">The events of its stream.</param>
    public static IEnumerable<FormerAlarm> Concerned(OwnedTwin after, long known, IReadOnlyList<object> events)
    {
        Dictionary<string, FormerAlarm> alarms = [];
        foreach (var e in events)
        {
            if (e is AlarmRaised { SensorId: { } id } raised && after.Asset.Model.Sensor(id) is { } sensor
                && after.Asset.Model.Limits.FirstOrDefault(l => l.Id == raised.LimitId && l.Sensor == sensor.Number) is { } limit)
                alarms[raised.AlarmId] = new(raised, limit, null, false);
            else if (e is AlarmCleared c && alarms.TryGetValue(c.AlarmId, out var cleared))
                alarms[c.AlarmId] = cleared with { ClearedAt = c.ClearedAt };
            else if (e is AlarmWithdrawn w && alarms.TryGetValue(w.AlarmId, out var withdrawn))
                alarms[w.AlarmId] = withdrawn with { IsWithdrawn = true };
        }
        return alarms.Values.Where(a => after.Corrections.ChangedBetween(
            a.Limit.Sensor, a.From - a.Limit.OnDelay.Ticks / TimeSpan.TicksPerMicrosecond, a.To, known));
    }

    /// <summary>
    /// An alarm is right if an excursion begins when it does. One that began at another time is withdrawn, and raised anew with the right
    /// beginning; what it was acknowledged with stays with the old one.
    /// </summary>
    static IEnumerable<object> Judge(
        OwnedTwin twin, IReadOnlyList<FormerAlarm> alarms, IReadOnlyList<Reading> history, IReadOnlySet<string> raised,
        IReadOnlyList<string> correctionIds, DateTimeOffset now)
    {
        var limit = alarms[0].Limit;
        var excursions = Excursions.Of(limit, history).ToList();
        foreach (var alarm in alarms)
        {
            var isRight = excursions.Any(e => e.From == alarm.From);
            if (!isRight && !alarm.IsWithdrawn) yield return new AlarmWithdrawn(alarm.Raised.AlarmId, correctionIds, now);
            if (!isRight || !alarm.IsWithdrawn) continue;
            yield return alarm.Raised;
            if (alarm.ClearedAt is { } at) yield return new AlarmCleared(alarm.Raised.AlarmId, null, at);
        }
        foreach (var (from, to) in excursions.Where(
            e => alarms.All(a => a.From != e.From) && alarms.Any(a => e.From <= a.To && e.To >= a.From)))
        {
            var value = history.Where(r => r.SampledAt == from).Select(r => r.ValueOrNull).FirstOrDefault();
            var anew = DecideAlarms.For(twin.Asset.Id, twin.Asset.Model, AlarmBook.Empty, [new(limit, true, from, value)])
                .OfType<AlarmRaised>().Single();
            if (raised.Contains(anew.AlarmId)) continue;
            yield return anew;
            if (to != long.MaxValue) yield return new AlarmCleared(anew.AlarmId, null, Micros.ToTime(to));
        }
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

/// <summary>An alarm that a limit has raised.</summary>
/// <param name="Raised">How it was raised.</param>
/// <param name="Limit">The limit.</param>
/// <param name="ClearedAt">When it was cleared; null: it is active.</param>
/// <param name="IsWithdrawn">It was withdrawn.</param>
sealed record FormerAlarm(AlarmRaised Raised, Limit Limit, DateTimeOffset? ClearedAt, bool IsWithdrawn)
{
    /// <summary>Sample time of the raising, microseconds.</summary>
    public long From => Micros.From(Raised.RaisedAt);

    /// <summary>Sample time of the clearing, microseconds. A correction clears at what is the newest reading then.</summary>
    public long To => ClearedAt is { } at ? Math.Max(Micros.From(at), From) : long.MaxValue;
}
