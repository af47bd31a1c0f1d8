using Contracts.Messages;
using Marten;
using MassTransit;
using ServiceDefaults;
using TwinModel.Graphs;

namespace TwinState.Graphs;

/// <summary>Appends what is decided about relationships, and announces it.</summary>
sealed class ChangeGraph(TwinGraph graph, IDocumentStore store, IBus bus, TimeProvider time)
{
    readonly ChangeBook<RelationshipBook> change = new(graph, Streams.Graph, store, time);

    /// <inheritdoc cref="ChangeBook{T}.Run"/>
    public async Task<RelationshipAnswered> Run(
        Func<RelationshipBook, DateTimeOffset, RelationshipDecision> decide, Caller caller, CancellationToken cancel)
    {
        var (refusal, position) = await change.Run(
            (book, now) => decide(book, now) is var decided ? (decided.Events, decided.Refusal) : default, caller, cancel);
        if (position > 0) await bus.Publish(new GraphChanged(position), cancel);
        return new(refusal, position);
    }
}
