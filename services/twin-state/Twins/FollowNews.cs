using Contracts.Messages;
using MassTransit;

namespace TwinState.Twins;

/// <summary>Consumes all messages about a partition's assets, one at a time.</summary>
sealed class FollowNews(TwinOwner owner) : IConsumer<ReadingsAnnounced>, IConsumer<SlotTicked>, IConsumer<AcknowledgeAlarm>,
    IConsumer<SensorsWentOffline>, IConsumer<RebuildTwin>,
    IConsumer<RecordMaintenance>
{
    public Task Consume(ConsumeContext<ReadingsAnnounced> context) => owner.Handle(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<SlotTicked> context) => owner.Tick(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<AcknowledgeAlarm> context) => owner.Acknowledge(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<SensorsWentOffline> context) => owner.GoOffline(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<RecordMaintenance> context) => owner.Record(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<RebuildTwin> context) => owner.Rebuild(context.Message.AssetId, context.CancellationToken);
}
