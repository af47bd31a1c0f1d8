using Contracts.Events;
using Contracts.Messages;
using JasperFx.Events;
using Marten;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Ingest.Recording;

/// <summary>One asset's part of a transaction.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Day">The day of recording.</param>
/// <param name="ExpectedVersion">Version of the telemetry stream before the append.</param>
/// <param name="Readings">New readings; may be empty.</param>
/// <param name="Duplicates">Readings dropped beside them.</param>
/// <param name="Rejections">New rejections.</param>
/// <param name="TraceParent">Of the first submission, or null.</param>
sealed record AssetAppend(
    string AssetId, DateOnly Day, long ExpectedVersion, List<Reading> Readings, int Duplicates, List<ReadingsRejected> Rejections, string? TraceParent);

/// <summary>Appends to the log: many assets in one transaction, each telemetry stream at its expected version.</summary>
sealed class AppendReadings(IDocumentStore store)
{
    /// <summary>Larger events would hold up a fold; smaller ones cost more disk.</summary>
    public const int MostReadingsPerEvent = 5_000;

    /// <returns>What to announce.</returns>
    /// <exception cref="EventStreamUnexpectedMaxEventIdException">Another replica wrote one of the streams; nothing was stored.</exception>
    public async Task<IReadOnlyList<AnnouncedBatch>> Append(IReadOnlyList<AssetAppend> appends, CancellationToken cancel)
    {
        await using var session = store.LightweightSession();
        List<(AssetAppend Append, string Stream, IEvent Event)> recorded = [];
        foreach (var append in appends)
        {
            var stream = Streams.Telemetry(append.AssetId, append.Day);
            var events = append.Readings.Chunk(MostReadingsPerEvent)
                .Select((chunk, i) => WithTrace(session.Events.BuildEvent(new ReadingsRecorded(TelemetryCodec.Encode(chunk, i == 0 ? append.Duplicates : 0))), append.TraceParent))
                .ToArray();
            if (events.Length > 0)
            {
                session.Events.Append(stream, append.ExpectedVersion + events.Length, events.Cast<object>());
                recorded.AddRange(events.Select(e => (append, stream, e)));
            }
            if (append.Rejections.Count > 0)
                session.Events.Append(Streams.Rejected(append.AssetId, append.Day), append.Rejections.Select(r => (object)WithTrace(session.Events.BuildEvent(r), append.TraceParent)));
        }
        await session.SaveChangesAsync(cancel);
        return [.. recorded.Select(r => new AnnouncedBatch(
            r.Append.AssetId, r.Stream, r.Event.Version, r.Event.Sequence, r.Event.Timestamp, ((ReadingsRecorded)r.Event.Data).Batch, r.Append.TraceParent))];
    }

    static IEvent WithTrace(IEvent e, string? traceParent)
    {
        if (traceParent is not null) e.SetHeader("traceparent", traceParent);
        return e;
    }
}
