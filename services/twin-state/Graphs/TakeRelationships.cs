using Contracts.Messages;
using MassTransit;
using ServiceDefaults;
using TwinModel.Graphs;

namespace TwinState.Graphs;

/// <summary>Takes requests to relate assets. Query has checked them already, perhaps against an older model.</summary>
sealed class TakeRelationships(ChangeGraph change, AssetRegistry registry, RecordRefusals refusals)
    : IConsumer<AddRelationship>, IConsumer<RemoveRelationship>
{
    public async Task Consume(ConsumeContext<AddRelationship> context)
    {
        var (m, cancel) = (context.Message, context.CancellationToken);
        var (source, target) = (await Asset(m.Source, cancel), await Asset(m.Target, cancel));
        if (CheckRelationship.Find((m.Source, source.Model), m.Type, (m.Target, target.Model), m.Properties) is { } problem)
        {
            await Answer(context, m.Source, new(new InvalidInputException(problem.Field, problem.Value, problem.Allowed).Message, 0));
            return;
        }
        var type = CheckRelationship.Type(source.Model, m.Type)!;
        var properties = CheckRelationship.Complete(type, m.Properties);
        await Answer(context, m.Source, await change.Run(
            (book, now) => DecideRelationship.Add(
                book, type, new(m.Source, m.Type, m.Target, properties, m.Since ?? book.Now(now), m.By, m.Comment, now)),
            context.SentBy(), cancel));
    }

    public async Task Consume(ConsumeContext<RemoveRelationship> context)
    {
        var (m, cancel) = (context.Message, context.CancellationToken);
        var type = CheckRelationship.Type((await Asset(m.Source, cancel)).Model, m.Type);
        await Answer(context, m.Source, await change.Run(
            (book, now) => DecideRelationship.Remove(
                book, type, new(m.Source, m.Type, m.Target, m.Until ?? book.Now(now), m.By, m.Comment, now), m.Until is not null)
                ?? new([], $"There never was a relationship {m.Type} from {m.Source} to {m.Target}."),
            context.SentBy(), cancel));
    }

    async Task Answer<T>(ConsumeContext<T> context, string source, RelationshipAnswered answer)
        where T : class
    {
        await refusals.IfLate(context, source, typeof(T).Name, answer.Refusal);
        await context.RespondAsync(answer);
    }

    async Task<RegisteredAsset> Asset(string id, CancellationToken cancel)
    {
        if (registry.Find(id) is { } known) return known;
        await registry.Refresh(cancel);
        return registry.Get(id);
    }
}
