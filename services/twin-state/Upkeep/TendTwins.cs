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
    ActiveTwins active, AssetRegistry registry, LogReader log, SaveTwins saveTwins, RederiveLimits rederiveLimits,
    IOptions<TwinStateSettings> settings)
{
    readonly ConcurrentDictionary<int, DateTimeOffset> tendedAt = new();
    readonly ConcurrentDictionary<int, DateTimeOffset> lookedForNewsAt = new();

    public async Task Tend(SlotTicked tick, CancellationToken cancel)
    {
        if (tendedAt.TryGetValue(tick.Slot, out var last) && tick.At - last < TimeSpan.FromMilliseconds(500)) return;
        tendedAt[tick.Slot] = tick.At;
        var lookForMissedNews = tick.At - lookedForNewsAt.GetValueOrDefault(tick.Slot) > TimeSpan.FromSeconds(10);
        if (lookForMissedNews) lookedForNewsAt[tick.Slot] = tick.At;
        var slot = await Load(tick.Slot, cancel);
        if (lookForMissedNews) await TakeMissedNews(slot, tick.At, cancel);
        await SaveDue(slot, tick.At, cancel);
    }

    async Task<List<Tended>> Load(int number, CancellationToken cancel)
    {
        List<Tended> slot = [];
        foreach (var asset in registry.All.Where(a => Slots.Of(a.Id) == number))
        {
            await active.Isolated(asset.Id, async () =>
            {
                if (await active.Find(asset.Id, cancel) is { } owner) slot.Add(new(owner, await owner.Load(cancel)));
            });
        }
        return slot;
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
        if (due.Count == 0) return;
        try
        {
            await saveTwins.Save([.. due.Select(d => d.Save)], cancel);
        }
        catch (Exception e)
        {
            // Their unsaved events are not in the log; the next use reloads these twins.
            foreach (var (owner, _) in due) owner.Forget();
            if (!StoreFaults.IsPermanent(e)) throw;
            // Retry one by one, so that only the twin that cannot be saved is left out.
            foreach (var (owner, save) in due) await active.Isolated(owner.AssetId, () => saveTwins.Save([save], cancel));
        }
    }

    readonly record struct Tended(TwinOwner Owner, OwnedTwin Twin)
    {
        public string AssetId => Owner.AssetId;
    }
}
