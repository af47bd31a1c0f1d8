using Contracts.Events;
using Contracts.Messages;
using Marten;
using MassTransit;
using ServiceDefaults;
using TwinModel.Assets;

namespace TwinState.Assets;

/// <summary>Registers an asset, or renews its model when the shipped one has changed.</summary>
sealed class RegisterAssetConsumer(ShippedModels models, IDocumentStore store, TimeProvider time) : IConsumer<RegisterAsset>
{
    /// <summary>What follows from the command; null when nothing does.</summary>
    internal static AssetRegistered? Decide(AssetRegistered? known, RegisterAsset command, AssetModel model, DateTimeOffset now)
    {
        var name = command.Name ?? known?.Name ?? (command.AssetId == model.Id ? model.Name : command.AssetId);
        if (known is not null && known.ModelHash == model.Hash && known.Name == name) return null;
        return new(command.AssetId, name, model.Id, model.Version, model.Hash, model.Source, now);
    }

    public async Task Consume(ConsumeContext<RegisterAsset> context)
    {
        var model = models.Find(context.Message.ModelId) ?? throw new NotFoundException("asset model", context.Message.ModelId);
        await using var session = store.LightweightSession();
        var stream = Streams.Asset(context.Message.AssetId);
        var events = await session.Events.FetchStreamAsync(stream, token: context.CancellationToken);
        if (Decide(events.LastOrDefault()?.Data as AssetRegistered, context.Message, model, time.GetUtcNow()) is not { } registered) return;
        var appended = session.Events.BuildEvent(registered);
        session.Events.Append(stream, events.Count + 1, (object)appended);
        await session.SaveChangesAsync(context.CancellationToken);
        await context.Publish(new AssetChanged(context.Message.AssetId, appended.Sequence), context.CancellationToken);
    }
}
