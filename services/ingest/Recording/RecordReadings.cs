using System.Diagnostics;
using System.Threading.Channels;
using Contracts.Events;
using JasperFx.Events;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Ingest.Recording;

/// <summary>
/// The way into the log. Submissions are collected per asset for its flush window, deduplicated, and appended, many assets in one
/// transaction; then they are completed. A writer that cannot reach the log tries again for ever; meanwhile the bounded channel fills and
/// callers wait. Memory is bounded by <see cref="IngestSettings.MostPendingMessages"/>.
/// </summary>
sealed partial class RecordReadings(
    AppendReadings append, LogReader log, RejectionLog rejections, AnnounceReadings announce, TimeProvider time, IOptions<IngestSettings> settings, ILogger<RecordReadings> logger)
    : BackgroundService
{
    const int MostReadingsPerFlush = 100_000;
    const int MostLedgersPerWriter = 20_000;
    const int MessagesOfABusyFlush = 100;

    static readonly TimeSpan LongestWindow = TimeSpan.FromMilliseconds(500);

    static readonly ActivitySource Traces = new("ingest");

    readonly Channel<Submission>[] lanes = [.. Enumerable.Range(0, settings.Value.Writers).Select(_ => Channel.CreateBounded<Submission>(
        new BoundedChannelOptions(Math.Max(1, settings.Value.MostPendingMessages / settings.Value.Writers)) { SingleReader = true }))];

    /// <summary>Hands a submission over; waits while the log is slow.</summary>
    public ValueTask Submit(Submission submission, CancellationToken cancel)
    {
        Measures.Pending.Add(1);
        return lanes[Slots.Of(submission.AssetId) % lanes.Length].Writer.WriteAsync(submission, cancel);
    }

    /// <summary>Hands a submission over and waits for its commit.</summary>
    public async Task<Outcome> Record(RegisteredAsset asset, IReadOnlyList<Reading> readings, ReadingsRejected? rejection, Payload payload, string? traceParent, CancellationToken cancel)
    {
        var completion = new TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        await Submit(new(asset.Id, asset, readings, rejection, payload, traceParent, completion.SetResult), cancel);
        return await completion.Task.WaitAsync(cancel);
    }

    protected override Task ExecuteAsync(CancellationToken cancel) => Task.WhenAll(lanes.Select(lane => Task.Run(() => Write(lane.Reader, cancel), cancel)));

    TimeSpan Window => TimeSpan.FromMilliseconds(settings.Value.FlushWindowMilliseconds);

    /// <summary>Submissions of one asset waiting for the end of its window.</summary>
    sealed class Waiting(DateTimeOffset dueAt)
    {
        public DateTimeOffset DueAt { get; } = dueAt;

        public List<Submission> Submissions { get; } = [];

        public int Readings { get; set; }
    }

    async Task Write(ChannelReader<Submission> submissions, CancellationToken cancel)
    {
        Dictionary<string, AssetLedger> ledgers = [];
        Dictionary<string, Waiting> waiting = [];
        var atLeast = TimeSpan.Zero;
        while (!cancel.IsCancellationRequested)
        {
            if (waiting.Count == 0) await submissions.WaitToReadAsync(cancel);
            Collect(submissions, waiting, atLeast);
            var now = time.GetUtcNow();
            var wait = waiting.Values.Min(w => w.DueAt) - now;
            if (wait > TimeSpan.Zero && waiting.Values.Sum(w => w.Readings) < MostReadingsPerFlush)
            {
                await Task.Delay(wait < TimeSpan.FromMilliseconds(10) ? wait : TimeSpan.FromMilliseconds(10), time, cancel);
                continue;
            }
            var flush = TakeDue(waiting, now + (atLeast > Window ? atLeast : Window));
            var started = Stopwatch.GetTimestamp();
            await FlushUntilStored(flush, ledgers, cancel);
            // Under load fewer and larger events: collecting takes twice as long as the last append did. A single slow append is no load.
            atLeast = flush.Count < MessagesOfABusyFlush ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Min(LongestWindow.Ticks, 2 * Stopwatch.GetElapsedTime(started).Ticks));
            if (ledgers.Count > MostLedgersPerWriter) ledgers.Clear();
        }
    }

    // The first one due, and whatever else is due soon: one transaction and few messages for many assets.
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
        var readings = waiting.Values.Sum(w => w.Readings);
        while (readings < MostReadingsPerFlush && submissions.TryRead(out var submission))
        {
            if (!waiting.TryGetValue(submission.AssetId, out var group))
            {
                var window = submission.Asset?.Model.FlushWindow ?? Window;
                waiting[submission.AssetId] = group = new(time.GetUtcNow() + (window > atLeast ? window : atLeast));
            }
            group.Submissions.Add(submission);
            group.Readings += submission.Readings.Count;
            readings += submission.Readings.Count + 1;
        }
    }

    async Task FlushUntilStored(List<Submission> flush, Dictionary<string, AssetLedger> ledgers, CancellationToken cancel)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await Flush(flush, ledgers, cancel);
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
            {
                // Whatever happened, the log decides: what these assets' streams hold is read again before the next attempt.
                foreach (var assetId in flush.Select(s => s.AssetId).Distinct()) ledgers.Remove(assetId);
                if (e is EventStreamUnexpectedMaxEventIdException or ExistingStreamIdCollisionException || attempt < 2 && e.Message.Contains("duplicate key", StringComparison.Ordinal))
                {
                    Measures.Conflicts.Add(1);
                    continue;
                }
                LogNotStored(e, flush.Count, attempt);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(5_000, 100 * Math.Pow(2, Math.Min(attempt, 10)))), time, cancel);
            }
        }
    }

    async Task Flush(List<Submission> flush, Dictionary<string, AssetLedger> ledgers, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        using var activity = Traces.StartActivity("append readings", ActivityKind.Internal, parentId: flush[0].TraceParent, links: LinksOf(flush));
        List<AssetAppend> appends = [];
        Dictionary<Submission, Outcome> outcomes = new(flush.Count, ReferenceEqualityComparer.Instance);
        foreach (var group in flush.GroupBy(s => s.AssetId))
        {
            if (!ledgers.TryGetValue(group.Key, out var ledger) || ledger.Today != Streams.DayOf(now))
            {
                var asset = group.First().Asset;
                ledgers[group.Key] = ledger = await AssetLedger.Load(group.Key, asset, log, rejections, now, settings.Value.FutureTolerance, cancel);
            }
            var next = await Deduplicate([.. group], ledger, now, outcomes, cancel);
            if (next.Readings.Count > 0 || next.Rejections.Count > 0) appends.Add(next);
        }
        var started = Stopwatch.GetTimestamp();
        var batches = appends.Count == 0 ? [] : await append.Append(appends, cancel);
        Measures.AppendDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        Complete(flush, appends, batches, ledgers, outcomes);
    }

    void Complete(List<Submission> flush, List<AssetAppend> appends, IReadOnlyList<Contracts.Messages.AnnouncedBatch> batches, Dictionary<string, AssetLedger> ledgers, Dictionary<Submission, Outcome> outcomes)
    {
        Dictionary<string, long> positions = [];
        foreach (var batch in batches)
        {
            ledgers[batch.AssetId].Appended(batch.Version, batch.Batch!);
            positions[batch.AssetId] = batch.Position;
        }
        foreach (var written in appends) Measures.EventReadings.Record(written.Readings.Count);
        announce.Announce(batches);
        foreach (var submission in flush)
        {
            var outcome = outcomes[submission] with { Position = positions.GetValueOrDefault(submission.AssetId) };
            Measures.Stored.Add(outcome.Stored);
            Measures.Duplicate.Add(outcome.Duplicates);
            Measures.Rejected.Add(outcome.Rejected);
            Measures.Pending.Add(-1);
            submission.Completed(outcome);
        }
    }

    async Task<AssetAppend> Deduplicate(List<Submission> submissions, AssetLedger ledger, DateTimeOffset now, Dictionary<Submission, Outcome> outcomes, CancellationToken cancel)
    {
        // Judged before anything of this flush is remembered: remembering new readings forgets old ones, which then nobody looked up.
        List<Knowledge> remembered = [];
        List<Reading> late = [];
        foreach (var submission in submissions)
        {
            foreach (var reading in submission.Readings)
            {
                var knowledge = ledger.Known.Check(reading);
                remembered.Add(knowledge);
                if (knowledge == Knowledge.Unknown) late.Add(reading);
            }
        }
        var logged = await ledger.LookUp(late, log, now, cancel);
        List<Reading> stored = [];
        List<ReadingsRejected> rejected = [];
        var (duplicates, next) = (0, 0);
        foreach (var submission in submissions)
        {
            var outcome = new Outcome();
            List<Reading> conflicts = [];
            foreach (var reading in submission.Readings)
            {
                switch (Check(reading, remembered[next++], logged))
                {
                    case Knowledge.New:
                        stored.Add(reading);
                        // Noted at once, so that the rest of this flush is checked against it; a failed append forgets the ledger.
                        ledger.Known.Add(reading);
                        logged[(reading.Sensor, reading.SampledAt)] = reading.Value;
                        outcome = outcome with { Stored = outcome.Stored + 1 };
                        break;
                    case Knowledge.Duplicate:
                        outcome = outcome with { Duplicates = outcome.Duplicates + 1 };
                        break;
                    default:
                        conflicts.Add(reading);
                        break;
                }
            }
            duplicates += outcome.Duplicates;
            if (Rejection(submission, conflicts, now) is { } rejection)
            {
                var isNew = ledger.TakeDigest(rejection.Digest);
                if (isNew) rejected.Add(rejection);
                outcome = isNew ? outcome with { Rejected = rejection.Readings } : outcome with { Duplicates = outcome.Duplicates + rejection.Readings };
            }
            outcomes[submission] = outcome;
        }
        return new(ledger.AssetId, ledger.Today, ledger.Version, stored, duplicates, rejected, submissions.FirstOrDefault(s => s.TraceParent is not null)?.TraceParent);
    }

    // What is in 'logged' lies in the log already, or comes with this flush.
    static Knowledge Check(in Reading reading, Knowledge remembered, Dictionary<(ushort, long), double> logged)
    {
        if (logged.TryGetValue((reading.Sensor, reading.SampledAt), out var value))
            return BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(reading.Value) ? Knowledge.Duplicate : Knowledge.Conflict;
        return remembered == Knowledge.Unknown ? Knowledge.New : remembered;
    }

    static RejectionReason Conflict(in Reading reading, RegisteredAsset asset) => new(
        "conflicting-value",
        $"{asset.Model.Sensor(reading.Sensor)?.Id} sampled at {Micros.ToTime(reading.SampledAt):O} is {reading.Value} here and another value in the log; allowed: one value per sensor and sample time");

    static ReadingsRejected? Rejection(Submission submission, List<Reading> conflicts, DateTimeOffset now)
    {
        if (conflicts.Count == 0) return submission.Rejection;
        List<RejectionReason> reasons = [.. conflicts.Take(Rejections.MostReasons).Select(r => Conflict(r, submission.Asset!))];
        if (submission.Rejection is { } more)
            return more with { Readings = more.Readings + conflicts.Count, Reasons = [.. more.Reasons.Concat(reasons).Take(Rejections.MostReasons)] };
        var payload = submission.Payload.Bytes.IsEmpty ? Payload.Rewritten(submission.Asset!, conflicts) : submission.Payload;
        return Rejections.Of(submission.AssetId, payload.Source, payload.Bytes, conflicts.Count, reasons, now);
    }

    static IEnumerable<ActivityLink>? LinksOf(List<Submission> flush) => !Traces.HasListeners() ? null : flush
        .Skip(1).Take(127).Where(s => s.TraceParent is not null)
        .Select(s => ActivityContext.TryParse(s.TraceParent, null, out var context) ? new ActivityLink(context) : default)
        .Where(l => l.Context != default).ToList();

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} messages could not be appended (attempt {Attempt}); trying again")]
    partial void LogNotStored(Exception exception, int count, int attempt);
}
