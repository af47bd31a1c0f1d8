using Contracts.Events;
using Contracts.Messages;
using Marten;
using MassTransit;
using ServiceDefaults;
using ServiceDefaults.Access;
using TwinModel.Access;

namespace TwinState.Policies;

/// <summary>Takes requests to change policies. Query has checked what they say.</summary>
sealed class TakePolicies(PolicyLog policies, IDocumentStore store, IBus bus, TimeProvider time, RecordRefusals refusals)
    : IConsumer<SetPolicy>, IConsumer<RemovePolicy>
{
    readonly ChangeBook<PolicyBook> change = new(policies, Streams.Policies, store, time);

    public Task Consume(ConsumeContext<SetPolicy> context)
    {
        var m = context.Message;
        return Answer(context, (book, now) => DecidePolicy.Set(
            book, new(m.PolicyId, m.Tenant, m.Subjects, m.May, m.Assets, m.By, m.Comment, now)));
    }

    public Task Consume(ConsumeContext<RemovePolicy> context)
    {
        var m = context.Message;
        return Answer(context, (book, now) => DecidePolicy.Remove(book, new(m.PolicyId, m.Tenant, m.By, m.Comment, now)) ?? new([]));
    }

    async Task Answer<T>(ConsumeContext<T> context, Func<PolicyBook, DateTimeOffset, PolicyDecision> decide)
        where T : class
    {
        var (refusal, position) = await change.Run(
            (book, now) => decide(book, now) is var decided ? (decided.Events, decided.Refusal) : default,
            context.SentBy(), context.CancellationToken);
        if (position > 0) await bus.Publish(new PoliciesChanged(position), context.CancellationToken);
        await refusals.IfLate(context, null, typeof(T).Name, refusal);
        await context.RespondAsync(new PolicyAnswered(refusal, position));
    }
}
