using System.Collections.Concurrent;
using System.Threading.Channels;
using Cluster;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using ServiceDefaults;

namespace Ingest.Recording;

/// <summary>
/// Gives each submission to the replica that owns its asset, so that one ledger decides what is new and appends do not collide. What goes
/// to another replica is sent many at a time; if that one dies, it is given to the next owner. Replicas that disagree about an owner for a
/// moment cost work, never truth: every append names the version that it follows.
/// </summary>
sealed partial class RecordAtOwner(
    Owners owners, RecordReadings recorder, RecorderClient recorders, IHostApplicationLifetime lifetime, TimeProvider time,
    IOptions<IngestSettings> settings, ILogger<RecordAtOwner> logger) : IRecorder
{
    const int MostMessagesPerCall = 500;
    const int MostReadingsPerCall = 20_000;

    // Adds to the flush window of the other replica; without it, every message would be a call of its own.
    static readonly TimeSpan CollectFor = TimeSpan.FromMilliseconds(10);

    readonly ConcurrentDictionary<SiloAddress, Channel<Submission>> lanes = new();

    // Owners that did not take the last batch: it is said once, not for each of many batches until others have noticed the death.
    readonly ConcurrentDictionary<SiloAddress, bool> unreachable = new();
    readonly SemaphoreSlim room = new(settings.Value.MostPendingMessages);
    readonly CancellationToken stopping = lifetime.ApplicationStopping;

    public async ValueTask Submit(Submission submission, CancellationToken cancel)
    {
        if (owners.Of(submission.AssetId) is not { } owner || owners.IsMine(submission.AssetId))
        {
            await recorder.Submit(submission, cancel);
            return;
        }
        await room.WaitAsync(cancel);
        await lanes.GetOrAdd(owner, Open).Writer.WriteAsync(submission, cancel);
    }

    Channel<Submission> Open(SiloAddress owner)
    {
        var lane = Channel.CreateUnbounded<Submission>(new() { SingleReader = true });
        _ = Send(owner, lane.Reader);
        return lane;
    }

    async Task Send(SiloAddress owner, ChannelReader<Submission> lane)
    {
        while (await lane.WaitToReadAsync(stopping))
        {
            await Task.Delay(CollectFor, time, stopping);
            List<Submission> batch = [];
            var readings = 0;
            while (batch.Count < MostMessagesPerCall && readings < MostReadingsPerCall && lane.TryRead(out var submission))
            {
                batch.Add(submission);
                readings += submission.Readings.Count;
            }
            _ = Deliver(owner, batch);
        }
    }

    async Task Deliver(SiloAddress owner, List<Submission> batch)
    {
        try
        {
            var outcomes = await recorders.Record(owner, [.. batch.Select(SubmissionOnWire.Of)]);
            unreachable.TryRemove(owner, out _);
            room.Release(batch.Count);
            foreach (var (submission, outcome) in batch.Zip(outcomes))
            {
                if (outcome is { } done) submission.Completed(done.ToOutcome());
                // The owner cannot read the asset's model, e.g. because its version is older.
                else await recorder.Submit(submission, stopping);
            }
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            if (unreachable.TryAdd(owner, true)) LogNotHandedOver(batch.Count, owner, e.Message);
            await Task.Delay(StoreFaults.PauseAfter(0), time, stopping);
            room.Release(batch.Count);
            // If it was stored all the same, the log knows it.
            foreach (var submission in batch) await Submit(submission, stopping);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} messages could not be handed to {Owner}; trying again: {Reason}")]
    partial void LogNotHandedOver(int count, SiloAddress owner, string reason);
}
