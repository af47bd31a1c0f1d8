using System.ComponentModel;
using System.Globalization;
using Contracts.Events;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Query.CorrectedReadings;

/// <summary>Reads the corrections of an asset's readings from the log.</summary>
sealed class ListCorrections(LogReader log, KnownAssets registry, FindPast find)
{
    const string List = "corrections";

    public static void Map(IEndpointRouteBuilder corrections)
    {
        corrections.MapGet("", (
                string id,
                ListCorrections list,
                [Description(KnownAt.Meaning)] string? knownAt,
                [Description("1 to 500, default 100.")] int? limit,
                [Description(AskedList.MeaningAt)] string? cursor,
                CancellationToken cancel) => list.Run(id, KnownAt.Parse(knownAt), limit, cursor, cancel))
            .WithName("listCorrections").WithSummary("Corrections of an asset's readings, newest first");
        corrections.MapGet("/{correctionId}", (
                string id,
                string correctionId,
                ListCorrections list,
                [Description(KnownAt.Meaning)] string? knownAt,
                CancellationToken cancel) => list.Get(id, correctionId, KnownAt.Parse(knownAt), cancel))
            .WithName("getCorrection").WithSummary("A correction with its values");
    }

    /// <exception cref="NotFoundException">No such asset.</exception>
    /// <exception cref="InvalidInputException">A wrong bound, or a position after the end of the log.</exception>
    public async Task<Page<CorrectionAnswer>> Run(
        string assetId, KnownAt? knownAt, int? limit, string? cursor, CancellationToken cancel)
    {
        var size = Paging.Limit(limit);
        AskedList asked = new(List, assetId);
        var start = asked.Begin(1, cursor, null, knownAt);
        var before = asked.Number(start, cursor);
        var asset = registry.Get(assetId);
        var moment = await start.MomentOf(find, null, knownAt, cancel);
        NotYet.Check(asset, moment);
        var known = await Known(assetId, moment?.KnownAt, cancel);
        var rows = known.Where(c => c.Data is not CorrectionWithdrawn && !(c.Position >= before)).Reverse().Take(size + 1)
            .Select(c => CorrectionAnswer.Of(c, known, withValues: false)).ToList();
        return Paging.Of(rows, size, last => asked.CursorAt(moment, last.Position.ToString(CultureInfo.InvariantCulture)));
    }

    /// <exception cref="NotFoundException">No such asset or correction.</exception>
    /// <exception cref="InvalidInputException">A position after the end of the log.</exception>
    public async Task<CorrectionAnswer> Get(string assetId, string correctionId, KnownAt? knownAt, CancellationToken cancel) =>
        await Find(assetId, correctionId, knownAt, cancel) ?? throw new NotFoundException("correction", correctionId);

    /// <summary>A correction; null if there is none.</summary>
    public async Task<CorrectionAnswer?> Find(string assetId, string correctionId, KnownAt? knownAt, CancellationToken cancel)
    {
        var asset = registry.Get(assetId);
        PastMoment? moment = knownAt is null ? null : await find.Moment(null, knownAt, cancel);
        NotYet.Check(asset, moment);
        var known = await Known(assetId, moment?.KnownAt, cancel);
        return known.Find(c => c.CorrectionId == correctionId && c.Data is not CorrectionWithdrawn) is { } logged
            ? CorrectionAnswer.Of(logged, known, withValues: true)
            : null;
    }

    async Task<List<LoggedCorrection>> Known(string assetId, long? position, CancellationToken cancel) =>
        (await log.CorrectionsOf([assetId], position ?? long.MaxValue, cancel)).GetValueOrDefault(assetId, []);
}
