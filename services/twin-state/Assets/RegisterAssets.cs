using Contracts.Events;
using Contracts.Messages;
using JasperFx.Events;
using Marten;
using MassTransit;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Graphs;

namespace TwinState.Assets;

/// <summary>Registers assets, or updates their registrations, in one transaction, and announces it.</summary>
sealed class RegisterAssets(
    ModelsInForce models, AssetRegistry registry, TwinGraph graph, LogReader log, IDocumentStore store, IBus bus, TimeProvider time)
{
    const int MostAttempts = 5;

    /// <param name="commands">Each asset once.</param>
    /// <param name="caller">Who asks; null for this service itself.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<AssetsRegistered> Run(IReadOnlyList<AssetRegistration> commands, Caller? caller, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await Append(commands, caller, attempt > 1, cancel);
                if (answer.Position > 0) await bus.Publish(new AssetChanged(commands[^1].AssetId, answer.Position), cancel);
                return answer;
            }
            catch (Exception e) when (attempt < MostAttempts && StoreFaults.IsConflict(e))
            {
                // Another replica registered one of them in the meantime: decide again.
            }
        }
    }

    /// <summary>Puts models into the log that no asset follows yet, and announces it.</summary>
    public async Task Publish(IReadOnlyList<AssetModel> unknown, Caller? caller, CancellationToken cancel)
    {
        if (unknown.Count == 0) return;
        await using var session = store.LightweightSession();
        session.Stamp(caller);
        var now = time.GetUtcNow();
        foreach (var m in unknown)
            session.Events.Append(Streams.Model(m.Hash), 1, new ModelRegistered(m.Id, m.Version, m.Hash, m.Source, now));
        try
        {
            await session.SaveChangesAsync(cancel);
        }
        catch (Exception e) when (StoreFaults.IsConflict(e))
        {
            // Another replica was first, perhaps with some of them only: look again soon.
            return;
        }
        await bus.Publish(new AssetChanged(unknown[^1].Id, await log.Position(cancel)), cancel);
    }

    async Task<AssetsRegistered> Append(
        IReadOnlyList<AssetRegistration> commands, Caller? caller, bool mayBeBehind, CancellationToken cancel)
    {
        await models.Refresh(cancel);
        var versions = await log.Versions([.. commands.Select(c => Streams.Asset(c.AssetId))], cancel);
        // After the versions, so that a decision on an older registration than they stand for is impossible; not needed for new assets.
        if (versions.Count > 0 || mayBeBehind || !registry.IsLoaded) await registry.Refresh(cancel);
        // Whatever Pollux ships, it follows.
        var book = caller is null || versions.Count == 0 ? null : (await graph.Refresh(cancel)).Book;
        await using var session = store.LightweightSession();
        session.Stamp(caller);
        List<RegistrationOutcome> outcomes = [];
        List<IEvent> appended = [];
        HashSet<string> added = [];
        foreach (var command in commands)
        {
            var stream = Streams.Asset(command.AssetId);
            var version = versions.GetValueOrDefault(stream);
            try
            {
                var model = models.Find(command.ModelId, command.Tenant) ?? throw new NotFoundException("asset model", command.ModelId);
                var known = KnownRegistration.Of(registry, command.AssetId);
                var isModelId = models.IsShipped(command.AssetId);
                if (DecideRegistration.Decide(known, command, model, isModelId, time.GetUtcNow()) is not { } registered)
                {
                    outcomes.Add(new(command.AssetId, RegistrationOutcome.Unchanged));
                    continue;
                }
                if (book is not null && known is not null && known.ModelHash != model.Hash
                    && DecideRelationship.WhyNotFollow(book, command.AssetId, model, id => registry.Find(id)?.Model) is { } forbids)
                    throw new RuleViolationException(forbids);
                if (!registry.HasModel(model.Hash) && added.Add(model.Hash))
                    session.Events.Append(
                        Streams.Model(model.Hash), 1,
                        new ModelRegistered(model.Id, model.Version, model.Hash, model.Source, registered.RegisteredAt));
                var e = session.Events.BuildEvent(registered);
                session.Events.Append(stream, version + 1, (object)e);
                appended.Add(e);
                outcomes.Add(new(command.AssetId, version == 0 ? RegistrationOutcome.Registered : RegistrationOutcome.Updated));
            }
            catch (Exception e) when (e is InvalidInputException or NotFoundException or RuleViolationException)
            {
                outcomes.Add(new(command.AssetId, RegistrationOutcome.Refused, e.Message));
            }
        }
        await session.SaveChangesAsync(cancel);
        return new(outcomes, appended.Select(e => e.Sequence).DefaultIfEmpty().Max());
    }
}

/// <summary>Takes requests, and commands about a single asset.</summary>
sealed class TakeRegistrations(ModelsInForce models, RegisterAssets register, RecordRefusals refusals)
    : IConsumer<Contracts.Messages.RegisterAssets>, IConsumer<RegisterAsset>
{
    public async Task Consume(ConsumeContext<Contracts.Messages.RegisterAssets> context)
    {
        var answer = await register.Run(context.Message.Assets, context.SentBy(), context.CancellationToken);
        // An id that cannot be one of an asset cannot be part of a stream's name either.
        foreach (var refused in answer.Outcomes.Where(o => o.Reason is not null))
            await refusals.IfLate(
                context, AssetId.IsAllowed(refused.AssetId) ? refused.AssetId : null, nameof(RegisterAsset), refused.Reason);
        await context.RespondAsync(answer);
    }

    public async Task Consume(ConsumeContext<RegisterAsset> context)
    {
        var (assetId, name, modelId) = context.Message;
        await models.Refresh(context.CancellationToken);
        if (models.Find(modelId, null) is null) throw new NotFoundException("asset model", modelId);
        var answer = await register.Run([new(assetId, name, modelId)], context.SentBy(), context.CancellationToken);
        if (answer.Outcomes[0].Reason is { } reason) throw new RuleViolationException(reason);
    }
}
