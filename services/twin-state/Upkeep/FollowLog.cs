using Cluster;
using Contracts.Messages;
using Npgsql;
using ServiceDefaults;
using TwinState.Twins;

namespace TwinState.Upkeep;

/// <summary>
/// Finds in the log what no news has told: tells the owners on this replica the newest version of every stream that has grown, and wakes
/// the twins that came to this replica or were registered anew. A plant registers far more assets than it has connected; one that has never
/// sent a reading has no twin.
/// </summary>
sealed partial class FollowLog(
    ActiveTwins active, Owners owners, IGrainFactory grains, AssetRegistry registry, LogReader log, NpgsqlDataSource source,
    TimeProvider time, ILogger<FollowLog> logger) : BackgroundService
{
    // News usually arrives within milliseconds; what is looked up here is one to two looks old.
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    static readonly TimeSpan WakeEvery = TimeSpan.FromMilliseconds(500);

    // Each may hold as much history as is saved at a time.
    const int MostAtOnce = 4;

    readonly HashSet<string> withTwin = [];
    (long Before, long Last) seen;
    (int Members, int Registrations, int Removals, int Assets) wokenFor = (-1, 0, 0, 0);

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        var lookedAt = DateTimeOffset.MinValue;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (time.GetUtcNow() - lookedAt >= LookEvery)
                {
                    await Look(cancel);
                    lookedAt = time.GetUtcNow();
                }
                await Wake(cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogNotNow(e.Message);
            }
            await Task.Delay(WakeEvery, time, cancel);
        }
    }

    /// <summary>Reads which streams have grown.</summary>
    public async Task Look(CancellationToken cancel)
    {
        var end = await log.Position(cancel);
        if (seen.Last == 0)
        {
            await using var command = source.CreateCommand($"select asset_id from {ReadModels.Twin}");
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel)) withTwin.Add(reader.GetString(0));
            withTwin.UnionWith(await log.AssetsWithTelemetry(cancel));
        }
        else
        {
            var grown = await log.Grown(seen.Before, seen.Last, cancel);
            foreach (var news in grown) withTwin.Add(news.AssetId);
            await ForEach(
                grown.Where(n => owners.IsMine(n.AssetId)).GroupBy(n => n.AssetId),
                asset => grains.GetGrain<ITwinGrain>(asset.Key).Take([.. asset]), cancel);
        }
        seen = (seen.Last == 0 ? end : seen.Last, end);
    }

    /// <summary>
    /// Loads the twins that this replica has come to own, those whose registration has changed, and those that left its memory without
    /// going to sleep.
    /// </summary>
    public async Task Wake(CancellationToken cancel)
    {
        var now = (owners.Changes, registry.Changes, active.Removals, withTwin.Count);
        if (now == wokenFor) return;
        active.ForgetSleeping(owners.IsMine);
        var due = Due();
        await ForEach(due, asset => grains.GetGrain<ITwinGrain>(asset.Id).Wake(), cancel);
        // The former owner of a twin may have answered, before it lets it go.
        if (due.Count == 0) wokenFor = now;
    }

    List<RegisteredAsset> Due() =>
        [.. withTwin.Where(owners.IsMine).Select(registry.Find).OfType<RegisteredAsset>().Where(a => !active.IsCaredFor(a))];

    static Task ForEach<T>(IEnumerable<T> items, Func<T, Task> work, CancellationToken cancel) => Parallel.ForEachAsync(
        items, new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancel },
        async (item, _) => await work(item));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Missed news cannot be looked up in the log: {Reason}")]
    partial void LogNotNow(string reason);
}
