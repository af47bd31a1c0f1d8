using Contracts.Messages;
using Marten;
using MassTransit;
using ServiceDefaults;

namespace TwinState.Policies;

/// <summary>Records what auditors ask.</summary>
sealed class TakeQuestions(IDocumentStore store) : IConsumer<RecordQuestion>
{
    public async Task Consume(ConsumeContext<RecordQuestion> context)
    {
        var question = context.Message.Question;
        await using var session = store.LightweightSession();
        session.Stamp(context.SentBy());
        session.Events.Append(Streams.Questions(Streams.DayOf(question.AskedAt)), question);
        await session.SaveChangesAsync(context.CancellationToken);
    }
}
