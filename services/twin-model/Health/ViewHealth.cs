using Contracts.Health;
using TwinModel.ConditionMonitoring;

namespace TwinModel.Health;

/// <summary>Builds the API views of parts' health.</summary>
public static class ViewHealth
{
    /// <summary>One view per part.</summary>
    /// <param name="assetId">The asset.</param>
    /// <param name="health">The state of the parts.</param>
    /// <param name="book">The part records of the log.</param>
    /// <param name="position">Log position of the newest reading taken into account.</param>
    public static IReadOnlyList<HealthView> Of(string assetId, AssetHealth health, HealthBook book, long position)
    {
        if (health.Parts.Count == 0) return [];
        var hash = health.Hash();
        return [.. health.Parts.Select(p => Of(assetId, health, p, book.Part(p.Degradation.Component), position, hash))];
    }

    static HealthView Of(string assetId, AssetHealth health, PartHealth part, PartRecord record, long position, string hash)
    {
        var (d, state) = (part.Degradation, part.State);
        var sensor = health.Model.Sensor(d.Indicator)!;
        var isChanging = state.Level is ConditionLevel.Degrading or ConditionLevel.Critical;
        return new(
            assetId, d.Component, sensor.Id, sensor.Unit.Symbol, state.Level.Word(), state.Since, state.LastAt,
            state.LastLn is { } ln ? Math.Exp(ln) : null, state.Baseline?.Centre,
            state.Baseline is { } b && state.LastLn is { } last ? b.Score(last) : null,
            state.Sum, d.Condition.Cusum.Limit, d.Condition.CriticalValue, isChanging ? state.SumStartedAt : null,
            isChanging ? part.GrowthPerDay : null,
            part.LifeFrom, part.Life, part.Windows, part.LateReadings, part.UnusableWindows, position, hash, health.Model.Hash,
            record.Assessed is { } assessed ? Prognoses.View(assessed) : null,
            part.History is { } history ? Prognoses.View(history) : null);
    }
}
