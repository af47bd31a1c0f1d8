using Contracts.Messages;
using MassTransit;

namespace Query.Assets;

/// <summary>Reads what was registered when twin-state says that an asset changed.</summary>
sealed class TakeAssetChanged(KnownAssets registry) : IConsumer<AssetChanged>
{
    public Task Consume(ConsumeContext<AssetChanged> context) => registry.Refresh(context.CancellationToken);
}
