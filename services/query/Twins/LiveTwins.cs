using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Contracts.Messages;
using ServiceDefaults;
using ServiceDefaults.Access;
using TwinModel.Access;
using TwinModel.Twins;

namespace Query.Twins;

/// <summary>
/// The newest view of every asset, in memory: about 20 kB for each that has sent a reading, 0.9 kB for one that has not. Readings and
/// watchers add nothing.
/// </summary>
sealed class LiveTwins
{
    readonly ConcurrentDictionary<string, LiveTwin> twins = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, TwinView> empty = new(StringComparer.Ordinal);
    volatile LiveTwin[]? sorted;

    readonly Func<Func<string, bool>?> visible;

    /// <param name="meters">Counts the twins.</param>
    /// <param name="reach">Who may see which.</param>
    public LiveTwins(IMeterFactory meters, Reach reach)
        : this(meters, () => reach.IsEverything(Caller.Current) ? null : id => reach.Of(Caller.Current, id) >= Right.Read)
    {
    }

    internal LiveTwins(IMeterFactory meters, Func<Func<string, bool>?> visible)
    {
        this.visible = visible;
        meters.Create("Pollux").CreateObservableGauge("pollux.query.twins", () => twins.Count, "{twin}", "Twins held in memory");
    }

    /// <summary>Whether the caller may see an asset's twin.</summary>
    public bool IsVisible(string assetId) => visible()?.Invoke(assetId) ?? true;

    // Checked by length, not reset by whoever adds a twin: a list that was being sorted meanwhile would be kept without it. No twin is ever
    // removed.
    LiveTwin[] Sorted => sorted is { } known && known.Length == twins.Count
        ? known
        : sorted = [.. twins.Values.OrderBy(t => t.AssetId, StringComparer.Ordinal)];

    public LiveTwin? Find(string assetId) => twins.GetValueOrDefault(assetId);

    /// <summary>A twin that the caller may see.</summary>
    /// <exception cref="NotFoundException">No such asset.</exception>
    public LiveTwin Get(string assetId) =>
        Find(assetId) is { } twin && IsVisible(assetId) ? twin : throw new NotFoundException("twin", assetId);

    /// <summary>True if the view is newer than the current one of its asset.</summary>
    public bool Offer(OfferedView view)
    {
        if (twins.TryGetValue(view.AssetId, out var twin)) return twin.Offer(view);
        return twins.TryAdd(view.AssetId, new LiveTwin(view)) || Offer(view);
    }

    /// <summary>Shows a new machine's twin before its first reading; a place has none.</summary>
    public void Expect(RegisteredAsset asset)
    {
        if (asset.Model.IsPlace) return;
        if (Find(asset.Id) is { IsExpected: false }) return;
        Offer(new OfferedView(asset, empty.GetOrAdd(
            asset.Model.Hash, _ => ViewTwin.Of("", "", new Twin(asset.Model), AlarmBook.Empty, 0, 0, null, null, null))));
    }

    /// <summary>The twins after this asset id that the caller may see, ordered by it.</summary>
    public IEnumerable<LiveTwin> After(string? assetId)
    {
        var all = Sorted;
        var (from, to) = (0, assetId is null ? 0 : all.Length);
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (string.CompareOrdinal(all[middle].AssetId, assetId) <= 0) from = middle + 1;
            else to = middle;
        }
        return visible() is { } sees ? all.Skip(from).Where(t => sees(t.AssetId)) : all.Skip(from);
    }

    /// <inheritdoc cref="Offer(OfferedView)"/>
    public bool Offer(TwinView view) => Offer(new OfferedView(view));
}
