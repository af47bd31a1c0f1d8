using Contracts.Messages;
using MassTransit;

namespace Query.Registry;

/// <summary>Reads new registrations when twin-state announces a changed asset.</summary>
sealed class TakeAssetChanged(KnownAssets registry) : IConsumer<AssetChanged>
{
    public Task Consume(ConsumeContext<AssetChanged> context) => registry.Refresh(context.CancellationToken);
}
