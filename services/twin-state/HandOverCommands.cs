using Contracts.Messages;
using MassTransit;
using ServiceDefaults;
using TwinState.Twins;

namespace TwinState;

/// <summary>Hands commands to the owners of the twins. A command for an unknown asset has no effect.</summary>
sealed class HandOverCommands(IGrainFactory grains, RecordRefusals refusals)
    : IConsumer<AcknowledgeAlarm>, IConsumer<HandleAlarm>, IConsumer<RecordMaintenance>,
        IConsumer<RebuildTwin>, IConsumer<SensorsWentOffline>
{
    public async Task Consume(ConsumeContext<AcknowledgeAlarm> context)
    {
        var command = context.Message;
        await Accept(context, command.AssetId, await Twin(command.AssetId)
            .Acknowledge(command.AlarmId, command.AcknowledgedBy, command.Comment, context.SentBy()));
    }

    public async Task Consume(ConsumeContext<HandleAlarm> context)
    {
        var command = context.Message;
        await Accept(context, command.AssetId, await Twin(command.AssetId).HandleAlarm(
            command.AlarmId, command.Action, command.By, command.Text, command.Until, command.AssignedTo, context.SentBy()));
    }

    public async Task Consume(ConsumeContext<RecordMaintenance> context)
    {
        var command = context.Message;
        await Accept(context, command.AssetId, await Twin(command.AssetId)
            .RecordMaintenance(command.Component, command.Kind, command.At, command.RecordedBy, command.Comment, context.SentBy()));
    }

    public Task Consume(ConsumeContext<RebuildTwin> context) => Twin(context.Message.AssetId).Rebuild(context.SentBy());

    public Task Consume(ConsumeContext<SensorsWentOffline> context) => Twin(context.Message.AssetId).GoOffline(context.Message.At);

    ITwinGrain Twin(string assetId) => grains.GetGrain<ITwinGrain>(assetId);

    async Task Accept<T>(ConsumeContext<T> context, string assetId, string? refusal)
        where T : class
    {
        await refusals.IfLate(context, assetId, typeof(T).Name, refusal);
        if (refusal is not null) throw new RuleViolationException(refusal);
    }
}
