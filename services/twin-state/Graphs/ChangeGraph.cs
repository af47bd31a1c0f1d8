using Contracts.Messages;
using JasperFx.Events;
using Marten;
using MassTransit;
using ServiceDefaults;
using TwinModel.Graphs;

namespace TwinState.Graphs;

/// <summary>
/// Appends what is decided about relationships, and announces it. All relationships are in one stream, so its expected version makes the
/// rules exact however many decide at the same time.
/// </summary>
sealed class ChangeGraph(TwinGraph graph, IDocumentStore store, IBus bus, TimeProvider time)
{
    const int MostAttempts = 5;

    // In this process one decides after the other: they would only be in each other's way.
    readonly SemaphoreSlim deciding = new(1);

    /// <param name="decide">Decides on the newest state, at the present time in whole microseconds. Pure.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<RelationshipAnswered> Run(
        Func<RelationshipBook, DateTimeOffset, RelationshipDecision> decide, Caller caller, CancellationToken cancel)
    {
        await deciding.WaitAsync(cancel);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await Append(decide, caller, cancel);
                }
                catch (Exception e) when (attempt < MostAttempts && StoreFaults.IsConflict(e))
                {
                    // Another replica was first: decide again.
                }
            }
        }
        finally
        {
            deciding.Release();
        }
    }

    async Task<RelationshipAnswered> Append(
        Func<RelationshipBook, DateTimeOffset, RelationshipDecision> decide, Caller caller, CancellationToken cancel)
    {
        var (book, version) = await graph.Refresh(cancel);
        var now = time.GetUtcNow();
        var (events, refusal) = decide(book, now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)));
        if (events.Count == 0) return new(refusal, 0);
        await using var session = store.LightweightSession();
        session.Stamp(caller);
        List<IEvent> built = [.. events.Select(session.Events.BuildEvent)];
        session.Events.Append(Streams.Graph, version + built.Count, [.. built.Cast<object>()]);
        await session.SaveChangesAsync(cancel);
        var position = built.Max(e => e.Sequence);
        await bus.Publish(new GraphChanged(position), cancel);
        return new(null, position);
    }
}
