using Contracts.Events;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.ConditionMonitoring;
using TwinModel.Health;

namespace Query.Health;

/// <summary>
/// Summarises the parts of assets as of some time from the changes and assessments in the log; no readings are read for it.
/// </summary>
sealed class PastParts(KnownAssets assets, FindPast past, PastEvents events, FoldPlaces places)
{
    const int AtOnce = 500;

    static readonly Type[] Types =
        [typeof(ConditionChanged), typeof(HealthAssessed), typeof(ComponentReplaced), typeof(FailureOccurred)];

    /// <summary>The parts of all assets that were known then, by asset and component.</summary>
    /// <exception cref="InvalidInputException">A time in the future, or a position after the end of the log.</exception>
    /// <exception cref="BusyException">Too many past states are being computed.</exception>
    public async Task<List<PartSummary>> All(DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel)
    {
        var moment = await past.Moment(validAt, knownAt, cancel);
        using var place = await places.Enter(cancel);
        List<PartSummary> parts = [];
        foreach (var ids in assets.All.Select(a => a.Id).Chunk(AtOnce))
        {
            var known = (await past.All(ids, moment, cancel)).ToDictionary(a => a.Id);
            var found = await Of(known.Values.Select(a => (a.Id, a.Model)), moment, cancel);
            // Imports may bring sample times from before the registration; without any, the asset was not known then.
            parts.AddRange(found.Where(p => known[p.AssetId].RegisteredAt <= moment.ValidAt || p.Since is not null || p.P50 is not null));
        }
        return parts;
    }

    /// <summary>The parts of some assets, with the models that they had then.</summary>
    public async Task<List<PartSummary>> Of(
        IEnumerable<(string Id, AssetModel Model)> known, PastMoment moment, CancellationToken cancel)
    {
        var worn = known.Where(a => a.Model.Degradations.Count > 0).ToList();
        if (worn.Count == 0) return [];
        var found = worn.ToDictionary(a => a.Id, _ => new List<object>());
        await foreach (var (asset, e) in events.Of(found.Keys, Types, moment, cancel)) found[asset].Add(e);
        return
        [
            .. from asset in worn
               from component in asset.Model.Degradations.Select(d => d.Component).Order(StringComparer.Ordinal)
               select Of(asset.Id, component, found[asset.Id]),
        ];
    }

    static PartSummary Of(string assetId, string component, List<object> events)
    {
        // People may record late when a part was replaced.
        var (level, since) = events.OrderBy(PastEvents.HappenedAt).Aggregate(
            (Level: ConditionLevel.Learning.Word(), Since: (DateTimeOffset?)null),
            (last, e) => e switch
            {
                ConditionChanged c when c.Component == component => (c.To, c.ChangedAt),
                ComponentReplaced r when r.Component == component => (ConditionLevel.Learning.Word(), null),
                FailureOccurred f when f.Component == component => (ConditionLevel.Learning.Word(), null),
                _ => last,
            });
        var assessed = events.Aggregate(HealthBook.Empty, (book, e) => book.Apply(e)).Part(component).Assessed;
        return new(assetId, component, level, since, assessed is null ? null : Prognoses.View(assessed).P50);
    }
}
