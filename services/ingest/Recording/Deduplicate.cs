using Contracts.Events;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Ingest.Recording;

/// <summary>What the submissions of one asset add to the log.</summary>
/// <param name="Readings">New readings.</param>
/// <param name="Duplicates">Number of readings omitted.</param>
/// <param name="Parts">What each submission that adds something adds, in order.</param>
sealed record Additions(List<Reading> Readings, int Duplicates, List<Addition> Parts)
{
    /// <summary>New rejections.</summary>
    public IReadOnlyList<ReadingsRejected> Rejections => [.. Parts.Select(p => p.Rejection).OfType<ReadingsRejected>()];

    /// <summary>Rejections that are only counted.</summary>
    public int OverQuota { get; init; }

    /// <summary>That more was rejected than is kept; null: nothing new about it.</summary>
    public RejectionsNotKept? NotKept { get; init; }

    /// <summary>How many events they are in the stream of rejections.</summary>
    public int RejectedEvents => Parts.Count(p => p.Rejection is not null) + (NotKept is null ? 0 : 1);
}

/// <summary>What one submission adds to the log.</summary>
/// <param name="Of">The submission.</param>
/// <param name="Readings">Number of its new readings, which follow those of the submission before.</param>
/// <param name="Rejection">Its rejection if that is new, or null.</param>
readonly record struct Addition(Submission Of, int Readings, ReadingsRejected? Rejection);

/// <summary>
/// Decides which readings of a flush are new, using the ledger's memory and, for older readings, the log.
/// </summary>
static class Deduplicate
{
    /// <summary>Adds new readings to the ledger's memory; after a failed append the ledger must be discarded.</summary>
    /// <param name="submissions">Submissions of one asset, in order of arrival.</param>
    /// <param name="ledger">The asset's ledger.</param>
    /// <param name="quota">How many rejections are kept.</param>
    /// <param name="lookUp">Reads from the log what it holds for the given readings.</param>
    /// <param name="now">Current time.</param>
    /// <param name="outcomes">Receives the outcome of each submission.</param>
    public static async Task<Additions> Apply(
        IReadOnlyList<Submission> submissions, AssetLedger ledger, RejectionQuota quota,
        Func<IReadOnlyList<Reading>, Task<Dictionary<(ushort, long), double>>> lookUp, DateTimeOffset now,
        Dictionary<Submission, Outcome> outcomes)
    {
        // Checked before anything of this flush is remembered: new readings evict old ones, which would then not be looked up in the log.
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
        var logged = late.Count == 0 ? [] : await lookUp(late);
        var additions = new Additions([], 0, []);
        var next = 0;
        foreach (var submission in submissions)
        {
            var outcome = new Outcome();
            List<Reading> conflicts = [];
            foreach (var reading in submission.Readings)
            {
                switch (Check(reading, remembered[next++], logged))
                {
                    case Knowledge.New:
                        additions.Readings.Add(reading);
                        // Remembered at once, so that the rest of this flush is checked against it.
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
            additions = additions with { Duplicates = additions.Duplicates + outcome.Duplicates };
            var isNew = false;
            var rejection = Rejection(submission, conflicts, now);
            if (rejection is not null)
            {
                isNew = !submission.IsReplay && ledger.TakeDigest(rejection.Digest);
                if (submission.IsReplay) outcome = outcome with { Rejected = rejection.Readings, Reasons = rejection.Reasons };
                else if (isNew) outcome = outcome with { Rejected = rejection.Readings };
                else outcome = outcome with { Duplicates = outcome.Duplicates + rejection.Readings };
                if (isNew && !ledger.Rejections.Take(rejection, quota))
                {
                    isNew = false;
                    additions = additions with { OverQuota = additions.OverQuota + 1 };
                }
            }
            if (outcome.Stored > 0 || isNew) additions.Parts.Add(new(submission, outcome.Stored, isNew ? rejection : null));
            outcomes[submission] = outcome;
        }
        return additions with { NotKept = ledger.Rejections.Notice(ledger.AssetId, now) };
    }

    // 'logged' holds what is already in the log and what this flush adds.
    static Knowledge Check(in Reading reading, Knowledge remembered, Dictionary<(ushort, long), double> logged)
    {
        if (logged.TryGetValue((reading.Sensor, reading.SampledAt), out var value))
            return BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(reading.Value)
                ? Knowledge.Duplicate
                : Knowledge.Conflict;
        return remembered == Knowledge.Unknown ? Knowledge.New : remembered;
    }

    static RejectionReason Conflict(in Reading reading, RegisteredAsset asset) => new(
        "conflicting-value",
        $"{asset.Model.Sensor(reading.Sensor)?.Id} sampled at {Micros.ToTime(reading.SampledAt):O} is "
            + $"{(reading.ValueOrNull is { } value ? $"{value}" : "without a value")} here and another value in the log; allowed: one "
            + $"value per sensor and sample time; the one in the log can be corrected: POST /api/v1/twins/{asset.Id}/corrections");

    static ReadingsRejected? Rejection(Submission submission, List<Reading> conflicts, DateTimeOffset now)
    {
        if (conflicts.Count == 0) return submission.Rejection;
        List<RejectionReason> reasons = [.. conflicts.Take(Rejections.MostReasons).Select(r => Conflict(r, submission.Asset!))];
        if (submission.Rejection is { } more)
            return more with
            {
                Readings = more.Readings + conflicts.Count,
                Reasons = [.. more.Reasons.Concat(reasons).Take(Rejections.MostReasons)],
            };
        var payload = submission.Payload.Bytes.IsEmpty ? Payload.Rewritten(submission.Asset!, conflicts) : submission.Payload;
        return Rejections.Of(submission.AssetId, payload.Source, payload.Bytes, conflicts.Count, reasons, submission.ReceivedAt ?? now);
    }
}
