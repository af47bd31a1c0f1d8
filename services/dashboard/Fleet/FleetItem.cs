using Contracts.Query.V1;
using Dashboard.Shown;

namespace Dashboard.Fleet;

/// <summary>One machine in the list, ready to show. Equal items need no redraw.</summary>
public sealed record FleetItem(
    string AssetId, string Name, string ModelId, string Severity, int Alarms, string AlarmText, bool IsStale, string Freshness,
    long SampledAt, string Figures, string Health, string Life, string Sync)
{
    static readonly string[] Severities = ["", "warning", "alarm", "critical"];
    static readonly string[] Levels = ["", "learning", "healthy", "degrading", "critical"];

    public int SeverityRank => Array.IndexOf(Severities, Severity);

    public int HealthRank => Array.IndexOf(Levels, Health);

    public int SyncRank => SyncStates.Rank(Sync);

    /// <summary>Content of the key figures cell.</summary>
    public IEnumerable<(string Name, string Value, string State)> FigureCells() =>
        Figures.Length == 0 ? [] : Figures.Split('\n').Select(f => f.Split('\t')).Select(f => (f[0], f[1], f[2]));

    /// <param name="twin">The newest view.</param>
    /// <param name="sensors">Ids of the key figures.</param>
    /// <param name="parts">Wearing parts of the machine.</param>
    /// <param name="now">Time at which staleness is judged.</param>
    internal static FleetItem Of(Twin twin, IReadOnlyList<string> sensors, IReadOnlyList<PartSummary> parts, DateTimeOffset now)
    {
        var active = twin.Alarms.Where(a => a.ClearedAt is null).ToList();
        var worst = active.MaxBy(a => Array.IndexOf(Severities, a.Severity));
        var isStale = twin.Sensors.All(s => s.IsStaleAt(now));
        var sampledAt = Times.Of(twin.SampledAt);
        var part = parts.MaxBy(p => Array.IndexOf(Levels, p.Level));
        var figures = sensors.Select(id => twin.Sensors.FirstOrDefault(s => s.Id == id)).OfType<SensorState>()
            .Select(s => $"{s.Name}\t{(s.HasValue ? Units.Text(s.Value, s.Unit) : "–")}\t{s.StateAt(now)}");
        return new(
            twin.AssetId, twin.Name, twin.ModelId, worst?.Severity ?? "", active.Count, worst?.Message ?? "", isStale,
            FreshnessOf(sampledAt, now),
            sampledAt?.ToUnixTimeSeconds() ?? 0, string.Join('\n', figures), part?.Level ?? "", LifeOf(part),
            twin.Estimate?.Sync?.State ?? "");
    }

    static string FreshnessOf(DateTimeOffset? sampledAt, DateTimeOffset now) =>
        sampledAt is not { } at ? "no data" : (now - at).TotalSeconds switch
        {
            < 5 => "now",
            < 20 => "seconds ago",
            _ => $"{Units.Duration(now - at)} ago",
        };

    static string LifeOf(PartSummary? part) => part?.HasP50 == true ? Units.Duration(TimeSpan.FromDays(part.P50)) : "";
}
