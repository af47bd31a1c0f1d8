using Contracts.Events;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;

namespace Query.Assets;

/// <summary>Assets as they were registered at some time, as far as the log held it up to a position.</summary>
sealed class PastAssets(FindPast past, KnownAssets assets)
{
    /// <exception cref="NotFoundException">No such asset, or not yet.</exception>
    /// <exception cref="InvalidInputException">A time in the future, or a position after the end of the log.</exception>
    /// <exception cref="RuleViolationException">The model can no longer be read.</exception>
    public async Task<RegisteredAsset> Get(string assetId, DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel)
    {
        var now = assets.Get(assetId);
        if (validAt is null && knownAt is null) return now;
        var moment = await past.Moment(validAt, knownAt, cancel);
        return (await All([now], moment, cancel)).FirstOrDefault() ?? throw NotYet.Asset(now, moment);
    }

    /// <summary>A page of the assets that pass a filter.</summary>
    public Task<Page<AssetSummary>> List(
        AssetFilter filter, PastMoment moment, int size, string? after, Func<AssetSummary, string> cursorAfter, CancellationToken cancel)
    {
        // Later registrations change neither which assets there are nor their order.
        return PastPages.Fill<AssetSummary>(
            size, (last, most) => Task.FromResult(assets.SummariesAfter(last?.Id ?? after).Take(most).ToList()), Then, cursorAfter);

        async Task<IEnumerable<AssetSummary>> Then(List<AssetSummary> rows) =>
            (await All([.. rows.Select(r => assets.Find(r.Id)).OfType<RegisteredAsset>()], moment, cancel))
                .Select(a => AssetSummary.Of(a, null)).Where(filter.Matches);
    }

    async Task<IEnumerable<RegisteredAsset>> All(IReadOnlyList<RegisteredAsset> now, PastMoment moment, CancellationToken cancel)
    {
        var registrations = await past.Registrations([.. now.Select(a => a.Id)], moment.KnownAt, cancel);
        return now.Select(asset => Then(asset, registrations.GetValueOrDefault(asset.Id, []), moment)).OfType<RegisteredAsset>();
    }

    RegisteredAsset? Then(RegisteredAsset now, List<AssetRegistered> known, PastMoment moment)
    {
        var registrations = known.Where(r => moment.Includes(r.RegisteredAt)).ToList();
        return registrations.Count == 0 ? null : past.Then(now, registrations);
    }
}
