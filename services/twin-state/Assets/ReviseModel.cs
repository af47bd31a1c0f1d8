using Contracts.Events;
using Contracts.Messages;
using Marten;
using MassTransit;
using ServiceDefaults;
using TwinModel.Assets;

namespace TwinState.Assets;

/// <summary>Puts a version of a model in force, and announces it. Its assets are moved by whoever asked for it.</summary>
sealed class ReviseModel(
    ModelsInForce models, AssetRegistry registry, RegisterAssets register, ModelLog log, IDocumentStore store, IBus bus, TimeProvider time)
{
    readonly ChangeBook<ModelBook> change = new(log, Streams.Models, store, time);

    /// <exception cref="InvalidModelException">The text is no model.</exception>
    public async Task<ModelAnswered> Run(string yaml, string? tenant, Caller caller, CancellationToken cancel)
    {
        var next = ReadAssetModel.FromText(yaml, "model");
        await models.Refresh(cancel);
        if (Decide(next, tenant) is { Refusal: { } early }) return new(early, 0);
        // Before the event that names it. If somebody else is first with another text, nothing follows this one.
        if (!registry.HasModel(next.Hash))
        {
            await register.Publish([next], caller, cancel);
            await registry.Refresh(cancel);
        }
        var (refusal, position) = await change.Run(
            (_, now) => Decide(next, tenant) is var (refusal, isNew) && refusal is null && isNew
                ? ([new ModelRevised(next.Id, next.Version, next.Hash, tenant, caller.Actor, caller.Reason, now)], null)
                : ([], refusal),
            caller, cancel);
        if (position > 0) await bus.Publish(new AssetChanged(next.Id, position), cancel);
        return new(refusal, position);
    }

    // On the book that was read last: the change is at its version.
    (string? Refusal, bool IsNew) Decide(AssetModel next, string? tenant)
    {
        if (log.Now.Book.Of(next.Id) is [.., { } newest] && !registry.HasModel(newest.ModelHash))
            return ($"{next.Id} was revised by somebody else at the same time; look at that first.", false);
        var inForce = models.Find(next.Id);
        var earlier = registry.TextsOf(next.Id).Select(t => registry.ReadModel(t.ModelHash)).OfType<AssetModel>();
        return (DecideModel.WhyNot(inForce, earlier, next, tenant).FirstOrDefault(), inForce?.Model.Hash != next.Hash);
    }
}

/// <summary>Takes requests to revise models.</summary>
sealed class TakeModels(ReviseModel revise, RecordRefusals refusals) : IConsumer<Contracts.Messages.ReviseModel>
{
    public async Task Consume(ConsumeContext<Contracts.Messages.ReviseModel> context)
    {
        var m = context.Message;
        var answer = await revise.Run(m.ModelYaml, m.Tenant, context.SentBy(), context.CancellationToken);
        await refusals.IfLate(context, null, nameof(Contracts.Messages.ReviseModel), answer.Refusal);
        await context.RespondAsync(answer);
    }
}
