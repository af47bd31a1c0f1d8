using System.ComponentModel;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;

namespace Query.Diffs;

/// <summary>Compares a twin at two moments.</summary>
sealed class DiffTwin(CompareTwins compare, KnownAssets assets, FoldPlaces places)
{
    const int MostEvents = 200;

    /// <summary>What the moments of both sides are, in the API reference.</summary>
    public const string Sides = "Each side is a time (what was true) and a point of the log (as far as known then); at least one of from "
        + "and fromKnownAt is needed. The same time with two points of the log shows what late data has changed.";

    public const string From = "The first side as of this time, in ISO 8601: uses only readings sampled up to it.";
    public const string To = "The second side as of this time, in ISO 8601; absent: now.";

    public const string FromKnownAt =
        "The first side uses only what the log held at this point: a log position or a time in ISO 8601; absent: all.";

    public const string ToKnownAt =
        "The second side uses only what the log held at this point: a log position or a time in ISO 8601; absent: all.";

    public static void Map(IEndpointRouteBuilder twins) => twins.MapGet("/{id}/diff", (
            string id, DiffTwin diff, [Description(From)] string? from, [Description(To)] string? to,
            [Description(FromKnownAt)] string? fromKnownAt, [Description(ToKnownAt)] string? toKnownAt, CancellationToken cancel) =>
            diff.Run(
                id, new(Input.Time("from", from), KnownAt.Parse("fromKnownAt", fromKnownAt)),
                new(Input.Time("to", to), KnownAt.Parse("toKnownAt", toKnownAt)), cancel))
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status429TooManyRequests)
        .WithName("diffTwin").WithSummary("What differs between a twin at two moments, and why").WithDescription(Sides);

    /// <exception cref="NotFoundException">The asset was not known at one of the moments.</exception>
    /// <exception cref="InvalidInputException">No first side, a time in the future, or a position after the end of the log.</exception>
    /// <exception cref="TooLargeException">Too many readings.</exception>
    /// <exception cref="BusyException">Too many twins are being folded.</exception>
    public async Task<TwinDiff> Run(string assetId, AskedMoment from, AskedMoment to, CancellationToken cancel)
    {
        var asset = assets.Get(assetId);
        var moments = await compare.Moments(from, to, cancel);
        using var place = await places.Enter(cancel);
        var before = await Side(assetId, moments.From, cancel) ?? throw NotYet.Asset(asset, moments.From, "from", "fromKnownAt");
        var after = await Side(assetId, moments.To, cancel) ?? throw NotYet.Asset(asset, moments.To, "to", "toKnownAt");
        var (events, hasMore) = (await compare.Between([assetId], moments.From, moments.To, MostEvents, cancel))[assetId];
        return TwinDiff.Of(before, after, events, hasMore);
    }

    async Task<DiffSide?> Side(string assetId, PastMoment moment, CancellationToken cancel) =>
        (await compare.Side([assetId], moment, withEstimate: true, cancel)).GetValueOrDefault(assetId);
}
