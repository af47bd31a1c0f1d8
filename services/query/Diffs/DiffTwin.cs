using System.ComponentModel;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Twins;
using ServiceDefaults;

namespace Query.Diffs;

/// <summary>Compares a twin at two moments, each a pair of a time and a state of the log.</summary>
sealed class DiffTwin(FindPast past, FoldTwin fold, FoldPlaces places, PastAlarms alarms, ListEvents events)
{
    const int MostEvents = 200;

    public static void Map(IEndpointRouteBuilder twins) => twins.MapGet("/{id}/diff", (
            string id,
            DiffTwin diff,
            [Description("The first side as of this time, in ISO 8601: uses only readings sampled up to it.")] string? from,
            [Description("The second side as of this time, in ISO 8601; absent: now.")] string? to,
            [Description("The first side uses only what the log held at this point: a log position or a time in ISO 8601; absent: all.")]
            string? fromKnownAt,
            [Description("The second side uses only what the log held at this point: a log position or a time in ISO 8601; absent: all.")]
            string? toKnownAt,
            CancellationToken cancel) => diff.Run(
                id, new(Input.Time("from", from), KnownAt.Parse("fromKnownAt", fromKnownAt)),
                new(Input.Time("to", to), KnownAt.Parse("toKnownAt", toKnownAt)), cancel))
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status429TooManyRequests)
        .WithName("diffTwin").WithSummary("What differs between a twin at two moments, and why")
        .WithDescription(
            "Each side is a time (what was true) and a point of the log (as far as known then); at least one of from and fromKnownAt is "
                + "needed. The same time with two points of the log shows what late data has changed.");

    /// <exception cref="NotFoundException">The asset was not known at one of the moments.</exception>
    /// <exception cref="InvalidInputException">No first side, a time in the future, or a position after the end of the log.</exception>
    /// <exception cref="TooLargeException">Too many readings.</exception>
    /// <exception cref="BusyException">Too many twins are being folded.</exception>
    public async Task<TwinDiff> Run(string assetId, AskedMoment from, AskedMoment to, CancellationToken cancel)
    {
        if (from is { ValidAt: null, KnownAt: null })
            throw new InvalidInputException("from", null, $"{Input.AllowedTime}, or fromKnownAt instead");
        var (before, after) = (await Find(assetId, from, "from", cancel), await Find(assetId, to, "to", cancel));
        using var place = await places.Enter(cancel);
        var sides = (From: await Side(before, cancel), To: await Side(after, cancel));
        var (between, hasMore) = await Between(before, after, cancel);
        return TwinDiff.Of(sides.From, sides.To, between, hasMore);
    }

    async Task<PastAsset> Find(string assetId, AskedMoment asked, string name, CancellationToken cancel) =>
        await past.Run(assetId, await past.Moment(asked.ValidAt, asked.KnownAt, cancel, name, $"{name}KnownAt"), cancel);

    async Task<DiffSide> Side(PastAsset asset, CancellationToken cancel) => new(
        asset, await fold.Fold(asset, withEstimate: true, cancel), await alarms.All([asset.Id], asset.Moment, cancel));

    async Task<(List<LogEvent> Events, bool HasMore)> Between(PastAsset from, PastAsset to, CancellationToken cancel)
    {
        string[] streams = [Streams.Asset(to.Id), Streams.Twin(to.Id), Streams.Calibration(to.Id), Streams.Correction(to.Id)];
        var earliest = (from.ValidAt < to.ValidAt ? from : to).ValidAt - Streams.ClocksApart;
        List<LogEvent> between = [];
        await foreach (var e in events.Of(
            streams, Math.Min(from.KnownAt, to.KnownAt), earliest, Math.Max(from.KnownAt, to.KnownAt), cancel))
        {
            if (Belongs(e, from.Moment) == Belongs(e, to.Moment)) continue;
            if (between.Count == MostEvents) return (between, true);
            between.Add(e);
        }
        return (between, false);
    }

    static bool Belongs(LogEvent e, PastMoment moment) =>
        e.Position <= moment.KnownAt && (PastEvents.HappenedAt(e.Type, e.Data) ?? e.RecordedAt) <= moment.ValidAt;
}

/// <summary>A moment as it is asked for; null means the present.</summary>
readonly record struct AskedMoment(DateTimeOffset? ValidAt, KnownAt? KnownAt);
