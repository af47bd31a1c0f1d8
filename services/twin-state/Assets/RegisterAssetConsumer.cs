using Contracts.Events;
using Contracts.Messages;
using Marten;
using MassTransit;
using ServiceDefaults;
using TwinModel.Assets;

namespace TwinState.Assets;

/// <summary>Registers an asset, or updates its registration when the model or name has changed.</summary>
sealed class RegisterAssetConsumer(ShippedModels models, IDocumentStore store, TimeProvider time) : IConsumer<RegisterAsset>
{
    /// <summary>Decides the event to append; null if nothing changes.</summary>
    /// <param name="known">The current registration; null if there is none.</param>
    /// <param name="command">The command.</param>
    /// <param name="model">The requested model.</param>
    /// <param name="isModelId">True if a shipped model has the asset's id.</param>
    /// <param name="now">Current time.</param>
    /// <exception cref="InvalidInputException">The id is not allowed for an asset.</exception>
    /// <exception cref="RuleViolationException">The id is reserved for the shipped model of the same id, which would be registered again
    /// within seconds.</exception>
    internal static AssetRegistered? Decide(
        AssetRegistered? known, RegisterAsset command, AssetModel model, bool isModelId, DateTimeOffset now)
    {
        if (!AssetId.IsAllowed(command.AssetId)) throw new InvalidInputException("id", command.AssetId, AssetId.Allowed);
        if (isModelId && command.AssetId != model.Id)
            throw new RuleViolationException(
                $"{command.AssetId} always follows the shipped model {command.AssetId}; give an asset of {model.Id} another id.");
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
        var known = events.LastOrDefault()?.Data as AssetRegistered;
        var isModelId = models.Find(context.Message.AssetId) is not null;
        if (Decide(known, context.Message, model, isModelId, time.GetUtcNow()) is not { } registered) return;
        var appended = session.Events.BuildEvent(registered);
        session.Events.Append(stream, events.Count + 1, (object)appended);
        await session.SaveChangesAsync(context.CancellationToken);
        await context.Publish(new AssetChanged(context.Message.AssetId, appended.Sequence), context.CancellationToken);
    }
}
