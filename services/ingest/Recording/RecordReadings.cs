using System.Diagnostics;
using System.Threading.Channels;
using Cluster;
using Contracts.Events;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Ingest.Recording;

/// <summary>
/// Writes readings to the log. Submissions are collected per asset for its flush window, deduplicated and appended, many assets in one
/// transaction, and then completed. A writer that cannot reach the log retries forever; meanwhile the room for pending messages fills up
/// and callers wait. Memory is bounded by <see cref="IngestSettings.MostPendingMessages"/>.
/// </summary>
sealed partial class RecordReadings(
    AppendReadings append, Owners owners, LogReader log, RejectionLog rejections, AnnounceReadings announce, TenantUse use,
    TimeProvider time, IOptions<IngestSettings> settings, ILogger<RecordReadings> logger)
    : BackgroundService, IHealthCheck, IRecorder
{
    // Another replica writes an asset of this one only while members change; a conflict that persists this long is a fault and is reported
    // as one.
    const int MostConflictsInARow = 100;
    const int MostReadingsPerFlush = 100_000;
    const int MostLedgersPerWriter = 20_000;
    const int MessagesOfABusyFlush = 100;

    static readonly TimeSpan LongestWindow = TimeSpan.FromMilliseconds(500);

    static readonly ActivitySource Traces = new("ingest");

    readonly Channel<Submission>[] lanes = [.. Enumerable.Range(0, settings.Value.Writers).Select(_ => Channel.CreateUnbounded<Submission>(
        new() { SingleReader = true }))];

    readonly AssetLanes places = new();

    readonly SemaphoreSlim room = new(settings.Value.MostPendingMessages);

    // One writer must not take all that waits into one transaction.
    readonly int mostPerFlush = Math.Max(1, settings.Value.MostPendingMessages / settings.Value.Writers);

    readonly Blocked?[] blocked = new Blocked?[settings.Value.Writers];

    public async ValueTask Submit(Submission submission, CancellationToken cancel)
    {
        Measures.Pending.Add(1);
        await room.WaitAsync(cancel);
        await lanes[places.Enter(submission.AssetId, LanesInUse)].Writer.WriteAsync(submission, cancel);
    }

    // Many replicas with few writers append as much at a time, and as often, as one replica with many.
    int LanesInUse => Math.Max(1, lanes.Length / Math.Max(1, owners.Members.Count));

    protected override Task ExecuteAsync(CancellationToken cancel)
    {
        Measures.WatchBlocked(() => blocked.Max(b => b is null ? 0 : (time.GetUtcNow() - b.Since).TotalSeconds));
        return Task.WhenAll(lanes.Select((lane, number) => Task.Run(() => Write(number, lane.Reader, cancel), cancel)));
    }

    TimeSpan Window => TimeSpan.FromMilliseconds(settings.Value.FlushWindowMilliseconds);

    /// <summary>Submissions of one asset waiting for the end of its flush window.</summary>
    sealed class Waiting(DateTimeOffset dueAt)
    {
        public DateTimeOffset DueAt { get; } = dueAt;

        public List<Submission> Submissions { get; } = [];

        public int Readings { get; set; }
    }

    async Task Write(int lane, ChannelReader<Submission> submissions, CancellationToken cancel)
    {
        Dictionary<string, AssetLedger> ledgers = [];
        Dictionary<string, Waiting> waiting = [];
        var atLeast = TimeSpan.Zero;
        var members = owners.Changes;
        while (!cancel.IsCancellationRequested)
        {
            if (waiting.Count == 0) await submissions.WaitToReadAsync(cancel);
            Collect(submissions, waiting, atLeast);
            var now = time.GetUtcNow();
            var wait = waiting.Values.Min(w => w.DueAt) - now;
            if (wait > TimeSpan.Zero && !IsFull(waiting))
            {
                await Task.Delay(wait < TimeSpan.FromMilliseconds(10) ? wait : TimeSpan.FromMilliseconds(10), time, cancel);
                continue;
            }
            var flush = TakeDue(waiting, now + (atLeast > Window ? atLeast : Window));
            var started = Stopwatch.GetTimestamp();
            await FlushUntilStored(lane, flush, ledgers, cancel);
            places.Leave(flush.Select(s => s.AssetId));
            // Under load, write fewer and larger events: collect for twice as long as the last append took. One slow append does not count
            // as load.
            atLeast = flush.Count < MessagesOfABusyFlush
                ? TimeSpan.Zero
                : TimeSpan.FromTicks(Math.Min(LongestWindow.Ticks, 2 * Stopwatch.GetElapsedTime(started).Ticks));
            if (ledgers.Count > MostLedgersPerWriter) ledgers.Clear();
            if (owners.Changes == members) continue;
            members = owners.Changes;
            foreach (var moved in ledgers.Keys.Where(a => !owners.IsMine(a)).ToList()) ledgers.Remove(moved);
        }
    }

    // Takes the first group due and any others due soon: one transaction and few messages for many assets.
    static List<Submission> TakeDue(Dictionary<string, Waiting> waiting, DateTimeOffset soon)
    {
        List<Submission> flush = [];
        var readings = 0;
        foreach (var (assetId, group) in waiting.OrderBy(w => w.Value.DueAt).ToList())
        {
            if (flush.Count > 0 && (group.DueAt > soon || readings > MostReadingsPerFlush)) break;
            waiting.Remove(assetId);
            flush.AddRange(group.Submissions);
            readings += group.Readings;
        }
        return flush;
    }

    void Collect(ChannelReader<Submission> submissions, Dictionary<string, Waiting> waiting, TimeSpan atLeast)
    {
        var (messages, readings) = SizeOf(waiting);
        while (messages < mostPerFlush && readings < MostReadingsPerFlush && submissions.TryRead(out var submission))
        {
            if (!waiting.TryGetValue(submission.AssetId, out var group))
            {
                var window = submission.Asset?.Model.FlushWindow ?? Window;
                waiting[submission.AssetId] = group = new(time.GetUtcNow() + (window > atLeast ? window : atLeast));
            }
            group.Submissions.Add(submission);
            group.Readings += submission.Readings.Count;
            messages++;
            readings += submission.Readings.Count + 1;
        }
    }

    static (int Messages, int Readings) SizeOf(Dictionary<string, Waiting> waiting) =>
        (waiting.Values.Sum(w => w.Submissions.Count), waiting.Values.Sum(w => w.Readings));

    bool IsFull(Dictionary<string, Waiting> waiting)
    {
        var (messages, readings) = SizeOf(waiting);
        return messages >= mostPerFlush || readings >= MostReadingsPerFlush;
    }

    /// <summary>
    /// Retries while the log is unreachable. If the log permanently refuses a flush, it is halved until the offending submission is alone
    /// and can be set aside: no message, whatever it contains, blocks another.
    /// </summary>
    async Task FlushUntilStored(int lane, List<Submission> flush, Dictionary<string, AssetLedger> ledgers, CancellationToken cancel)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await Flush(flush, ledgers, cancel);
                blocked[lane] = null;
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
            {
                // The log is authoritative after any failure: these assets' ledgers are reloaded before the next attempt.
                foreach (var assetId in flush.Select(s => s.AssetId).Distinct()) ledgers.Remove(assetId);
                if (StoreFaults.IsConflict(e) && attempt < MostConflictsInARow)
                {
                    Measures.Conflicts.Add(1);
                    continue;
                }
                if (StoreFaults.IsPermanent(e))
                {
                    if (flush.Count > 1)
                    {
                        await FlushUntilStored(lane, flush[..(flush.Count / 2)], ledgers, cancel);
                        await FlushUntilStored(lane, flush[(flush.Count / 2)..], ledgers, cancel);
                        return;
                    }
                    // If it is refused even when set aside without an asset, this message is not the cause.
                    if (!flush[0].IsSetAside || flush[0].AssetId != Rejections.UnknownAsset)
                    {
                        LogSetAside(e, flush[0].AssetId, flush[0].Payload.Source);
                        Measures.SetAside.Add(1);
                        flush = [flush[0].SetAside(StoreFaults.Reason(e), time.GetUtcNow())];
                        continue;
                    }
                }
                blocked[lane] = new(blocked[lane]?.Since ?? time.GetUtcNow(), StoreFaults.Reason(e));
                LogNotStored(e, flush.Count, attempt);
                await Task.Delay(StoreFaults.PauseAfter(attempt), time, cancel);
            }
        }
    }

    /// <summary>
    /// Unhealthy, with the cause, once a writer has been unable to append for <see cref="IngestSettings.BlockedAfterSeconds"/>.
    /// </summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancel = default)
    {
        var longest = blocked.Where(b => b is not null).MinBy(b => b!.Since);
        return Task.FromResult(
            longest is null || time.GetUtcNow() - longest.Since < TimeSpan.FromSeconds(settings.Value.BlockedAfterSeconds)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"A writer has not been able to append since {longest.Since:O}: {longest.Reason}"));
    }

    async Task Flush(List<Submission> flush, Dictionary<string, AssetLedger> ledgers, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        using var activity = Traces.StartActivity(
            "append readings", ActivityKind.Internal, parentId: flush[0].TraceParent, links: LinksOf(flush));
        List<AssetAppend> appends = [];
        Dictionary<Submission, Outcome> outcomes = new(flush.Count, ReferenceEqualityComparer.Instance);
        var groups = flush.GroupBy(s => s.AssetId).ToList();
        foreach (var group in groups)
        {
            if (ledgers.TryGetValue(group.Key, out var known) && known.Today == Streams.DayOf(now)) continue;
            ledgers[group.Key] = await AssetLedger.Load(
                group.Key, group.First().Asset, log, rejections, now, settings.Value.FutureTolerance, cancel);
        }
        foreach (var group in groups)
        {
            var ledger = ledgers[group.Key];
            var additions = await Deduplicate.Apply(
                [.. group], ledger, settings.Value.RejectionQuota, late => ledger.LookUp(late, log, now, cancel), now, outcomes);
            Measures.NotKept.Add(additions.OverQuota);
            if (additions.Readings.Count > 0 || additions.RejectedEvents > 0)
                appends.Add(new(ledger, additions));
        }
        var started = Stopwatch.GetTimestamp();
        var batches = appends.Count == 0 ? [] : await append.Append(appends, cancel);
        Measures.AppendDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        Complete(flush, appends, batches, ledgers, outcomes);
    }

    void Complete(List<Submission> flush, List<AssetAppend> appends, IReadOnlyList<Contracts.Messages.AnnouncedBatch> batches,
        Dictionary<string, AssetLedger> ledgers, Dictionary<Submission, Outcome> outcomes)
    {
        Dictionary<string, long> positions = [];
        foreach (var batch in batches)
        {
            ledgers[batch.AssetId].Appended(batch.Version, batch.Batch!);
            positions[batch.AssetId] = batch.Position;
        }
        foreach (var written in appends)
        {
            Measures.EventReadings.Record(written.Additions.Readings.Count);
            written.Ledger.Rejected(written.Additions.RejectedEvents);
            use.Appended(written, batches.Where(b => b.AssetId == written.Ledger.AssetId));
        }
        announce.Announce(batches);
        foreach (var submission in flush)
        {
            var outcome = outcomes[submission] with { Position = positions.GetValueOrDefault(submission.AssetId) };
            use.Taken(submission);
            var tenant = Measures.Of(submission.Asset);
            Measures.Stored.Add(outcome.Stored, tenant);
            Measures.Duplicate.Add(outcome.Duplicates, tenant);
            Measures.Rejected.Add(outcome.Rejected, tenant);
            Measures.Pending.Add(-1);
            room.Release();
            submission.Completed(outcome);
        }
    }

    static IEnumerable<ActivityLink>? LinksOf(List<Submission> flush) => !Traces.HasListeners() ? null : flush
        .Skip(1).Take(127).Where(s => s.TraceParent is not null)
        .Select(s => ActivityContext.TryParse(s.TraceParent, null, out var context) ? new ActivityLink(context) : default)
        .Where(l => l.Context != default).ToList();

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} messages could not be appended (attempt {Attempt}); trying again")]
    partial void LogNotStored(Exception exception, int count, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "A message for {AssetId} from {Source} cannot be stored and is kept as rejected")]
    partial void LogSetAside(Exception exception, string assetId, string source);
}
