using Contracts.Events;
using Contracts.Messages;
using Query.Api;
using Query.Health;
using Query.Pasts;
using Query.Twins;
using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Graphs;

/// <summary>Active alarms and conditions of an asset's parts.</summary>
/// <param name="Model">Its model.</param>
/// <param name="Levels">Levels of its wearing parts, by component.</param>
/// <param name="Active">Its active alarms.</param>
sealed record AssetState(AssetModel Model, IReadOnlyDictionary<string, string> Levels, IReadOnlyList<AlarmView> Active)
{
    /// <summary>The active alarms of a component: those of its sensors.</summary>
    public IEnumerable<AlarmView> ActiveOf(string component) =>
        Active.Where(a => a.SensorId is { } id && Model.Sensor(id)?.Component == component);

    /// <summary>The worst of some alarms; null without any.</summary>
    public static string? Worst(IEnumerable<AlarmView> alarms) => Worst(alarms.Select(a => (string?)a.Severity));

    /// <summary>The worst of some severities; null without any.</summary>
    public static string? Worst(IEnumerable<string?> severities) => severities.MaxBy(s => Input.Severity(s));

    /// <summary>The worst of some levels; null without any.</summary>
    public static string? WorstLevel(IEnumerable<string?> levels) => levels.MaxBy(Rank);

    static int Rank(string? level)
    {
        for (var rank = ListHealth.AllLevels.Count; rank > 0; rank--)
            if (ListHealth.AllLevels[rank - 1] == level) return rank;
        return 0;
    }
}

/// <summary>
/// Finds alarms and conditions of many assets at a moment: in the past from their events alone, without reading readings.
/// </summary>
sealed class GraphStates(LiveTwins live, ListHealth health, PastEvents events, PastAlarms alarms, FoldPlaces places)
{
    const int MostPast = 2_000;

    static readonly Type[] OfHealth = [typeof(ConditionChanged), typeof(ComponentReplaced), typeof(FailureOccurred)];

    /// <summary>The states of assets, by id; places have none.</summary>
    /// <param name="then">The graph.</param>
    /// <param name="assetIds">The assets.</param>
    /// <param name="fieldName">The parameter to blame when they are too many.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="TooLargeException">Too many in the past.</exception>
    /// <exception cref="BusyException">Too many past states are being computed.</exception>
    public async Task<Dictionary<string, AssetState>> Of(
        GraphThen then, IEnumerable<string> assetIds, string fieldName, CancellationToken cancel)
    {
        var machines = assetIds.Distinct().Select(then.Get).Where(a => !a.Model.IsPlace).ToDictionary(a => a.Id, a => a.Model);
        if (machines.Count == 0) return [];
        if (then.Past is not { } moment)
        {
            var saved = await health.Of(machines.Keys, cancel);
            return States(machines, saved, machines.Keys.ToDictionary(id => id, Active));
        }
        if (machines.Count > MostPast) throw new TooLargeException("What this finds in the past", MostPast, "assets", fieldName);
        using var place = await places.Enter(cancel);
        var open = (await alarms.All(machines.Keys, moment, cancel)).Values.Where(a => a.ClearedAt is null).GroupBy(a => a.AssetId)
            .ToDictionary(g => g.Key, g => g.ToList());
        return States(machines, await Levels(machines.Keys, moment, cancel), open);
    }

    List<AlarmView> Active(string assetId) => [.. live.Find(assetId)?.View.Alarms.Where(a => a.ClearedAt is null) ?? []];

    async Task<List<(string AssetId, string Component, string Level)>> Levels(
        IEnumerable<string> assetIds, PastMoment moment, CancellationToken cancel)
    {
        Dictionary<(string, string), (DateTimeOffset At, string Level)> levels = [];
        await foreach (var e in events.Of(assetIds, OfHealth, moment, cancel))
        {
            var (asset, component, at, level) = e switch
            {
                ConditionChanged c => (c.AssetId, c.Component, c.ChangedAt, c.To),
                ComponentReplaced r => (r.AssetId, r.Component, r.ReplacedAt, ListHealth.AllLevels[0]),
                FailureOccurred f => (f.AssetId, f.Component, f.FailedAt, ListHealth.AllLevels[0]),
                _ => throw new InvalidOperationException(e.GetType().Name),
            };
            if (!levels.TryGetValue((asset, component), out var known) || known.At <= at) levels[(asset, component)] = (at, level);
        }
        return [.. levels.Select(l => (l.Key.Item1, l.Key.Item2, l.Value.Level))];
    }

    static Dictionary<string, AssetState> States(
        Dictionary<string, AssetModel> machines, List<(string AssetId, string Component, string Level)> found,
        Dictionary<string, List<AlarmView>> active)
    {
        var levels = found.ToLookup(f => f.AssetId);
        return machines.ToDictionary(m => m.Key, m =>
        {
            // Nothing is saved before the first reading.
            var parts = m.Value.Degradations.ToDictionary(d => d.Component, _ => ListHealth.AllLevels[0]);
            foreach (var (_, component, level) in levels[m.Key])
                if (parts.ContainsKey(component)) parts[component] = level;
            return new AssetState(m.Value, parts, active.GetValueOrDefault(m.Key, []));
        });
    }
}
