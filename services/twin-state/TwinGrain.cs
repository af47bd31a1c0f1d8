using Cluster;
using Contracts.Events;
using Contracts.Messages;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using ServiceDefaults;
using TwinState.News;
using TwinState.Rebuilds;
using TwinState.Twins;
using TwinState.Upkeep;

namespace TwinState;

/// <summary>
/// Brings calls about one twin into a sequence and gives them to the features. News that arrives meanwhile waits in a bounded inbox, so
/// that an asset that is being rebuilt or catches up with much history holds up nobody else: the news is in the log, and an owner that ends
/// before it has read its inbox is followed by one that reads the log.
/// </summary>
[PlaceAtOwner, Reentrant]
sealed partial class TwinGrain(
    ActiveTwins active, Func<string, TwinOwner> create, Owners owners, AssetRegistry registry, TakeNews takeNews, TendTwin tendTwin,
    Alarms.AcknowledgeAlarm acknowledgeAlarm, Alarms.HandleAlarm handleAlarm,
    Health.RecordMaintenance recordMaintenance, Rebuilds.RebuildTwin rebuildTwin,
    TimeProvider time, IOptions<TwinStateSettings> settings, ILogger<TwinGrain> logger)
    : Grain, ITwinGrain
{
    const int MostFoldsBeside = 3;

    static readonly TimeSpan TendEvery = TimeSpan.FromSeconds(1);

    readonly NewsInbox inbox = new();
    readonly SemaphoreSlim turn = new(1);
    TwinOwner owner = null!;
    int foldsBeside;

    string AssetId => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancel)
    {
        owner = create(AssetId);
        active.Add(owner);
        // Not all at the same moment, so that saves do not come in waves.
        this.RegisterGrainTimer(
            Tend, new() { DueTime = TendEvery * (0.5 + Random.Shared.NextDouble()), Period = TendEvery, Interleave = true });
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancel)
    {
        try
        {
            await turn.WaitAsync(cancel);
            if (owner.Twin is { MustSave: true } twin) await owner.Append(twin, [], cancel);
        }
        catch (Exception e)
        {
            // The next owner reads from the log what is not saved here.
            LogNotSaved(AssetId, e.Message);
        }
        finally
        {
            active.Remove(owner);
        }
    }

    public async Task Take(AnnouncedBatch[] news)
    {
        inbox.Add(news);
        if (turn.Wait(0, CancellationToken.None)) await InTurn(() => Task.CompletedTask);
    }

    public Task Wake() => Isolated(async () => await owner.Load(CancellationToken.None));

    public Task GoOffline(DateTimeOffset at) => Isolated(async () => (await owner.Load(CancellationToken.None)).GoOffline(at));

    public Task<string?> Acknowledge(string alarmId, string by, string? comment, Caller caller) => Refusal(() =>
        acknowledgeAlarm.Acknowledge(owner, new(AssetId, alarmId, by, comment), caller, CancellationToken.None));

    public Task<string?> HandleAlarm(
        string alarmId, string action, string by, string? text, DateTimeOffset? until, string? assignedTo, Caller caller) => Refusal(() =>
        handleAlarm.Handle(owner, new(AssetId, alarmId, action, by, text, until, assignedTo), caller, CancellationToken.None));

    public Task<string?> RecordMaintenance(
        string component, string kind, DateTimeOffset at, string by, string? comment, Caller caller) => Refusal(() =>
        recordMaintenance.Record(owner, new(AssetId, component, kind, at, by, comment), caller, CancellationToken.None));

    public async Task<TwinClaim?> Claim()
    {
        TwinClaim? claim = null;
        await Run(() =>
        {
            claim = TwinClaim.Of(owner.Twin);
            return Task.CompletedTask;
        });
        return claim;
    }

    public Task Rebuild(Caller caller) => RebuildFor(null, caller);

    public async Task<RebuildOutcome?> RebuildFor(string? rebuildId, Caller caller)
    {
        for (var attempt = 1; ; attempt++)
        {
            BegunRebuild? begun = null;
            TwinRebuilt? rebuilt = null;
            await Run(async () =>
            {
                if (!await IsRegistered()) return;
                // One that keeps changing in ways that a fold beside it does not show has to wait for it.
                if (attempt == MostFoldsBeside) rebuilt = await rebuildTwin.Rebuild(owner, caller, CancellationToken.None, rebuildId);
                else begun = await rebuildTwin.Begin(owner, CancellationToken.None);
            });
            if (begun is not null)
            {
                await Beside(() => rebuildTwin.Fold(begun, CancellationToken.None));
                await Run(async () =>
                    rebuilt = await rebuildTwin.Conclude(owner, begun, caller, rebuildId, CancellationToken.None));
                if (rebuilt is null) continue;
            }
            return rebuilt is null ? null : new(rebuilt.LiveHash, rebuilt.RebuiltHash, rebuilt.HealthDiffers);
        }
    }

    Task Isolated(Func<Task> work) => Run(async () =>
    {
        if (await IsRegistered()) await active.Isolated(owner, work);
    });

    async Task<string?> Refusal(Func<Task> command)
    {
        string? refusal = null;
        await Run(async () =>
        {
            if (!await IsRegistered()) return;
            try
            {
                await command();
            }
            catch (RuleViolationException e)
            {
                refusal = e.Message;
            }
        });
        return refusal;
    }

    async Task Tend(CancellationToken cancel)
    {
        if (!turn.Wait(0, CancellationToken.None)) return;
        try
        {
            await InTurn(() => TendInTurn(cancel));
        }
        catch (TwinUnavailableException e)
        {
            // Of thousands of twins, each would say so every second.
            LogNotTended(e.Message);
        }
    }

    async Task TendInTurn(CancellationToken cancel)
    {
        if (registry.Find(AssetId) is null) return;
        if (!owners.IsMine(AssetId))
        {
            // Leaving it to the owner's next call is not enough: the owner may still have in its cache that the twin is here, and each
            // call would bring it back to life here.
            this.MigrateOnIdle();
            return;
        }
        await active.Isolated(owner, async () =>
        {
            await tendTwin.Tend(owner, time.GetUtcNow(), cancel);
            var sleepAfter = TimeSpan.FromSeconds(settings.Value.SleepAfterSeconds);
            if (!inbox.IsEmpty || foldsBeside > 0 || !DecideUpkeep.MaySleep(owner.Twin!, time.GetUtcNow(), sleepAfter)) return;
            active.Sleeps(owner.Twin!);
            DeactivateOnIdle();
        });
    }

    // Work that needs no turn, on other threads: the twin goes on meanwhile.
    async Task Beside(Func<Task> work)
    {
        foldsBeside++;
        try
        {
            await Task.Run(work);
        }
        catch (Exception e) when (MayPass(e))
        {
            throw Unavailable(e);
        }
        finally
        {
            foldsBeside--;
        }
    }

    async Task Run(Func<Task> work)
    {
        await turn.WaitAsync();
        await InTurn(work);
    }

    // Whoever has the turn also folds in what arrived in the meantime.
    async Task InTurn(Func<Task> work)
    {
        try
        {
            await work();
            while (!inbox.IsEmpty)
            {
                var news = inbox.TakeAll();
                if (await IsRegistered()) await active.Isolated(owner, () => takeNews.Take(owner, news, CancellationToken.None));
                else LogUnknownAsset(AssetId);
            }
        }
        catch (Exception e) when (MayPass(e))
        {
            throw Unavailable(e);
        }
        finally
        {
            active.Changed(owner);
            turn.Release();
        }
    }

    static bool MayPass(Exception e) => e is not OrleansException && !StoreFaults.IsPermanent(e);

    // Exceptions of other libraries do not survive the way to another replica as what they are.
    TwinUnavailableException Unavailable(Exception e) => new($"{AssetId}: {StoreFaults.Reason(e)}");

    async Task<bool> IsRegistered()
    {
        if (registry.Find(AssetId) is null) await registry.Refresh();
        if (registry.Find(AssetId) is not null) return true;
        DeactivateOnIdle();
        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ignoring news about the unknown asset {AssetId}; its events stay in the log")]
    partial void LogUnknownAsset(string assetId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A twin could not be looked after: {Reason}")]
    partial void LogNotTended(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The twin of {AssetId} was not saved before it moves: {Reason}")]
    partial void LogNotSaved(string assetId, string reason);
}
