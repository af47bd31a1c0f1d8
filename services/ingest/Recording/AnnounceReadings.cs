using Contracts.Messages;
using MassTransit;
using ServiceDefaults;

namespace Ingest.Recording;

/// <summary>
/// Announces commits, many in a message. It never delays ingest: while RabbitMQ is unavailable, payloads beyond a budget are dropped and
/// only the newest version of each stream is kept; twin-state reads the rest from the log.
/// </summary>
sealed partial class AnnounceReadings(IBus bus, ILogger<AnnounceReadings> logger) : BackgroundService
{
    const int MostBytesPending = 32 * 1024 * 1024;
    // Keeps messages off the large object heap, which is collected rarely.
    const int MostBytesPerMessage = 40 * 1024;
    const int MostBatchesPerMessage = 200;
    const int MostRoundsUnconfirmed = 2;

    readonly Lock gate = new();
    readonly SemaphoreSlim wake = new(0, 1);
    readonly SemaphoreSlim rounds = new(MostRoundsUnconfirmed);
    List<AnnouncedBatch> pending = [];
    int pendingBytes;

    public void Announce(IReadOnlyList<AnnouncedBatch> batches)
    {
        if (batches.Count == 0) return;
        lock (gate)
        {
            pending.AddRange(batches);
            pendingBytes += batches.Sum(b => b.Batch?.Length ?? 0);
            if (pendingBytes > MostBytesPending) Shrink();
            if (wake.CurrentCount == 0) wake.Release();
        }
        Measures.Unannounced.Add(batches.Count);
    }

    // Keeps only the newest version of each stream, without payloads.
    void Shrink()
    {
        var before = pending.Count;
        pending = [.. pending.GroupBy(b => b.Stream).Select(g => g.MaxBy(b => b.Version)! with { Batch = null })];
        pendingBytes = 0;
        Measures.Unannounced.Add(pending.Count - before);
    }

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        while (true)
        {
            await wake.WaitAsync(cancel);
            // The broker confirms once a quorum has the messages on disk; up to a limit, the next round does not wait for that.
            await rounds.WaitAsync(cancel);
            List<AnnouncedBatch> batches;
            lock (gate)
            {
                (batches, pending, pendingBytes) = (pending, [], 0);
            }
            _ = Publish(batches, cancel);
        }
    }

    async Task Publish(List<AnnouncedBatch> batches, CancellationToken cancel)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(TimeSpan.FromSeconds(5));
            await Task.WhenAll(Messages(batches).Select(m => bus.SendTo(QueueNames.News, new ReadingsAnnounced(m), limit.Token)));
            Measures.Unannounced.Add(-batches.Count);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            LogNotAnnounced(batches.Count, e.Message);
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancel);
            lock (gate)
            {
                pending.InsertRange(0, batches);
                Shrink();
                if (wake.CurrentCount == 0) wake.Release();
            }
        }
        finally
        {
            rounds.Release();
        }
    }

    static IEnumerable<List<AnnouncedBatch>> Messages(List<AnnouncedBatch> batches)
    {
        List<AnnouncedBatch> message = [];
        var bytes = 0;
        foreach (var batch in batches)
        {
            message.Add(batch);
            bytes += batch.Batch?.Length ?? 0;
            if (bytes < MostBytesPerMessage && message.Count < MostBatchesPerMessage) continue;
            yield return message;
            (message, bytes) = ([], 0);
        }
        if (message.Count > 0) yield return message;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} events could not be announced; trying again: {Reason}")]
    partial void LogNotAnnounced(int count, string reason);
}
