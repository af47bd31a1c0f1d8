using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;

namespace Query.Twins;

/// <summary>
/// The fleet as of some time: the twins of all assets that were known then, each folded from the log. A page and its successors show the
/// same moment.
/// </summary>
sealed class ListPastTwins(FindPast past, FoldTwin fold, FoldPlaces places, KnownAssets assets, TimeProvider time)
{
    const string List = "past twins";

    const int AtOnce = 100;

    // A filter that nothing passes must not keep a place for as long as there are assets: such a page is shorter, and another follows.
    const int MostFolded = 1000;

    // Nor must twins without checkpoints: some seconds of work.
    static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(5);

    /// <exception cref="InvalidInputException">A time in the future, a position after the end of the log, or a filter by sync.</exception>
    /// <exception cref="TooLargeException">Too many readings.</exception>
    /// <exception cref="BusyException">Too many twins are being folded.</exception>
    public async Task<Page<TwinAnswer>> Run(
        TwinFilter filter, DateTimeOffset? validAt, KnownAt? knownAt, int? limit, string? cursor, CancellationToken cancel)
    {
        if (filter.Sync is { Length: > 0 } sync)
            throw new InvalidInputException(
                "sync", sync, "no such filter together with validAt or knownAt: past lists are without estimates");
        var size = Paging.Limit(limit);
        var asked = filter.Of(List);
        var start = asked.Begin(1, cursor, validAt, knownAt);
        var after = start.After?[0] ?? "";
        var moment = start.Moment ?? await past.Moment(validAt, knownAt, cancel);
        using var place = await places.Enter(cancel);
        var ids = assets.All.Where(a => !a.Model.IsPlace).Select(a => a.Id).SkipWhile(id => string.CompareOrdinal(id, after) <= 0).ToList();
        var (twins, began, done) = (new List<TwinAnswer>(), time.GetTimestamp(), 0);
        while (done < ids.Count && twins.Count < size && done < MostFolded && (done == 0 || time.GetElapsedTime(began) < LongEnough))
        {
            // No more than fit, so that none is folded in vain.
            var next = ids.Slice(done, Math.Min(Math.Min(AtOnce, size - twins.Count), ids.Count - done));
            var found = await fold.FoldAll(await past.All(next, moment, cancel), withEstimate: false, cancel);
            twins.AddRange(found.OfType<TwinAnswer>().Where(filter.Matches));
            done += next.Count;
        }
        return new(twins, done == ids.Count ? null : asked.CursorAt(moment, ids[done - 1]));
    }

    /// <summary>Whether a cursor is one of a past page.</summary>
    public static bool Continues(string? cursor) => Cursor.HasParts(List, 2 + PastMoment.PartCount, cursor);
}
