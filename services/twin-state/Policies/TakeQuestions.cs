using Contracts.Messages;
using Marten;
using MassTransit;
using Npgsql;
using ServiceDefaults;

namespace TwinState.Policies;

/// <summary>
/// Records what auditors ask. All questions of a day are in one stream: many at the same time would be in each other's way.
/// </summary>
sealed class RecordQuestions(IDocumentStore store)
{
    // Any number that nothing else in the database takes.
    const long Lock = 7_364_112_905;

    // Those of this process wait here, without a connection.
    readonly SemaphoreSlim recording = new(1);

    /// <summary>Appends a question.</summary>
    public async Task Run(RecordQuestion asked, Caller caller, CancellationToken cancel)
    {
        await recording.WaitAsync(cancel);
        try
        {
            await using var session = store.LightweightSession();
            session.Stamp(caller);
            await session.BeginTransactionAsync(cancel);
            await WaitForOtherReplicas(session, cancel);
            session.Events.Append(Streams.Questions(Streams.DayOf(asked.Question.AskedAt)), asked.Question);
            await session.SaveChangesAsync(cancel);
        }
        finally
        {
            recording.Release();
        }
    }

    // Until the transaction ends.
    static async Task WaitForOtherReplicas(IDocumentSession session, CancellationToken cancel)
    {
        await using var wait = new NpgsqlCommand("select pg_advisory_xact_lock($1)");
        wait.Parameters.Add(new() { Value = Lock });
        await session.ExecuteAsync(wait, cancel);
    }
}

/// <summary>Takes what auditors ask.</summary>
sealed class TakeQuestions(RecordQuestions record) : IConsumer<RecordQuestion>
{
    public Task Consume(ConsumeContext<RecordQuestion> context) =>
        record.Run(context.Message, context.SentBy(), context.CancellationToken);
}
