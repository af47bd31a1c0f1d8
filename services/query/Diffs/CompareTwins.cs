using Contracts.Events;
using Contracts.Messages;
using Query.Api;
using Query.Events;
using Query.Health;
using Query.Pasts;
using Query.Twins;
using ServiceDefaults;

namespace Query.Diffs;

/// <summary>A moment as it is asked for; null means the present.</summary>
readonly record struct AskedMoment(DateTimeOffset? ValidAt, KnownAt? KnownAt);

/// <summary>Compares twins at two moments, each a pair of a time and a state of the log.</summary>
sealed class CompareTwins(FindPast past, FoldTwin fold, PastAlarms alarms, PastParts parts, ListEvents events)
{
    /// <summary>The two moments.</summary>
    /// <exception cref="InvalidInputException">No first side, a time in the future, or a position after the end of the log.</exception>
    public async Task<(PastMoment From, PastMoment To)> Moments(AskedMoment from, AskedMoment to, CancellationToken cancel)
    {
        if (from is { ValidAt: null, KnownAt: null })
            throw new InvalidInputException("from", null, $"{Input.AllowedTime}, or fromKnownAt instead");
        return (await past.Moment(from.ValidAt, from.KnownAt, cancel, "from", "fromKnownAt"),
            await past.Moment(to.ValidAt, to.KnownAt, cancel, "to", "toKnownAt"));
    }

    /// <summary>Some assets on one side; those of which nothing was known then are left out. The caller has a place.</summary>
    /// <exception cref="TooLargeException">Too many readings.</exception>
    public async Task<Dictionary<string, DiffSide>> Side(
        IReadOnlyList<string> assetIds, PastMoment moment, bool withEstimate, CancellationToken cancel)
    {
        var known = await past.All(assetIds, moment, cancel);
        var twins = await fold.FoldAll(known, withEstimate, cancel);
        var raised = (await alarms.All(known.Select(a => a.Id), moment, cancel)).Values.ToLookup(a => a.AssetId);
        var worn = (await parts.Of(known.Select(a => (a.Id, a.Model)), moment, cancel)).ToLookup(p => p.AssetId);
        return known.Zip(twins).Where(k => k.Second is not null).ToDictionary(
            k => k.First.Id, k => new DiffSide(k.First, k.Second!, raised[k.First.Id].ToDictionary(a => a.Id), [.. worn[k.First.Id]]));
    }

    /// <summary>
    /// The events about assets and their relationships, other than readings, that belong to one of the moments only, in log order, up to a
    /// number for each asset; whether there are more.
    /// </summary>
    public async Task<Dictionary<string, (List<LogEvent> Events, bool HasMore)>> Between(
        IReadOnlyCollection<string> assetIds, PastMoment from, PastMoment to, int most, CancellationToken cancel)
    {
        string[] streams = [Streams.Graph, .. assetIds.SelectMany(id =>
            (string[])[Streams.Asset(id), Streams.Twin(id), Streams.Calibration(id), Streams.Correction(id)])];
        var earliest = (from.ValidAt < to.ValidAt ? from : to).ValidAt - Streams.ClocksApart;
        var found = assetIds.ToDictionary(id => id, _ => (Events: new List<LogEvent>(), HasMore: false));
        await foreach (var e in events.Of(
            streams, Math.Min(from.KnownAt, to.KnownAt), earliest, Math.Max(from.KnownAt, to.KnownAt), cancel))
        {
            foreach (var asset in About(e).Where(found.ContainsKey))
            {
                if (Belongs(e, from) == Belongs(e, to) || found[asset].HasMore) continue;
                if (found[asset].Events.Count == most) found[asset] = found[asset] with { HasMore = true };
                else found[asset].Events.Add(e);
            }
        }
        return found;
    }

    // A relationship is about both its ends.
    static IEnumerable<string> About(LogEvent e) => e.Stream == Streams.Graph
        ? new[] { "source", "target" }.Select(end => e.Data?[end]?.ToString()).OfType<string>().Distinct()
        : [Streams.AssetOf(e.Stream)];

    // What changes what is known of a time belongs to all that was known afterwards.
    static bool Belongs(LogEvent e, PastMoment moment) =>
        e.Position <= moment.KnownAt
            && (Revising.Contains(e.Type) || (PastEvents.HappenedAt(e.Type, e.Data) ?? e.RecordedAt) <= moment.SampledUpTo);

    static readonly HashSet<string> Revising =
    [
        .. new[]
        {
            typeof(ReadingsCorrected), typeof(ReadingsRetracted), typeof(CorrectionWithdrawn), typeof(TwinRevised), typeof(AlarmWithdrawn),
        }.Select(t => EventLog.EventNames[t]),
    ];
}
