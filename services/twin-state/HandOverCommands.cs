using Contracts.Messages;
using MassTransit;
using ServiceDefaults;
using TwinState.Twins;

namespace TwinState;

/// <summary>Hands commands to the owners of the twins. A command for an unknown asset has no effect.</summary>
sealed class HandOverCommands(IGrainFactory grains)
    : IConsumer<AcknowledgeAlarm>, IConsumer<RecordMaintenance>, IConsumer<RebuildTwin>, IConsumer<SensorsWentOffline>
{
    public async Task Consume(ConsumeContext<AcknowledgeAlarm> context)
    {
        var command = context.Message;
        Accept(await Twin(command.AssetId)
            .Acknowledge(command.AlarmId, command.AcknowledgedBy, command.Comment, context.SentBy()));
    }

    public async Task Consume(ConsumeContext<RecordMaintenance> context)
    {
        var command = context.Message;
        Accept(await Twin(command.AssetId)
            .RecordMaintenance(command.Component, command.Kind, command.At, command.RecordedBy, command.Comment, context.SentBy()));
    }

    public Task Consume(ConsumeContext<RebuildTwin> context) => Twin(context.Message.AssetId).Rebuild(context.SentBy());

    public Task Consume(ConsumeContext<SensorsWentOffline> context) => Twin(context.Message.AssetId).GoOffline(context.Message.At);

    ITwinGrain Twin(string assetId) => grains.GetGrain<ITwinGrain>(assetId);

    static void Accept(string? refusal)
    {
        if (refusal is not null) throw new RuleViolationException(refusal);
    }
}
