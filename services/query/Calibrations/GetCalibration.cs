using System.ComponentModel;
using Contracts.Calibrations;
using Query.Events;
using Query.Pasts;
using ServiceDefaults;
using TwinModel.Calibration;

namespace Query.Calibrations;

/// <summary>A calibration now, or as the log knew it at some position.</summary>
sealed class GetCalibration(SavedCalibrations saved, FindPast find, PastEvents events)
{
    public static void Map(IEndpointRouteBuilder calibrations) => calibrations
        .MapGet("/{id}", (
                string id,
                GetCalibration get,
                [Description(KnownAt.Meaning)] string? knownAt,
                CancellationToken cancel) => get.Run(id, KnownAt.Parse(knownAt), cancel))
        .WithName("getCalibration").WithSummary("A calibration: the question, what was learned, and whether it is in force")
        .WithDescription(
            "The result has every parameter before and after with its 5 % and 95 % quantiles and whether the readings can tell it, the "
                + "spans of the window that were used, and how far sensors and physics were apart before and after, also on readings that "
                + "were held out.");

    /// <exception cref="NotFoundException">No such calibration, or not yet.</exception>
    /// <exception cref="InvalidInputException">A position after the end of the log.</exception>
    public async Task<CalibrationView> Run(string id, KnownAt? knownAt, CancellationToken cancel)
    {
        var now = await saved.Get(id, cancel);
        if (knownAt is null) return now;
        var moment = await find.Moment(null, knownAt, cancel);
        var stream = Streams.Calibration(now.Definition.AssetId);
        var known = (await events.OfStream(stream, moment.KnownAt, cancel))
            .Aggregate(AssetCalibrations.None, FoldCalibration.Apply);
        return known.Find(id) is { } view
            ? view with { IsInForce = known.InForce == id }
            : throw NotYet.AtPosition(
                "calibration", id, moment, await events.First(stream, cancel, "calibrationId", id),
                $"it was requested at {NotYet.Text(now.RequestedAt)}");
    }
}
