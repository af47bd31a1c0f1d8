using System.Globalization;
using Query.Api;
using Query.Assets;
using Query.Events;
using Query.Pasts;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Query.Twins;

/// <summary>
/// The fleet as of some time: the twins of all assets that were known then, each folded from the log. A page and its successors show the
/// same moment.
/// </summary>
sealed class ListPastTwins(FindPast past, FoldTwin fold, FoldPlaces places, KnownAssets assets)
{
    const string List = "past twins";

    /// <summary>Most entries of a page: each may take a hundredth of a second.</summary>
    public const int Most = 100;

    // A filter that nothing passes must not keep a place for as long as there are assets: such a page is shorter, and another follows.
    const int MostFolded = 200;

    /// <exception cref="InvalidInputException">A time in the future, a position after the end of the log, or a filter by sync.</exception>
    /// <exception cref="TooLargeException">Too many readings.</exception>
    /// <exception cref="BusyException">Too many twins are being folded.</exception>
    public async Task<Page<TwinAnswer>> Run(
        TwinFilter filter, DateTimeOffset? validAt, KnownAt? knownAt, int? limit, string? cursor, CancellationToken cancel)
    {
        if (filter.Sync is { Length: > 0 } sync)
            throw new InvalidInputException(
                "sync", sync, "no such filter together with validAt or knownAt: past lists are without estimates");
        var size = Paging.Limit(limit ?? Most, Most);
        var (after, moment) = await Begin(validAt, knownAt, cursor, cancel);
        using var place = await places.Enter(cancel);
        List<TwinAnswer> twins = [];
        var folded = 0;
        foreach (var asset in assets.All.Where(a => !a.Model.IsPlace).SkipWhile(a => string.CompareOrdinal(a.Id, after) <= 0))
        {
            if (twins.Count == size || folded == MostFolded) return new(twins, Cursor.Encode(List, Parts(after, moment)));
            after = asset.Id;
            if (await Twin(asset.Id, moment, cancel) is not { } twin) continue;
            folded++;
            if (filter.Matches(twin)) twins.Add(twin);
        }
        return new(twins, null);
    }

    async Task<TwinAnswer?> Twin(string assetId, PastMoment moment, CancellationToken cancel)
    {
        try
        {
            return await fold.Fold(await past.Run(assetId, moment, cancel), withEstimate: false, cancel);
        }
        catch (NotFoundException)
        {
            return null;
        }
    }

    async Task<(string After, PastMoment Moment)> Begin(
        DateTimeOffset? validAt, KnownAt? knownAt, string? cursor, CancellationToken cancel)
    {
        if (Cursor.Decode(List, 4, cursor) is not { } parts) return ("", await past.Moment(validAt, knownAt, cancel));
        return long.TryParse(parts[1], CultureInfo.InvariantCulture, out var valid)
            && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var position)
            && long.TryParse(parts[3], CultureInfo.InvariantCulture, out var known)
            ? (parts[0], new(Micros.ToTime(valid), position, Micros.ToTime(known)))
            : throw new InvalidInputException("cursor", cursor, $"the nextCursor of an earlier page of {List}");
    }

    static string[] Parts(string after, PastMoment moment) =>
    [
        after, .. new[] { Micros.From(moment.ValidAt), moment.KnownAt, Micros.From(moment.KnownAtTime) }
            .Select(n => n.ToString(CultureInfo.InvariantCulture)),
    ];
}
