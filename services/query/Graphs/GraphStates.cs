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
        for (var rank = ListHealth.Levels.Count; rank > 0; rank--)
            if (ListHealth.Levels[rank - 1] == level) return rank;
        return 0;
    }
}

/// <summary>
/// Finds alarms and conditions of many assets at a moment: in the past from their events alone, without reading readings.
/// </summary>
sealed class GraphStates(LiveTwins live, ListHealth health, PastParts parts, PastAlarms alarms, FoldPlaces places)
{
    const int MostPast = 2_000;

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
        var levels = await parts.Of(machines.Select(m => (m.Key, m.Value)), moment, cancel);
        return States(machines, levels.Select(p => (p.AssetId, p.Component, p.Level)), open);
    }

    List<AlarmView> Active(string assetId) => [.. live.Find(assetId)?.View.Alarms.Where(a => a.ClearedAt is null) ?? []];

    static Dictionary<string, AssetState> States(
        Dictionary<string, AssetModel> machines, IEnumerable<(string AssetId, string Component, string Level)> found,
        Dictionary<string, List<AlarmView>> active)
    {
        var levels = found.ToLookup(f => f.AssetId);
        return machines.ToDictionary(m => m.Key, m =>
        {
            // Nothing is saved before the first reading.
            var parts = m.Value.Degradations.ToDictionary(d => d.Component, _ => ListHealth.Levels[0]);
            foreach (var (_, component, level) in levels[m.Key])
                if (parts.ContainsKey(component)) parts[component] = level;
            return new AssetState(m.Value, parts, active.GetValueOrDefault(m.Key, []));
        });
    }
}
