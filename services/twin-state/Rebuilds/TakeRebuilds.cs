using Contracts.Events;
using Contracts.Messages;
using Marten;
using MassTransit;
using ServiceDefaults;

namespace TwinState.Rebuilds;

/// <summary>Takes requests to rebuild several twins: begins a rebuild, or lets the unfinished one of the same twins go on.</summary>
sealed class TakeRebuilds(RebuildLog log, FindMachines machines, IDocumentStore store, IGrainFactory grains) : IConsumer<StartRebuild>
{
    public async Task Consume(ConsumeContext<StartRebuild> context)
    {
        var (asked, cancel) = (context.Message, context.CancellationToken);
        var unfinished = (await log.Unfinished(cancel)).Find(r => IsSame(r.Started.AssetIds, asked.AssetIds));
        if (unfinished is null) await Start(asked, context.SentBy(), cancel);
        var id = unfinished?.Id ?? asked.RebuildId;
        await grains.GetGrain<IRebuildGrain>(id).Begin();
        await context.RespondAsync(new RebuildAnswered(id));
    }

    static bool IsSame(IReadOnlyList<string>? first, IReadOnlyList<string>? second) =>
        first is null || second is null ? first == second : first.ToHashSet().SetEquals(second);

    async Task Start(StartRebuild asked, Caller caller, CancellationToken cancel)
    {
        var now = await log.Now(cancel);
        var assets = asked.AssetIds ?? await machines.Run(now, cancel);
        await using var session = store.LightweightSession();
        session.Stamp(caller);
        session.Events.StartStream(
            Streams.Rebuild(asked.RebuildId), new RebuildStarted(asked.RebuildId, assets.Count, asked.AssetIds, now));
        try
        {
            await session.SaveChangesAsync(cancel);
        }
        catch (Exception e) when (StoreFaults.IsConflict(e))
        {
            // The message came a second time.
        }
    }
}
