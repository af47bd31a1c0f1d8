using System.Collections.Concurrent;
using ServiceDefaults;

namespace TwinState.Upkeep;

/// <summary>
/// The assets that have ever sent a reading, by slot. The others have no twin in memory: a plant registers far more assets than it has
/// connected.
/// </summary>
sealed class Speakers(LogReader log, TimeProvider time)
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    readonly ConcurrentDictionary<string, byte>[] slots =
        [.. Enumerable.Range(0, Slots.Count).Select(_ => new ConcurrentDictionary<string, byte>())];
    readonly SemaphoreSlim looking = new(1);
    DateTimeOffset lookedAt;
    long seenTo;

    public IEnumerable<string> In(int slot) => slots[slot].Select(a => a.Key);

    /// <summary>Looks for new ones in the log; callers within <see cref="LookEvery"/> share a look.</summary>
    public async Task Refresh(CancellationToken cancel)
    {
        await looking.WaitAsync(cancel);
        try
        {
            var now = time.GetUtcNow();
            if (seenTo > 0 && now - lookedAt < LookEvery) return;
            var end = await log.Position(cancel);
            foreach (var asset in await log.Speakers(seenTo, cancel)) slots[Slots.Of(asset)].TryAdd(asset, 0);
            (seenTo, lookedAt) = (end, now);
        }
        finally
        {
            looking.Release();
        }
    }
}
