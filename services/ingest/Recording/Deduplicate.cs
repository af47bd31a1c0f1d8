using Contracts.Events;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Ingest.Recording;

/// <summary>What some submissions of one asset add to the log.</summary>
/// <param name="Readings">New ones.</param>
/// <param name="Duplicates">Readings left out.</param>
/// <param name="Rejections">New ones.</param>
sealed record Additions(List<Reading> Readings, int Duplicates, List<ReadingsRejected> Rejections);

/// <summary>
/// Decides which readings of a flush are new, by what the ledger remembers and, for readings older than that, by the log.
/// </summary>
static class Deduplicate
{
    /// <summary>Remembers what is new; a failed append must forget the ledger.</summary>
    /// <param name="submissions">Of one asset, in the order of their arrival.</param>
    /// <param name="ledger">The asset's.</param>
    /// <param name="lookUp">Reads from the log what it holds of some readings' identities.</param>
    /// <param name="now">The clock.</param>
    /// <param name="outcomes">Receives what became of each submission.</param>
    public static async Task<Additions> Apply(
        IReadOnlyList<Submission> submissions, AssetLedger ledger, Func<IReadOnlyList<Reading>, Task<Dictionary<(ushort, long),
        double>>> lookUp, DateTimeOffset now,
        Dictionary<Submission, Outcome> outcomes)
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
                        // Noted at once, so that the rest of this flush is checked against it.
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
            if (Rejection(submission, conflicts, now) is { } rejection)
            {
                var isNew = !submission.IsReplay && ledger.TakeDigest(rejection.Digest);
                if (isNew) additions.Rejections.Add(rejection);
                if (submission.IsReplay) outcome = outcome with { Rejected = rejection.Readings, Reasons = rejection.Reasons };
                else if (isNew) outcome = outcome with { Rejected = rejection.Readings };
                else outcome = outcome with { Duplicates = outcome.Duplicates + rejection.Readings };
            }
            outcomes[submission] = outcome;
        }
        return additions;
    }

    // What is in 'logged' lies in the log already, or comes with this flush.
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
            + "value per sensor and sample time");

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
