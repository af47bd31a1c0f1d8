using System.Globalization;
using Contracts.Calibrations;
using Contracts.Estimates;
using Contracts.Events;
using Contracts.Messages;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace TwinModel.Twins;

/// <summary>
/// The open alarms of one asset: active, or cleared but not yet acknowledged. A fold over the events of <c>twin/{asset}</c>.
/// </summary>
/// <param name="Open">Open alarms by id.</param>
/// <param name="Shelves">By limit, the shelf on which its alarms were put last, also if that has ended.</param>
public sealed record AlarmBook(IReadOnlyDictionary<string, AlarmView> Open, IReadOnlyDictionary<string, AlarmShelf> Shelves)
{
    /// <summary>No alarms.</summary>
    public static AlarmBook Empty { get; } = new(new Dictionary<string, AlarmView>(), new Dictionary<string, AlarmShelf>());

    /// <summary>The book after one more event; events other than alarm events change nothing.</summary>
    public AlarmBook Apply(object e)
    {
        var shelves = e switch
        {
            AlarmShelved s => With(Shelves, s.LimitId, Shelf(s)),
            AlarmUnshelved u => With(Shelves, u.LimitId, null),
            _ => Shelves,
        };
        return After(e) is { } alarm
            ? new(With(Open, alarm.Id, alarm.State is "closed" or "withdrawn" ? null : alarm), shelves)
            : this with { Shelves = shelves };
    }

    static Dictionary<string, T> With<T>(IReadOnlyDictionary<string, T> known, string id, T? value)
        where T : class => new(known.Where(k => k.Key != id).Concat(value is null ? [] : [new(id, value)]));

    static AlarmShelf Shelf(AlarmShelved shelved) => new(shelved.ShelvedBy, shelved.Reason, shelved.ShelvedAt, shelved.Until);

    /// <summary>The alarm that an event concerns, after that event; null when it concerns no open alarm.</summary>
    public AlarmView? After(object e) => e switch
    {
        AlarmRaised r =>
            new(r.AlarmId, r.AssetId, r.LimitId, r.SensorId, r.Severity, r.Message, "active", r.Value, r.Unit, r.RaisedAt, null, null, null,
                null, r.SignalId, null, r.Name, r.Direction, r.Threshold, r.Consequence,
                Shelves.TryGetValue(r.LimitId, out var shelf) && r.RaisedAt < shelf.Until ? shelf : null),
        AlarmAcknowledged a when Open.TryGetValue(a.AlarmId, out var alarm) => alarm with
        {
            State = alarm.ClearedAt is null ? "active-acknowledged" : "closed",
            AcknowledgedAt = a.AcknowledgedAt,
            AcknowledgedBy = a.AcknowledgedBy,
            Comment = a.Comment,
        },
        AlarmCleared c when Open.TryGetValue(c.AlarmId, out var alarm) => alarm with
        {
            State = alarm.AcknowledgedAt is null ? "cleared" : "closed",
            ClearedAt = c.ClearedAt,
        },
        AlarmWithdrawn w when Open.TryGetValue(w.AlarmId, out var alarm) => Withdraw(alarm, w),
        AlarmShelved s when Open.TryGetValue(s.AlarmId, out var alarm) => alarm with { Shelf = Shelf(s) },
        AlarmUnshelved u when Open.TryGetValue(u.AlarmId, out var alarm) => alarm with { Shelf = null },
        AlarmCommented c when Open.TryGetValue(c.AlarmId, out var alarm) =>
            alarm with { Comments = [.. alarm.Comments ?? [], new(c.CommentedBy, c.Text, c.CommentedAt)] },
        AlarmAssigned a when Open.TryGetValue(a.AlarmId, out var alarm) => alarm with { AssignedTo = a.AssignedTo },
        _ => null,
    };

    /// <summary>An alarm, open or closed, after it was withdrawn.</summary>
    public static AlarmView Withdraw(AlarmView alarm, AlarmWithdrawn withdrawn) =>
        alarm with { State = "withdrawn", WithdrawnAt = withdrawn.WithdrawnAt };

    /// <summary>The active alarm of a limit; null when there is none.</summary>
    public AlarmView? Active(string limitId) => Open.Values.FirstOrDefault(a => a.LimitId == limitId && a.ClearedAt is null);
}

/// <summary>Decides which alarm events follow from a twin's state. Pure.</summary>
public static class DecideAlarms
{
    /// <summary>Limit id of an asset without any data; for a single sensor, a dash and the sensor's id are appended.</summary>
    public const string MissingData = "missing-data";

    /// <summary>Events for limits that changed. Raising an active alarm or clearing an inactive one gives no event.</summary>
    public static IReadOnlyList<object> For(string assetId, AssetModel model, AlarmBook book, IEnumerable<LimitTransition> transitions)
    {
        List<object> events = [];
        foreach (var transition in transitions)
        {
            var (limit, at) = (transition.Limit, Micros.ToTime(transition.SampledAt));
            var active = book.Active(limit.Id);
            object? next = (transition.IsViolated, active) switch
            {
                (true, null) => Raised(assetId, limit.Id, model.Sensor(limit.Sensor)!, limit, transition.Value, at),
                (false, not null) => new AlarmCleared(active.Id, transition.Value, at),
                _ => null,
            };
            if (next is null) continue;
            events.Add(next);
            book = book.Apply(next);
        }
        return events;
    }

    static AlarmRaised Raised(string assetId, string limitId, Sensor sensor, Limit limit, double? value, DateTimeOffset at) => new(
        $"{assetId}.{limitId}.{Micros.From(at)}", assetId, limitId, sensor.Id, Name(limit.Severity), limit.Message,
        value, sensor.Unit.Symbol, at, null, sensor.Name, Direction(limit), limit.Threshold, limit.Consequence);

    static string Direction(Limit limit) => limit.IsAbove ? "above" : "below";

    /// <summary>
    /// Events for sensors that are silent at <paramref name="now"/>: one alarm for the asset when every sensor that has ever sent a reading
    /// is silent, otherwise one for each silent sensor.
    /// </summary>
    public static IReadOnlyList<object> ForSilence(
        string assetId, Twin twin, AlarmBook book, DateTimeOffset now, DateTimeOffset? offlineSince)
    {
        var heard = twin.Sensors.Where(s => s.Window.Count > 0).ToList();
        if (heard.Count == 0) return [];
        var silent = heard.Where(s => IsSilent(s, now, offlineSince)).ToList();
        Dictionary<string, SensorTwin?> due = silent.Count == heard.Count
            ? new() { [MissingData] = null }
            : silent.ToDictionary(s => $"{MissingData}-{s.Sensor.Id}", s => (SensorTwin?)s);
        List<object> events = [];
        foreach (var (limitId, sensor) in due.Where(d => book.Active(d.Key) is null))
        {
            var last = sensor is null ? heard.Max(s => s.Window.Newest.SampledAt) : sensor.Window.Newest.SampledAt;
            var message = sensor is null
                ? "No data from any sensor"
                : $"No data from {sensor.Sensor.Name} for {sensor.Sensor.MissingAfter.TotalSeconds:0} s";
            events.Add(new AlarmRaised(
                $"{assetId}.{limitId}.{last}", assetId, limitId, sensor?.Sensor.Id, "warning", message, null, null, now));
        }
        foreach (var alarm in book.Open.Values.Where(
            a => a.ClearedAt is null && a.LimitId.StartsWith(MissingData, StringComparison.Ordinal) && !due.ContainsKey(a.LimitId)))
            events.Add(new AlarmCleared(alarm.Id, null, now));
        return events;
    }

    /// <summary>Events for limits on signals after a tick. A violation and its end follow the estimate, also when late readings change
    /// it.</summary>
    /// <param name="assetId">The asset.</param>
    /// <param name="model">Its model.</param>
    /// <param name="book">Its alarms.</param>
    /// <param name="limits">The limits after the tick.</param>
    /// <param name="at">End of the tick.</param>
    public static IReadOnlyList<object> ForSignals(
        string assetId, AssetModel model, AlarmBook book, IReadOnlyList<SignalLimit> limits, DateTimeOffset at)
    {
        List<object> events = [];
        foreach (var (limit, isViolated, since, value) in limits)
        {
            var active = book.Active(limit.Id);
            if (isViolated && active is null)
            {
                var signal = model.EstimatedSignals.First(s => s.Id == limit.Signal);
                events.Add(new AlarmRaised(
                    $"{assetId}.{limit.Id}.{Micros.From(since!.Value)}", assetId, limit.Id, null, Name(limit.Severity), limit.Message,
                    value, signal.Unit.Symbol, since.Value, limit.Signal, signal.Name, Direction(limit), limit.Threshold,
                    limit.Consequence));
            }
            else if (!isViolated && active is not null)
            {
                events.Add(new AlarmCleared(active.Id, value, at));
            }
        }
        return events;
    }

    static string Name(Severity severity) => severity.ToString().ToLowerInvariant();

    /// <summary>Limit id of physics that has begun to deviate from the sensors.</summary>
    public const string SyncDrifting = "sync-drifting";

    /// <summary>Limit id of physics that has lost the machine.</summary>
    public const string SyncLost = "sync-lost";

    /// <summary>
    /// Events for physics that does not follow the machine: a warning while it drifts or is lost, an alarm while it is lost. With too few
    /// observations alarms stay as they are.
    /// </summary>
    public static IReadOnlyList<object> ForSync(string assetId, AssetModel model, AlarmBook book, SyncView? sync)
    {
        if (sync?.Since is not { } since) return [];
        var isLost = sync.State == "lost";
        List<object> events = [];
        foreach (var (limitId, isDue) in new[] { (SyncDrifting, isLost || sync.State == "drifting"), (SyncLost, isLost) })
        {
            var active = book.Active(limitId);
            if (isDue && active is null)
            {
                events.Add(new AlarmRaised(
                    $"{assetId}.{limitId}.{Micros.From(since)}", assetId, limitId, sync.SensorId,
                    limitId == SyncLost ? "alarm" : "warning", Message(model, limitId, sync), null, null, since));
            }
            else if (!isDue && active is not null)
            {
                events.Add(new AlarmCleared(active.Id, null, since));
            }
        }
        return events;
    }

    /// <summary>Limit id of adopted parameters that the machine has left.</summary>
    public const string CalibrationDrifted = "calibration-drifted";

    /// <summary>
    /// Events for adopted parameters that no longer fit: a warning when the readings have moved one of them, beyond chance, by more than
    /// half the deviation that the model declares between machines; cleared below a quarter, or when others are in force.
    /// </summary>
    /// <param name="assetId">The asset.</param>
    /// <param name="model">Its model, as in its file.</param>
    /// <param name="book">Its alarms.</param>
    /// <param name="estimate">The estimate with the adopted parameters as prior.</param>
    /// <param name="adopted">The parameters in force; null: the model's own.</param>
    public static IReadOnlyList<object> ForCalibration(
        string assetId, AssetModel model, AlarmBook book, EstimateView estimate, ParameterSet? adopted)
    {
        const double raisedAt = 0.5, clearedAt = 0.25, scores = 4;
        var moved = estimate.Learned.Where(l => l.Kind == "parameter" && adopted?.Values.Any(v => v.Id == l.Id) == true).Select(l => (
            l.Id, Share: l.Mean / l.Nominal - 1, Score: Math.Abs(l.Mean - l.Nominal) / l.StandardDeviation,
            Declared: model.Estimation!.Parameters.First(p => p.Parameter == l.Id).RelativeDeviation)).ToList();
        var active = book.Active(CalibrationDrifted);
        if (active is not null)
            return moved.Any(m => Math.Abs(m.Share) > clearedAt * m.Declared) ? [] : [new AlarmCleared(active.Id, null, estimate.At)];
        var gone = moved.Where(m => m.Score > scores && Math.Abs(m.Share) > raisedAt * m.Declared).ToList();
        if (gone.Count == 0) return [];
        var most = gone.MaxBy(m => Math.Abs(m.Share) / m.Declared);
        return [new AlarmRaised(
            $"{assetId}.{CalibrationDrifted}.{Micros.From(estimate.At)}", assetId, CalibrationDrifted, null, "warning",
            string.Create(CultureInfo.InvariantCulture,
                $"The adopted calibration no longer fits: '{most.Id}' is {100 * most.Share:+0.#;-0.#} % from it. Calibrate again."),
            null, null, estimate.At)];
    }

    /// <summary>
    /// Whether nothing in a model can clear an active alarm any more: its limit is gone or is now one of something else, its sensor is
    /// gone, or the model no longer corrects its physics.
    /// </summary>
    public static bool IsOrphan(AssetModel model, AlarmView alarm)
    {
        if (alarm.ClearedAt is not null || alarm.LimitId == MissingData) return false;
        if (alarm.LimitId.StartsWith($"{MissingData}-", StringComparison.Ordinal))
            return model.Sensor(alarm.LimitId[(MissingData.Length + 1)..]) is null;
        if (alarm.LimitId is SyncDrifting or SyncLost or CalibrationDrifted) return model.Estimation is null;
        if (model.Limits.FirstOrDefault(l => l.Id == alarm.LimitId) is not { } limit || limit.Signal != alarm.SignalId) return true;
        // A renamed sensor keeps its number, and its limits go on.
        return alarm.SensorId is { } id && model.Sensor(id) is { } sensor && sensor.Number != limit.Sensor;
    }

    /// <summary>
    /// Events for a twin that was folded again from its first reading, with a model that may be another: alarms that nothing can clear any
    /// more, and those whose limit, as it is now, is not violated.
    /// </summary>
    /// <param name="twin">The twin, with all its readings.</param>
    /// <param name="book">Its alarms.</param>
    /// <param name="now">Present time.</param>
    public static IReadOnlyList<object> ForModel(Twin twin, AlarmBook book, DateTimeOffset now) =>
    [
        .. book.Open.Values.Where(a => a.ClearedAt is null && (IsOrphan(twin.Model, a) || IsOver(twin, a)))
            .Select(a => new AlarmCleared(a.Id, null, now)),
    ];

    static bool IsOver(Twin twin, AlarmView alarm)
    {
        if (twin.Model.Limits.FirstOrDefault(l => l.Id == alarm.LimitId && l.Signal is null) is not { } limit
            || twin.Sensor(limit.Sensor) is not { } sensor) return false;
        for (var i = 0; i < sensor.Limits.Length; i++)
            if (sensor.Limits[i].Id == limit.Id) return !sensor.Conditions[i].IsViolated;
        return false;
    }

    static string Message(AssetModel model, string limitId, SyncView sync)
    {
        var most = model.Sensors.FirstOrDefault(s => s.Id == sync.SensorId) is { } sensor ? $", most of all {sensor.Name}" : "";
        var cause = sync.Cause is { } known ? $". {known.Text}" : "";
        return limitId == SyncLost
            ? $"The physics has lost the machine: sensors deviate far more than chance allows{most}{cause}"
            : $"The physics drifts from the machine: sensors deviate more than chance allows{most}{cause}";
    }

    static bool IsSilent(SensorTwin sensor, DateTimeOffset now, DateTimeOffset? offlineSince)
    {
        var last = Micros.ToTime(sensor.Window.Newest.SampledAt);
        return now - last > sensor.Sensor.MissingAfter || offlineSince > last;
    }
}
