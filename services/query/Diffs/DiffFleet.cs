using System.ComponentModel;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Diffs;

/// <summary>An asset that differs between two moments.</summary>
/// <param name="AssetId">Id of the asset.</param>
sealed record AssetDiff(
    string AssetId,
    [property: Description("both; or from or to, when the asset was known on that side only.")] string KnownOn,
    [property: Description("What differs, without estimates and with at most 20 events; null when it was known on one side only.")]
    TwinDiff? Diff);

/// <summary>Compares the twins of the whole fleet at two moments.</summary>
sealed class DiffFleet(CompareTwins compare, KnownAssets assets, FoldPlaces places, TimeProvider time)
{
    const string List = "fleet diff";
    const int AtOnce = 50;
    const int MostCompared = 1000;
    const int MostEvents = 20;

    static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/twins:diff", (
            DiffFleet diff, [Description(DiffTwin.From)] string? from, [Description(DiffTwin.To)] string? to,
            [Description(DiffTwin.FromKnownAt)] string? fromKnownAt, [Description(DiffTwin.ToKnownAt)] string? toKnownAt,
            [Description("Part of the asset's id or name.")] string? search,
            [Description("1 to 500, default 100.")] int? limit,
            [Description(AskedList.MeaningAt)] string? cursor,
            CancellationToken cancel) => diff.Run(
                new(Input.Time("from", from), KnownAt.Parse("fromKnownAt", fromKnownAt)),
                new(Input.Time("to", to), KnownAt.Parse("toKnownAt", toKnownAt)), search, limit, cursor, cancel))
        .WithTags("Twins").ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status429TooManyRequests)
        .WithName("diffFleet").WithSummary("The assets that differ between two moments, what differs and why")
        .WithDescription($"{DiffTwin.Sides} By asset id; a page may hold fewer than its limit and have a next one.");

    /// <exception cref="InvalidInputException">No first side, a time in the future, or a position after the end of the log.</exception>
    /// <exception cref="TooLargeException">Too many readings.</exception>
    /// <exception cref="BusyException">Too many twins are being folded.</exception>
    public async Task<Page<AssetDiff>> Run(
        AskedMoment from, AskedMoment to, string? search, int? limit, string? cursor, CancellationToken cancel)
    {
        var size = Paging.Limit(limit);
        AskedList asked = new(List, search);
        var (after, before, then) = await Begin(asked, from, to, cursor, cancel);
        using var place = await places.Enter(cancel);
        var machine = AssetModel.KindName(isPlace: false);
        var ids = assets.SummariesAfter(after).Where(a => a.Kind == machine && a.Matches(search)).Select(a => a.Id).ToList();
        var (differing, began, done) = (new List<AssetDiff>(), time.GetTimestamp(), 0);
        while (done < ids.Count && differing.Count < size && done < MostCompared
            && (done == 0 || time.GetElapsedTime(began) < LongEnough))
        {
            var next = ids.Slice(done, Math.Min(Math.Min(AtOnce, size - differing.Count), ids.Count - done));
            differing.AddRange(await Compare(next, before, then, cancel));
            done += next.Count;
        }
        return new(differing, done == ids.Count ? null : asked.Cursor([ids[done - 1], .. before.Parts(), .. then.Parts()]));
    }

    async Task<IEnumerable<AssetDiff>> Compare(List<string> ids, PastMoment from, PastMoment to, CancellationToken cancel)
    {
        var before = await compare.Side(ids, from, withEstimate: false, cancel);
        var after = await compare.Side(ids, to, withEstimate: false, cancel);
        var between = await compare.Between([.. before.Keys.Intersect(after.Keys)], from, to, MostEvents, cancel);
        return ids.Select(id => (before.GetValueOrDefault(id), after.GetValueOrDefault(id)) switch
        {
            ({ } b, { } a) when TwinDiff.Of(b, a, between[id].Events, between[id].HasMore) is { Differs: true } diff =>
                new AssetDiff(id, "both", diff),
            ({ }, null) => new(id, "from", null),
            (null, { }) => new(id, "to", null),
            _ => null,
        }).OfType<AssetDiff>();
    }

    async Task<(string? After, PastMoment From, PastMoment To)> Begin(
        AskedList asked, AskedMoment from, AskedMoment to, string? cursor, CancellationToken cancel)
    {
        if (asked.After(1 + 2 * PastMoment.PartCount, cursor) is [var after, .. var parts])
        {
            return (after,
                PastMoment.Parse(parts, cursor, List).Continued(from.ValidAt, from.KnownAt, "from", "fromKnownAt"),
                PastMoment.Parse(parts.AsSpan(PastMoment.PartCount), cursor, List).Continued(to.ValidAt, to.KnownAt, "to", "toKnownAt"));
        }
        var moments = await compare.Moments(from, to, cancel);
        return (null, moments.From, moments.To);
    }
}
