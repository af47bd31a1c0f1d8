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
/// <param name="TraceParent">Trace context of the first submission that has one, or null.</param>
sealed record AssetAppend(AssetLedger Ledger, Additions Additions, string? TraceParent);

/// <summary>
/// Appends to the log: many assets in one transaction, each stream at its expected version. A replica that the others declared dead cannot
/// commit.
/// </summary>
sealed class AppendReadings(IDocumentStore store, NpgsqlDataSource source, WriteFence mayWrite)
{
    /// <summary>Larger events would delay a fold; smaller ones take more disk space.</summary>
    public const int MostReadingsPerEvent = 5_000;

    /// <returns>The batches to announce.</returns>
    /// <exception cref="EventStreamUnexpectedMaxEventIdException">Another replica wrote one of the streams; nothing was stored.</exception>
    public async Task<IReadOnlyList<AnnouncedBatch>> Append(IReadOnlyList<AssetAppend> appends, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction));
        List<(AssetAppend Append, string Stream, IEvent Event)> recorded = [];
        foreach (var append in appends)
        {
            var (ledger, additions) = (append.Ledger, append.Additions);
            var stream = Streams.Telemetry(ledger.AssetId, ledger.Today);
            var events = additions.Readings.Chunk(MostReadingsPerEvent)
                .Select((chunk, i) => WithTrace(
                    session.Events.BuildEvent(new ReadingsRecorded(TelemetryCodec.Encode(chunk, i == 0 ? additions.Duplicates : 0))),
                    append.TraceParent))
                .ToArray();
            if (events.Length > 0)
            {
                session.Events.Append(stream, ledger.Version + events.Length, events.Cast<object>());
                recorded.AddRange(events.Select(e => (append, stream, e)));
            }
            if (additions.Rejections.Count == 0) continue;
            // Also at its expected version: another replica may have rejected the same payload in the meantime.
            session.Events.Append(
                Streams.Rejected(ledger.AssetId, ledger.Today), ledger.RejectedVersion + additions.Rejections.Count,
                additions.Rejections.Select(r => (object)WithTrace(session.Events.BuildEvent(r), append.TraceParent)));
        }
        await session.SaveChangesAsync(cancel);
        await mayWrite(connection, cancel);
        await transaction.CommitAsync(cancel);
        return [.. recorded.Select(r => new AnnouncedBatch(
            r.Append.Ledger.AssetId, r.Stream, r.Event.Version, r.Event.Sequence, r.Event.Timestamp, ((ReadingsRecorded)r.Event.Data).Batch,
            r.Append.TraceParent))];
    }

    static IEvent WithTrace(IEvent e, string? traceParent)
    {
        if (traceParent is not null) e.SetHeader("traceparent", traceParent);
        return e;
    }
}
