using Contracts.Messages;
using MassTransit;
using TwinState.Twins;

namespace TwinState.News;

/// <summary>Hands news to the owners of the twins; acknowledged when all of them have it.</summary>
sealed class HandOverNews(IGrainFactory grains) : IConsumer<ReadingsAnnounced>
{
    public Task Consume(ConsumeContext<ReadingsAnnounced> context) => Task.WhenAll(
        context.Message.Batches.GroupBy(b => b.AssetId).Select(asset => grains.GetGrain<ITwinGrain>(asset.Key).Take([.. asset])));
}
