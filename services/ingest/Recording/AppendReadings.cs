using Cluster;
using Contracts.Events;
using Contracts.Messages;
using JasperFx.Events;
using Marten;
using Npgsql;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Ingest.Recording;

/// <summary>One asset's part of a transaction.</summary>
/// <param name="Ledger">Identifies the asset's streams of the day and their versions before the append.</param>
/// <param name="Additions">Readings and rejections to append.</param>
sealed record AssetAppend(AssetLedger Ledger, Additions Additions);

/// <summary>
/// Appends to the log: many assets in one transaction, each stream at its expected version. A replica that the others declared dead cannot
/// commit.
/// </summary>
sealed class AppendReadings(IDocumentStore store, NpgsqlDataSource source, WriteFence mayWrite)
{
    /// <returns>The batches to announce.</returns>
    /// <exception cref="EventStreamUnexpectedMaxEventIdException">Another replica wrote one of the streams; nothing was stored.</exception>
    public async Task<IReadOnlyList<AnnouncedBatch>> Append(IReadOnlyList<AssetAppend> appends, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction));
        List<(string AssetId, string Stream, IEvent Event, string? TraceParent)> recorded = [];
        foreach (var append in appends)
        {
            var (ledger, additions) = (append.Ledger, append.Additions);
            var stream = Streams.Telemetry(ledger.AssetId, ledger.Today);
            var divided = DivideReadings.Of(additions);
            if (divided.Count > 0)
            {
                var events = divided.Select((part, i) => WithOrigins(
                    session.Events.BuildEvent(
                        new ReadingsRecorded(TelemetryCodec.Encode(part.Readings, i == 0 ? additions.Duplicates : 0))),
                    part, EventIds.Of(stream, ledger.Version + i + 1))).ToArray();
                session.Events.Append(stream, ledger.Version + events.Length, events.Cast<object>());
                recorded.AddRange(events.Select((e, i) => (ledger.AssetId, stream, e, divided[i].TraceParent)));
            }
            if (additions.RejectedEvents == 0) continue;
            // Also at its expected version: another replica may have rejected the same payload in the meantime.
            session.Events.Append(
                Streams.Rejected(ledger.AssetId, ledger.Today), ledger.RejectedVersion + additions.RejectedEvents,
                additions.Parts.Where(p => p.Rejection is not null)
                    .Select(p => (object)WithTrace(session.Events.BuildEvent(p.Rejection!), p.Of.TraceParent).By(p.Of.Caller))
                    .Concat(additions.NotKept is { } notKept ? [session.Events.BuildEvent(notKept)] : []));
        }
        await session.SaveChangesAsync(cancel);
        await mayWrite(connection, cancel);
        await transaction.CommitAsync(cancel);
        return [.. recorded.Select(r => new AnnouncedBatch(
            r.AssetId, r.Stream, r.Event.Version, r.Event.Sequence, r.Event.Timestamp, ((ReadingsRecorded)r.Event.Data).Batch,
            r.TraceParent))];
    }

    static IEvent WithOrigins(IEvent e, ReadingsOfEvent part, Guid id)
    {
        e.Id = id;
        e.SetHeader(MessageOrigin.Header, MessageOrigin.Texts(part.Of.Select(s => s.Origin)));
        return WithTrace(e, part.TraceParent).By(part.Caller);
    }

    // Of a trace that is not kept, the id leads nowhere; with few readings in an event, it would be most of what an archive keeps of it.
    static IEvent WithTrace(IEvent e, string? traceParent)
    {
        if (ReadingsOfEvent.IsKept(traceParent)) e.SetHeader("traceparent", traceParent!);
        return e;
    }
}
