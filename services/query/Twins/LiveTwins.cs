using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Contracts.Messages;
using ServiceDefaults;
using TwinModel.Twins;

namespace Query.Twins;

/// <summary>
/// The newest view of every asset, in memory. Memory grows with the number of assets (about 20 kB each), not with readings or watchers.
/// </summary>
sealed class LiveTwins
{
    readonly ConcurrentDictionary<string, LiveTwin> twins = new(StringComparer.Ordinal);
    volatile LiveTwin[]? sorted;

    public LiveTwins(IMeterFactory meters) =>
        meters.Create("Pollux").CreateObservableGauge("pollux.query.twins", () => twins.Count, "{twin}", "Twins held in memory");

    /// <summary>All twins, ordered by asset id.</summary>
    public IReadOnlyList<LiveTwin> All => sorted ??= [.. twins.Values.OrderBy(t => t.AssetId, StringComparer.Ordinal)];

    public LiveTwin? Find(string assetId) => twins.GetValueOrDefault(assetId);

    /// <exception cref="NotFoundException">No such asset.</exception>
    public LiveTwin Get(string assetId) => Find(assetId) ?? throw new NotFoundException("twin", assetId);

    /// <summary>True if the view is newer than the current one of its asset.</summary>
    public bool Offer(OfferedView view)
    {
        if (twins.TryGetValue(view.AssetId, out var twin)) return twin.Offer(view);
        if (!twins.TryAdd(view.AssetId, new LiveTwin(view))) return Offer(view);
        sorted = null;
        return true;
    }

    /// <summary>Shows a new asset's twin before its first reading.</summary>
    public void Expect(RegisteredAsset asset)
    {
        if (Find(asset.Id) is null)
            Offer(ViewTwin.Of(asset.Id, asset.Name, new Twin(asset.Model), AlarmBook.Empty, 0, 0, null, null, null));
    }

    /// <inheritdoc cref="Offer(OfferedView)"/>
    public bool Offer(TwinView view) => Offer(new OfferedView(view));
}
