using System.Collections.Concurrent;
using Cluster;
using Marten;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using TwinState.Twins;

namespace TwinState.Rebuilds;

/// <summary>
/// Carries out rebuilds of several twins: asks their owners, some at the same time, and tells the log how far it has come. A rebuild is
/// carried out by the replica that owns its id. When that one ends, its successor goes on with the twins of which the log has no
/// <c>twin_rebuilt</c> of this rebuild.
/// </summary>
sealed partial class RunRebuilds(
    RebuildLog log, FindMachines machines, IDocumentStore store, Owners owners, IGrainFactory grains, TimeProvider time,
    IOptions<TwinStateSettings> settings, ILogger<RunRebuilds> logger) : BackgroundService
{
    const int MostAttempts = 20;

    static readonly TimeSpan WakeEvery = TimeSpan.FromSeconds(1);
    static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    readonly ConcurrentDictionary<string, bool> running = new();
    readonly CancellationTokenSource stopping = new();
    DateTimeOffset lookAt = DateTimeOffset.MinValue;

    /// <summary>Begins or goes on with a rebuild, unless this replica is at it.</summary>
    public void Begin(string rebuildId)
    {
        if (running.TryAdd(rebuildId, true)) _ = Task.Run(() => Run(rebuildId, stopping.Token), stopping.Token);
    }

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        await using var end = cancel.Register(stopping.Cancel);
        var members = -1;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                var (now, changes) = (time.GetUtcNow(), owners.Changes);
                if (changes != members || now >= lookAt)
                {
                    foreach (var rebuild in await log.Unfinished(cancel)) if (owners.IsMine(rebuild.Id)) Begin(rebuild.Id);
                    (members, lookAt) = (changes, now + LookEvery);
                }
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogNotNow(StoreFaults.Reason(e));
            }
            await Task.Delay(WakeEvery, time, cancel);
        }
    }

    async Task Run(string rebuildId, CancellationToken cancel)
    {
        try
        {
            await Carry(rebuildId, cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            LogInterrupted(rebuildId, StoreFaults.Reason(e));
            lookAt = time.GetUtcNow() + RetryAfter;
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            // The replica that takes over goes on.
        }
        finally
        {
            running.TryRemove(rebuildId, out _);
        }
    }

    async Task Carry(string rebuildId, CancellationToken cancel)
    {
        if (await log.Find(rebuildId, cancel) is not { Finished: null } rebuild) return;
        var assets = rebuild.Started.AssetIds ?? await machines.Run(rebuild.Started.StartedAt, cancel);
        var tally = new RebuildTally(rebuildId, time.GetUtcNow());
        foreach (var e in await log.Rebuilt(rebuild, cancel)) tally.Add(e.AssetId, new(e.LiveHash, e.RebuiltHash, e.HealthDiffers));
        var version = rebuild.Version;
        using var appending = new SemaphoreSlim(1);
        await Parallel.ForEachAsync(
            assets.Where(a => !tally.Has(a)),
            new ParallelOptions { MaxDegreeOfParallelism = settings.Value.RebuildsAtOnce, CancellationToken = cancel },
            async (asset, _) =>
            {
                if (!owners.IsMine(rebuildId)) return;
                await Ask(asset, rebuild, tally, cancel);
                if (tally.ProgressIfDue(time.GetUtcNow()) is { } progress) await Append(progress);
            });
        // Otherwise the new owner goes on.
        if (owners.IsMine(rebuildId)) await Append(tally.Finish(time.GetUtcNow()));

        async Task Append(object e)
        {
            await appending.WaitAsync(cancel);
            try
            {
                await using var session = store.LightweightSession();
                // Another replica that carries it out, too, shows in the version.
                session.Events.Append(Streams.Rebuild(rebuildId), version + 1, e);
                await session.SaveChangesAsync(cancel);
                version++;
            }
            finally
            {
                appending.Release();
            }
        }
    }

    async Task Ask(string assetId, RebuildState rebuild, RebuildTally tally, CancellationToken cancel)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if (await grains.GetGrain<ITwinGrain>(assetId).RebuildFor(rebuild.Id, rebuild.Caller) is { } outcome)
                    tally.Add(assetId, outcome);
                else tally.AddFailure(assetId, "The asset has no model that can be read.");
                return;
            }
            catch (Exception e) when (attempt < MostAttempts && (e is OrleansException or TimeoutException || Errors.Meaning(e).Retry))
            {
                await Task.Delay(StoreFaults.PauseAfter(attempt), time, cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogFailed(assetId, rebuild.Id, StoreFaults.Reason(e));
                tally.AddFailure(assetId, StoreFaults.Reason(e));
                return;
            }
        }
    }

    public override void Dispose()
    {
        stopping.Dispose();
        base.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Unfinished rebuilds cannot be looked up: {Reason}")]
    partial void LogNotNow(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The rebuild {RebuildId} was interrupted and goes on in a moment: {Reason}")]
    partial void LogInterrupted(string rebuildId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The twin of {AssetId} could not be rebuilt by {RebuildId}: {Reason}")]
    partial void LogFailed(string assetId, string rebuildId, string reason);
}
