using Contracts.Messages;
using MassTransit;
using TwinState.News;
using TwinState.Twins;
using TwinState.Upkeep;

namespace TwinState;

/// <summary>Consumes all messages about a partition's assets, one at a time. A command for an unknown asset has no effect.</summary>
sealed class FollowNews(
    ActiveTwins active, TakeNews news, TendTwins twins, Alarms.AcknowledgeAlarm acknowledge, Health.RecordMaintenance maintenance,
    Rebuilds.RebuildTwin rebuild)
    : IConsumer<ReadingsAnnounced>, IConsumer<SlotTicked>, IConsumer<AcknowledgeAlarm>, IConsumer<SensorsWentOffline>,
        IConsumer<RebuildTwin>, IConsumer<RecordMaintenance>
{
    public Task Consume(ConsumeContext<ReadingsAnnounced> context) => news.Take(context.Message.Batches, context.CancellationToken);

    public Task Consume(ConsumeContext<SlotTicked> context) => twins.Tend(context.Message, context.CancellationToken);

    public async Task Consume(ConsumeContext<AcknowledgeAlarm> context)
    {
        if (await Owner(context.Message.AssetId, context) is { } owner)
            await acknowledge.Acknowledge(owner, context.Message, context.CancellationToken);
    }

    public async Task Consume(ConsumeContext<SensorsWentOffline> context)
    {
        if (await Owner(context.Message.AssetId, context) is { } owner)
            (await owner.Load(context.CancellationToken)).GoOffline(context.Message.At);
    }

    public async Task Consume(ConsumeContext<RecordMaintenance> context)
    {
        if (await Owner(context.Message.AssetId, context) is { } owner)
            await maintenance.Record(owner, context.Message, context.CancellationToken);
    }

    public async Task Consume(ConsumeContext<RebuildTwin> context)
    {
        if (await Owner(context.Message.AssetId, context) is { } owner) await rebuild.Rebuild(owner, context.CancellationToken);
    }

    Task<TwinOwner?> Owner(string assetId, ConsumeContext context) => active.Find(assetId, context.CancellationToken);
}
