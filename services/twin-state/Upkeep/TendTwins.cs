using System.Collections.Concurrent;
using Contracts.Messages;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using TwinState.Twins;

namespace TwinState.Upkeep;

/// <summary>
/// Once a second per owned slot: detects silent sensors, rederives late readings from the log, finds missed news and saves.
/// </summary>
sealed class TendTwins(
    ActiveTwins active, AssetsWithTwin withTwin, AssetRegistry registry, LogReader log, SaveTwins saveTwins, RederiveLimits rederiveLimits,
    IOptions<TwinStateSettings> settings)
{
    // Each may hold as much history as is saved at a time.
    const int MostLoadedAtOnce = 4;

    readonly ConcurrentDictionary<int, DateTimeOffset> tendedAt = new();
    readonly ConcurrentDictionary<int, DateTimeOffset> lookedForNewsAt = new();

    public async Task Tend(SlotTicked tick, CancellationToken cancel)
    {
        if (tendedAt.TryGetValue(tick.Slot, out var last) && tick.At - last < TimeSpan.FromMilliseconds(500)) return;
        tendedAt[tick.Slot] = tick.At;
        var lookForMissedNews = tick.At - lookedForNewsAt.GetValueOrDefault(tick.Slot) > TimeSpan.FromSeconds(10);
        if (lookForMissedNews)
        {
            // Another replica may have registered it.
            if (withTwin.In(tick.Slot).Any(a => registry.Find(a) is null)) await registry.Refresh(cancel);
            lookedForNewsAt[tick.Slot] = tick.At;
        }
        var slot = await Load(tick.Slot, cancel);
        if (lookForMissedNews) await TakeMissedNews(slot, tick.At, cancel);
        await SaveDue(slot, tick.At, cancel);
    }

    async Task<List<Tended>> Load(int slot, CancellationToken cancel)
    {
        List<RegisteredAsset> assets =
            [.. active.In(slot).Union(withTwin.In(slot)).Select(registry.Find).OfType<RegisteredAsset>()];
        await Parallel.ForEachAsync(
            assets.Where(a => active.Current(a) is null),
            new ParallelOptions { MaxDegreeOfParallelism = MostLoadedAtOnce, CancellationToken = cancel },
            async (asset, stop) => await active.Isolated(asset.Id, async () =>
            {
                if (await active.Find(asset.Id, stop) is { } owner) await owner.Load(stop);
            }));
        return [.. assets.Select(active.Current).OfType<TwinOwner>().Select(o => new Tended(o, o.Twin!))];
    }

    async Task TakeMissedNews(List<Tended> slot, DateTimeOffset now, CancellationToken cancel)
    {
        var logged = await log.Versions([.. slot.SelectMany(t => TelemetryDays.Recent(t.AssetId, now))], cancel);
        foreach (var (owner, twin) in slot)
        {
            var behind = TelemetryDays.Behind(twin, logged, now);
            if (behind.Count > 0)
                await active.Isolated(
                    owner.AssetId, async () => await owner.Conclude(twin, await owner.ReadOn(twin, behind, cancel), cancel));
        }
    }

    async Task SaveDue(List<Tended> slot, DateTimeOffset now, CancellationToken cancel)
    {
        List<(TwinOwner Owner, TwinSave Save)> due = [];
        // A twin that has just failed was evicted with news partially applied and must not be saved.
        foreach (var (owner, twin) in slot.Where(t => ReferenceEquals(t.Owner.Twin, t.Twin)))
        {
            await active.Isolated(owner.AssetId, async () =>
            {
                await rederiveLimits.Rederive(owner, twin, cancel);
                if (DecideUpkeep.Save(twin, now, TimeSpan.FromSeconds(settings.Value.SaveEverySeconds)) is not { } save) return;
                twin.Apply(save.Events);
                due.Add((owner, save));
            });
        }
        await Task.WhenAll(due.Select(d => active.Isolated(d.Owner.AssetId, () => saveTwins.Save(d.Save, cancel))));
    }

    readonly record struct Tended(TwinOwner Owner, OwnedTwin Twin)
    {
        public string AssetId => Owner.AssetId;
    }
}
